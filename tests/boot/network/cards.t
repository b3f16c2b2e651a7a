#!/bin/bash
# Cards on the way to a root: parts of a bond, a VLAN, one that comes late by USB, a link that comes late.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image cards -f nbd
disk plain -t ext4 -p none -L plain
serve_nbd plain "$DISK" 10809 -b 0.0.0.0 --read-only
SOCKET=$SERVERS/qmp

# tell COMMAND...: to the machine, over QMP, once it listens, or in a minute.
tell() {
    local try
    for ((try = 0; try < 600; try++)); do
        [ ! -S "$SOCKET" ] || { qemu/qmp "$SOCKET" "$@" >/dev/null 2>"$SERVERS/qmp.log" && return; }
        sleep 0.1
    done
}

# The machine stands still until its card's link was taken off.
starts_without_link() {
    tell set_link "{\"name\": \"$1\", \"up\": false}" cont
}

# Two cards on a bridge, of which the second alone has a link: what makes one of them is told by the kernel's names.
bridge() {
    ip link add wire type bridge && ip addr add 10.9.0.1/24 dev wire && ip link set wire up &&
        ip tuntap add port0 mode tap && ip link set port0 master wire up &&
        ip tuntap add port1 mode tap && ip link set port1 master wire up
}
bridge || bail_out "cannot make a bridge"
PORTS=()
for port in 0 1; do
    PORTS+=(-netdev "tap,id=port$port,ifname=port$port,script=no,downscript=no"
        -device "virtio-net-pci,netdev=port$port,id=card$port,mac=52:54:00:09:00:0$((2 + port)),addr=$((8 + port))")
done
serve_dhcp --dhcp-lease-max=9
RUN_OPTIONS=(--qmp "$SOCKET" -- "${PORTS[@]}" -S)
starts_without_link card0 &
boots "a bond, whose first card has no link" "root=nbd:10.9.0.1:plain bond=bond0:eth0,eth1 ip=bond0:dhcp rd.info show=/proc/net/bonding/bond0" -- \
    "kindling: network: bond0 has the address 10.9.0.2/24 (dhcp)" "real-root: root /dev/nbd0 ext4 ro,"
bond_is_whole() {
    grep -aE 'Bonding Mode|Slave Interface|MII Status' "$LOG" | tr -d '\r' | sed 's/^.*bond0 //' | paste -sd ';' | tee "$LOG.bond" |
        grep -qx '.*Slave Interface: ens8;MII Status: down;Slave Interface: ens9;MII Status: up' || cat_and_fail "$LOG.bond"
}
check "both cards are its parts" bond_is_whole
kill "$DHCP"
ip link del wire

# A VLAN: the tags come and go between the machine's socket and a tap of this namespace.
# tagger NUMBER: frames of that VLAN on the machine's side, which are untagged on the tap "wire".
tagger() {
    # shellcheck disable=SC2016 # for perl
    perl -MSocket -e '
        my ($number, $here, $there) = @ARGV;
        open(my $tap, "+<", "/dev/net/tun") or die "tun: $!";
        ioctl($tap, 0x400454ca, my $request = pack("Z16 S x22", "wire", 0x1002)) or die "TUNSETIFF: $!"; # IFF_TAP | IFF_NO_PI
        socket(my $wire, AF_UNIX, SOCK_DGRAM, 0) or die;
        bind($wire, pack_sockaddr_un($here)) or die "bind: $!";
        my $peer = pack_sockaddr_un($there);
        while (1) {
            vec(my $ready = "", fileno($tap), 1) = 1;
            vec($ready, fileno($wire), 1) = 1;
            select($ready, undef, undef, undef);
            if (vec($ready, fileno($tap), 1)) {
                sysread($tap, my $frame, 65536);
                send($wire, substr($frame, 0, 12) . pack("nn", 0x8100, $number) . substr($frame, 12), 0, $peer);
            }
            if (vec($ready, fileno($wire), 1)) {
                recv($wire, my $frame, 65536, 0);
                my ($kind, $tag) = unpack("nn", substr($frame, 12, 4));
                syswrite($tap, substr($frame, 0, 12) . substr($frame, 16)) if $kind == 0x8100 && ($tag & 0xfff) == $number;
            }
        }' "$1" "$SERVERS/outside" "$SERVERS/inside" 2>"$SERVERS/tagger.log" &
    until ip link set wire up 2>/dev/null; do
        kill -0 $! 2>/dev/null || bail_out "the tags do not come: $(cat "$SERVERS/tagger.log")"
        sleep 0.1
    done
    ip addr add 10.9.0.1/24 dev wire
}
tagger 7
serve_dhcp --dhcp-lease-max=9
RUN_OPTIONS=(-- -netdev "dgram,id=net0,local.type=unix,local.path=$SERVERS/inside,remote.type=unix,remote.path=$SERVERS/outside"
    -device "virtio-net-pci,netdev=net0,mac=52:54:00:09:00:02,addr=9")
boots "a VLAN" "root=nbd:10.9.0.1:plain vlan=ens9.7:eth0 ip=ens9.7:dhcp rd.info" -- \
    "kindling: network: ens9.7 has the address 10.9.0.2/24 (dhcp)" "real-root: root /dev/nbd0 ext4 ro,"
kill "$DHCP"

# A link that is off at first.
RUN_OPTIONS=(--qmp "$SOCKET" -- -netdev "user,id=net0" -device "virtio-net-pci,netdev=net0,id=card,addr=9" -S)
starts_without_link card &
LATER=a_link_that_comes_late
later "still waiting for the network: ens9 has no link" tell set_link '{"name": "card", "up": true}'
boots "a link that comes late" "root=nbd:10.0.2.2:plain ip=dhcp" -- \
    "still waiting for the network: ens9 has no link after 5 s" "real-root: root /dev/nbd0 ext4 ro,"

# The drivers of a card on USB are among those of physical cards.
use_kernel generic
image usb-card -f nbd,network-cards
RUN_OPTIONS=(--qmp "$SOCKET" -- -device "qemu-xhci,id=usb" -netdev "user,id=net0")
LATER=a_USB_card_that_comes_late
later "still waiting for the network: no network card was found" tell device_add '{"driver": "usb-net", "netdev": "net0", "bus": "usb.0"}'
boots "a USB card that comes late" "root=nbd:10.0.2.2:plain ip=dhcp" -- \
    "still waiting for the network: no network card was found after 5 s" "real-root: root /dev/nbd0 ext4 ro,"

done_testing
