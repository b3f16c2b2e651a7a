#!/bin/bash
# DHCP against servers of every kind, honest and not: what is wrong is passed over, and the good answer behind it is taken.
. "$(dirname "$0")/lib.sh"

# ask MODE WORDS...: a card anew, a server of that mode, and what comes of it.
ask() {
    local mode=$1
    shift
    ip link del lan 2>/dev/null
    wire lan || bail_out "cannot make a card"
    begin_server lan-far "$mode"
    configure up "${@:-ip=lan:dhcp}"
    local status=$?
    end_server
    return $status
}

# answered MODE LINES...: the address comes, no other, and all lines are said.
answered() {
    local mode=$1
    shift
    check "$mode: an address" ask "$mode"
    check "$mode: the one that was meant" says 'address 10.9.0.20' 'prefix 24' 'method dhcp' 'interface lan' \
        'dhcp-server 10.9.0.1' 'lease-seconds 3600' 'dns 10.9.0.1' "$@"
    check "$mode: no other" lacks 10.66.66.66
    check "$mode: the card has it, for ever" has_address lan 10.9.0.20/24
    check "$mode: for ever" grep -q 'valid_lft forever' "$WORK/addresses"
}

answered plain 'gateway 10.9.0.1'
check "the gateway is the default route" eval 'ip route | grep -qx "default via 10.9.0.1 dev lan "'
for mode in truncated liars strangers many deaf refusing; do
    answered "$mode"
done

# A text that is none is left out, and that is said; nothing of it comes to anybody who might run it.
answered evil-texts 'warning network: the DHCP server 10.9.0.1 of lan gives a domain search list that is none: it is left out'
for word in '^host-name ' '^domain ' '^root-path ' '^server-name ' '^boot-file ' '^search ' '^mtu ' reboot 6.6.6.6; do
    check "of what is none no $word" lacks "$word"
done

answered all-options 'host-name guest' 'domain example.org' 'search example.org lab.example.org' \
    'root-path nfs:10.9.0.5:/srv/root,vers=4.2' 'server-name tftp.example.org' 'boot-file boot.img' 'mtu 1400' \
    'next-server 10.9.0.2' 'gateway 10.9.0.7'
check "the MTU" eval 'ip link show lan | grep -q "mtu 1400"'
check "its routes instead of the router" eval 'ip route | grep -qx "default via 10.9.0.7 dev lan " &&
    ip route | grep -qx "172.20.0.0/16 via 10.9.0.8 dev lan " && ip route | grep -qx "172.21.1.128/25 dev lan scope link "'

check "the command line wins" ask all-options ip=lan:dhcp nameserver=10.9.0.3 rd.peerdns=0
check "its name server" says 'dns 10.9.0.3'
check "and no other" lacks 'dns 10.9.0.1'

check "a client by the identifier that it was given" ask particular ip=lan:dhcp,1,rack-7
check "is told as such" says 'client rack-7' 'address 10.9.0.20'

# Sentences of what is waited for.
told() {
    local mode=$1 until=$2
    ip link del lan 2>/dev/null
    wire lan
    begin_server lan-far "$mode"
    configure "$until" ip=lan:dhcp
    local status=$?
    end_server
    return $status
}
check "nobody answers" told deaf 'state lan has a link, but no DHCP server has answered \(1 try\)'
check "nobody confirms" told unconfirmed 'state the DHCP server 10.9.0.1 does not confirm the address that it offers lan'
check "it refuses" told refusing 'state the DHCP server 10.9.0.1 refuses the address that it offered lan'

done_testing
