#!/bin/bash
# Which card gets an address, when, and what is said of those that do not.
. "$(dirname "$0")/lib.sh"

none_left() {
    local card
    for card in one two late lan one.7; do
        ip link del "$card" 2>/dev/null
    done
}

# until_said WORDS: the program has said so, or has had a minute for it.
until_said() {
    local begun=$SECONDS
    until grep -q "$1" "$SAID" || [ $((SECONDS - begun)) -gt 60 ]; do read -rt 0.1 <> <(:); done
}

# Every card at once, the first answer wins; one without a link costs nothing.
none_left
wire one && wire two && ip link set one-far down
begin_server two-far plain
check "the card with a link gets the address" configure up ip=one:dhcp ip=two:dhcp
check "it is named" says 'interface two' 'address 10.9.0.20'
check "nobody waited for the other" lacks 'one has no link'
end_server

# A card that comes late, by an event.
none_left
wire two && ip link set two-far down
configure 'state .*' ip=late:dhcp
check "a card that is not there is named, and those that are" grep -qxE 'state there is no card late, but there is (two, two-far|two-far, two)' "$SAID"
(
    until_said 'there is no card late'
    wire late
    exec "$SERVER" late-far plain >/dev/null
) &
check "a card that comes late" configure up ip=late:dhcp
check "has its address" says 'interface late' 'address 10.9.0.20'
kill $!

# A link that comes late.
none_left
wire one && ip link set one-far down
begin_server one-far plain
(
    until_said 'one has no link'
    ip link set one-far up
) &
check "a link that comes late" configure up ip=one:dhcp
check "was missed" says 'state one has no link' 'interface one'
wait $!
end_server

# A card that is pulled out and put in again, as the kernel sees it another one.
none_left
wire one
(
    until_said '^up$'
    none_left
    wire one
) &
check "a card that comes back" eval 'TIMES=2 configure up ip=192.0.2.7::192.0.2.1:24::one:none'
wait $!
check "has its address again" has_address one 192.0.2.7/24
check "and its gateway" eval 'ip route | grep -qx "default via 192.0.2.1 dev one "'

# Without a server.
none_left
wire one && ip link add two type veth peer name two-far
check "an address of the command line" configure up ip=192.0.2.7::192.0.2.1:255.255.255.0:guest:one:none:192.0.2.2
check "is told as any" says 'interface one' 'method static' 'address 192.0.2.7' 'prefix 24' 'gateway 192.0.2.1' 'host-name guest' 'dns 192.0.2.2'
check "is there" has_address one 192.0.2.7/24
check "with its route" eval 'ip route | grep -qx "default via 192.0.2.1 dev one "'
none_left
wire one
check "routes and an MTU" configure up ip=192.0.2.7:::24::one:none:1400 rd.route=198.51.100.0/24:192.0.2.9:one rd.route=203.0.113.0/24::one
check "both routes are there" eval 'ip route | grep -qx "198.51.100.0/24 via 192.0.2.9 dev one " && ip route | grep -qx "203.0.113.0/24 dev one scope link "'
check "and the MTU" eval 'ip link show one | grep -q "mtu 1400"'
none_left
wire one
check "a gateway outside of the card's network" configure up ip=192.0.2.7::198.51.100.1:32::one:none
check "is on its wire" eval 'ip route | grep -q "^default via 198.51.100.1 dev one onlink"'
none_left
wire one
MAC=$(cat /sys/class/net/one/address)
check "a card by its address" configure up "ip=192.0.2.7:::24::${MAC//:/-}:none" "ifname=lan:$MAC"
check "has the name that it was given" says 'interface lan'
none_left

# Which of several cards: what the firmware or the command line says; without that the first.
none_left
wire one && wire two
check "bootdev= names the card of an ip= without one" configure up ip=192.0.2.7:::24:::none bootdev=two
check "which is that" says 'interface two'
none_left
wire one && wire two
MAC=$(cat /sys/class/net/two/address)
check "so does BOOTIF=" configure up ip=192.0.2.7:::24:::none "BOOTIF=01-${MAC//:/-}"
check "by its address" says 'interface two'
none_left
wire one && wire two
check "two gateways" eval 'TIMES=2 configure up ip=192.0.2.7::192.0.2.1:24::one:none ip=198.51.100.7::198.51.100.1:24::two:none bootdev=two'
check "of which its own is taken" eval 'ip route | grep -q "^default via 198.51.100.1 dev two" && ! ip route | grep "^default.* dev one"'

# What the driver has made of a bond= is a card here of that name.
none_left
wire one
check "a bond with an MTU" configure up bond=one:two:mode=active-backup:1400 ip=192.0.2.7:::24::one:none
check "has it" eval 'ip link show one | grep -q "mtu 1400"'

# IPv6 is good when the kernel has found nobody else with it.
wire one
check "an address of IPv6" configure up 'ip=[2001:db8::2]::[2001:db8::1]:64::one:none'
check "is told once it is good" says 'method static' 'address 2001:db8::2' 'prefix 64'
none_left

wire one
check "the link's own address" configure up ip=one:link6
check "is told of as such" says 'method link6' 'prefix 64'
none_left

# Given up, when a boot goes on without.
wire one && ip link set one-far down
given_up() {
    timeout 60 "$PROGRAM" configure --may-give-up ip=one:dhcp rd.net.timeout.carrier=1 >"$SAID"
}
check "a network that is not needed is given up" given_up
check "with the reason" says 'state one has no link'

none_left

# Whatever comes over the wire is read by nobody, who can do little.
wire one && ip link set one-far down
rights() {
    local pid said line
    exec {said}< <(exec "$PROGRAM" configure ip=one:dhcp)
    pid=$!
    read -rt 60 line <&"$said"
    grep -E '^(Uid|Gid|Groups|CapEff|CapPrm|CapAmb|NoNewPrivs|Seccomp):' "/proc/$pid/status" | tr '\t' ' ' | sed 's/ *$//' >"$SAID"
    kill "$pid"
    exec {said}<&-
}
rights
check "it is nobody, with two capabilities, and few calls" says 'Uid: 65534 65534 65534 65534' 'Gid: 65534 65534 65534 65534' \
    'Groups:' 'CapEff: 0000000000003000' 'CapPrm: 0000000000003000' 'CapAmb: 0000000000000000' 'NoNewPrivs: 1' 'Seccomp: 2'
none_left

done_testing
