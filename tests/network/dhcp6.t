#!/bin/bash
# DHCPv6, and a router's prefix: against dnsmasq, which knows the client by its card, and against a server that does as its mode says.
. "$(dirname "$0")/lib.sh"
ip link set lo up
export PATH=$PATH:/usr/sbin
MAC=52:54:00:09:00:02

# six: a card anew, at whose other end is 2001:db8::1.
six() {
    ip link del lan 2>/dev/null
    { wire lan && ip link set lan address $MAC && ip address add 2001:db8::1/64 dev lan-far nodad; } || bail_out "cannot make a card"
}

# A router that tells its clients to ask by DHCPv6.
six
dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=lan-far --bind-interfaces --user=root --pid-file= \
    --leasefile-ro --dhcp-range=2001:db8::100,2001:db8::1ff,64,1h --enable-ra "--dhcp-host=id:00:03:00:01:$MAC,[2001:db8::20]" \
    "--dhcp-option=option6:dns-server,[2001:db8::5]" --dhcp-option=option6:domain-search,example.org,lab.example.org >"$WORK/dnsmasq" 2>&1 &
DNSMASQ=$!
check "dnsmasq gives an address" configure up ip=lan:dhcp6
check "the one for this card's identifier" says 'interface lan' 'method dhcp6' 'address 2001:db8::20' 'prefix 128' 'dns 2001:db8::5' \
    'search example.org lab.example.org' 'lease-seconds 3600'
check "the card has it" has_address lan 2001:db8::20/128
check "for ever" grep -q '2001:db8::20/128 scope global .*valid_lft forever' "$WORK/addresses"
six
check "beside DHCPv4, which nobody answers" configure up ip=lan:dhcp,dhcp6
check "is it taken too" says 'method dhcp6' 'address 2001:db8::20'
six
check "either of router and server" configure up ip=lan:either6 rd.peerdns=0
check "is one of the two" grep -qxE 'method (auto6|dhcp6)' "$SAID"
check "and its name servers are left out" lacks '^dns '
kill $DNSMASQ
wait $DNSMASQ 2>/dev/null

# A router that has no addresses to give, but a prefix and a name server.
six
dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=lan-far --bind-interfaces --user=root --pid-file= \
    --leasefile-ro --dhcp-range=2001:db8::,ra-only,64 --enable-ra "--dhcp-option=option6:dns-server,[2001:db8::5]" >"$WORK/dnsmasq" 2>&1 &
DNSMASQ=$!
check "an address of a router's prefix" configure up ip=lan:auto6
check "is told as such, with its name server" says 'interface lan' 'method auto6' 'prefix 64' 'dns 2001:db8::5'
check "and is of that prefix" grep -qx 'address 2001:db8::[0-9a-f:]*' "$SAID"
kill $DNSMASQ
wait $DNSMASQ 2>/dev/null

# serve MODE: until end. What it means is 2001:db8::20, whatever else it sends says 2001:db8::bad. 2001:db8::1 is the wire's other end.
serve() {
    # shellcheck disable=SC2016 # for perl
    exec {SERVING}< <(exec perl -MSocket=:DEFAULT,inet_pton,pack_sockaddr_in6,IPPROTO_IPV6 -e '
        my ($mode, $index) = @ARGV;
        $| = 1;
        sub address { inet_pton(AF_INET6, "2001:db8::" . shift) }
        sub option { pack("nn", $_[0], length $_[1]) . $_[1] }
        my $server = option(2, pack("n2 H12", 3, 1, "525400090001"));
        my $lifetimes = pack("NN", 1800, 3600);
        socket(my $socket, AF_INET6, SOCK_DGRAM, 0) or die;
        bind($socket, pack_sockaddr_in6(547, inet_pton(AF_INET6, "::"))) or die "bind: $!";
        setsockopt($socket, IPPROTO_IPV6, 20, inet_pton(AF_INET6, "ff02::1:2") . pack("I", $index)) or die "join: $!";
        print "ready\n";
        my ($refused, $declined) = (0, 0);
        while (my $from = recv($socket, my $asked, 2000, 0)) {
            my ($type, $number) = (ord $asked, substr($asked, 1, 3));
            $declined++ if $type == 9;
            next if $mode eq "deaf" || ($type != 1 && $type != 3) || ($mode eq "unconfirmed" && $type == 3);
            my ($rest, %given) = substr($asked, 4);
            while (length $rest >= 4) {
                my ($option, $size) = unpack("nn", $rest);
                $given{$option} = substr($rest, 4, $size);
                $rest = substr($rest, 4 + $size);
            }
            my ($client, $association) = (option(1, $given{1}), substr($given{3}, 0, 4) . pack("NN", 900, 1400));
            my $head = chr($type == 1 ? 2 : 7) . $number;
            my $say = sub { send($socket, $_[0], 0, $from) };
            my $answer = sub { $head . $client . $server . option(3, $association . option(5, address($_[0]) . $lifetimes)) };
            if ($mode eq "none") { $say->($head . $client . $server . option(13, pack("n", 2) . "none is left")); next }
            if ($mode eq "taken") { $say->($answer->($declined ? "20" : "1")); next }
            my $evil = $answer->("bad");
            if ($mode eq "truncated") { $say->(substr($evil, 0, $_)) for 0 .. length($evil) - 1 }
            if ($mode eq "liars") {
                $say->($evil . pack("nn", 23, 200)); # an option that reaches beyond the end
                $say->($head . $client . $server . option(3, $association . pack("nn", 5, 4000) . address("bad") . $lifetimes));
                $say->($head . $client . $server . pack("nn", 3, 4000) . $association . option(5, address("bad") . $lifetimes));
                $say->($head . $client . $server . option(3, $association . option(5, address("bad"))));
                $say->($head . $client . option(2, "x" x 131) . option(3, $association . option(5, address("bad") . $lifetimes)));
                $say->($head . $client . option(2, "") . option(3, $association . option(5, address("bad") . $lifetimes)));
            }
            if ($mode eq "strangers") {
                $say->(substr($evil, 0, 1) . pack("N", 0xffffffff ^ unpack("N", "\0$number")) =~ s/^.//sr . substr($evil, 4)); # to another question
                $say->(chr(9) . substr($evil, 1));
                $say->($head . option(1, pack("n2 H12", 3, 1, "525400090099")) . substr($evil, 4 + length $client)); # to another client
                $say->($head . substr($evil, 4 + length $client)); # to nobody
                $say->($head . $client . substr($evil, 4 + length($client) + length $server)); # of nobody
                $say->($head . $client . $server . option(3, "\1\2\3\4" . substr($association, 4) . option(5, address("bad") . $lifetimes)));
                for my $impossible ("::", "::1", "fe80::1", "ff02::1") {
                    $say->($head . $client . $server . option(3, $association . option(5, inet_pton(AF_INET6, $impossible) . $lifetimes)));
                }
                $say->($head . $client . $server . option(3, $association . option(5, address("bad") . pack("NN", 0, 0)))); # for no time
            }
            if ($mode eq "many" && $type == 3) {
                $say->($head . $client . option(2, "another") . option(3, $association . option(5, address("bad") . $lifetimes)));
            }
            my $good = $answer->("20");
            $good .= option(24, "\1a;reboot\0") . option(24, "\100") if $mode eq "evil-texts";
            $say->($good) for 0 .. ($mode eq "many" ? 3 : 0);
            $say->($head . $client . option(2, "another") . option(3, $association . option(5, address("bad") . $lifetimes))) if $mode eq "many";
        }' "$1" "$(cat /sys/class/net/lan-far/ifindex)" 2>"$WORK/server")
    SERVED=$!
    local ready
    read -rt 60 ready <&"$SERVING"
    [ "$ready" = ready ] || bail_out "the server does not begin: $(cat "$WORK/server")"
}

# ask MODE UNTIL: what comes of such a server.
ask() {
    six
    until ip -6 -o address show dev lan-far scope link | grep -q 'inet6 fe80' && ! ip -6 -o address show dev lan-far | grep -q tentative; do
        ip link set lan up
        read -rt 0.1 <> <(:)
    done
    ip link set lan down
    serve "$1"
    configure "${2:-up}" ip=lan:dhcp6
    local status=$?
    kill "$SERVED"
    wait "$SERVED" 2>/dev/null
    exec {SERVING}<&-
    return $status
}

for mode in plain truncated liars strangers many evil-texts; do
    check "$mode: an address" ask $mode
    check "$mode: the one that was meant" says 'method dhcp6' 'address 2001:db8::20' 'prefix 128'
    check "$mode: no other" lacks '2001:db8::bad'
    check "$mode: not on the card either" eval '! ip -6 address show dev lan | grep bad'
done
check "a text that is none is left out" says 'warning network: the DHCPv6 server of lan gives a domain search list that is none: it is left out'
check "of what it said nothing comes" lacks '^search \|reboot'
check "an address that another host has" ask taken
check "is given back, and that is said" says 'warning network: another host has the address 2001:db8::1 of lan' 'address 2001:db8::20'
check "nobody answers" ask deaf 'state lan has a link, but no DHCPv6 server has answered \(1 try\)'
check "nobody confirms" ask unconfirmed 'state the DHCPv6 server does not confirm the address that it offers lan'
check "there is none" ask none 'state the DHCPv6 server has no address for lan'
ip link del lan

done_testing
