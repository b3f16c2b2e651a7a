#!/bin/bash
# Names of hosts, as the network's program finds them.
. "$(dirname "$0")/lib.sh"

ip link set lo up || bail_out "there is no loopback"
echo "nameserver 127.0.0.1" >"$WORK/resolv.conf"
mount --bind "$WORK/resolv.conf" /etc/resolv.conf || bail_out "cannot have name servers of the test's own"
export PATH=$PATH:/usr/sbin

resolve() {
    timeout 60 "$PROGRAM" resolve "$1" >"$SAID"
}

# Of what it does not know dnsmasq refuses to speak, of one family of addresses too.
dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --listen-address=127.0.0.1 \
    --bind-interfaces --address=/old.example/192.0.2.5 --address=/new.example/2001:db8::5 >"$WORK/dnsmasq" 2>&1 &
for ((try = 0; try < 600; try++)); do
    ! grep -q ':0035 ' /proc/net/udp || break
    sleep 0.1
done
check "an address of IPv4, alone" resolve old.example
check "is told" says 'found 192.0.2.5'
{ wire six && ip link set six up && ip address add 2001:db8::1/64 dev six nodad; } || bail_out "cannot make a card"
check "an address of IPv6, alone" resolve new.example
check "is told so too" says 'found 2001:db8::5'
check "a name that nobody knows" eval '! resolve nowhere.example'
check "comes to a reason" grep -q '^state ' "$SAID"
kill %1
wait
check "a server that is away" eval '! resolve old.example'
check "comes to another" says 'state no name server has answered'

done_testing
