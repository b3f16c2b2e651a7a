#!/bin/bash
# What Debian 12's networkd, NetworkManager and ifupdown make of a network that was there before them, without a machine: in a
# container whose card got its address from the network's own program. A client of another name is given another address.
. "$(dirname "$0")/../lib.sh"

make_systems() {
    once "$MADE/managed-networkd.img" qemu/mkdebian -s bookworm -I systemd -P iproute2 "$MADE/managed-networkd.img"
    once "$MADE/managed-ifupdown.img" qemu/mkdebian -s bookworm -I systemd -P ifupdown,iproute2 "$MADE/managed-ifupdown.img"
    once "$MADE/managed-NetworkManager.img" qemu/mkdebian -s bookworm -I systemd -P iproute2,network-manager "$MADE/managed-NetworkManager.img"
}

# Where there is a network; the container has none.
[ "${IN_NAMESPACE-}" = yes ] || make_systems
KERNEL_FLAVOUR=cloud
. "$(dirname "$0")/lib.sh"
mount -t sysfs sysfs /sys || bail_out "cannot mount /sys"

# A server of one address for whoever calls himself by his card's address, and of others.
ip link add ens9 address 52:54:00:09:00:02 type veth peer name wire || bail_out "cannot make a card"
ip addr add 10.9.0.1/24 dev wire
ip link set wire up
serve_dhcp --dhcp-range=10.9.0.50,10.9.0.60,2m --dhcp-host=id:01:52:54:00:09:00:02,10.9.0.2

mount_container() {
    mount -o loop,ro "$MADE/managed-$1.img" "$SERVERS/$1-below" &&
        mount -t overlay overlay -o "lowerdir=$SERVERS/$1-below,upperdir=$SERVERS/$1-upper/files,workdir=$SERVERS/$1-upper/work" "$ROOT" &&
        mount -t proc proc "$ROOT/proc" && mount -t sysfs -o ro sysfs "$ROOT/sys" && mount -t tmpfs tmpfs "$ROOT/run" &&
        mount --bind /dev "$ROOT/dev"
}

# container NAME: ROOT, and the network's program has set up the card. A /sys that cannot be written tells the managers that
# there is no udev.
container() {
    local said program line end=$((SECONDS + 300))
    ROOT=$SERVERS/$1
    mkdir -p "$ROOT" "$SERVERS/$1-below" "$SERVERS/$1-upper/files" "$SERVERS/$1-upper/work"
    mount_container "$1" || bail_out "cannot make a container of $1"
    mkdir -p "$ROOT/run/systemd/netif/"{links,leases,lldp} "$ROOT/run/dbus"
    tr -d - </proc/sys/kernel/random/uuid >"$ROOT/etc/machine-id"
    echo lxc >"$ROOT/run/systemd/container"
    ip addr flush dev ens9
    exec {said}< <(exec "$BUILD/init/network" configure ip=ens9:dhcp)
    program=$!
    while [ $SECONDS -lt "$end" ] && read -rt 60 line <&"$said" && [ "$line" != up ]; do echo "$line"; done >"$SERVERS/said"
    kill "$program"
    exec {said}<&-
    "$BUILD/tests/network/network_files" "$ROOT/run" <"$SERVERS/said" || bail_out "the network does not come up: $(cat "$SERVERS/said")"
}

# until_it COMMAND...: or for a minute
until_it() {
    local try
    for ((try = 0; try < 600; try++)); do
        ! "$@" >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    return 1
}

addresses() {
    ip -4 -o address show dev ens9 scope global | awk '{ print $4, $(NF-2) }' | paste -sd ' '
}

is_kept() {
    ip -4 address show dev ens9
    ip route
    tail -n 20 "$SERVERS/manager.log"
    [ "$(addresses)" = "10.9.0.2/24 forever" ] && ip route | grep -q '^default via 10.9.0.1 dev ens9'
}

container networkd
chroot "$ROOT" chown -R systemd-network: /run/systemd/netif
networkd() {
    chroot "$ROOT" env container=lxc SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_LEVEL=debug /lib/systemd/systemd-networkd >"$SERVERS/manager.log" 2>&1 &
    MANAGER=$!
}
stop() {
    kill "$MANAGER"
    wait "$MANAGER" 2>/dev/null
}
networkd
check "networkd: it is content" until_it grep -q 'ens9: State changed: configuring -> configured' "$SERVERS/manager.log"
check "networkd: it has asked for itself" grep -q 'ens9: DHCPv4 address and routes set' "$SERVERS/manager.log"
check "networkd: the address is the same, and for ever" is_kept
stop
check "networkd: and is when it has ended" is_kept
printf '[Match]\nName=ens9\n\n[Network]\nDHCP=ipv4\n' >"$ROOT/run/systemd/network/zz-kindling-ens9.network"
networkd
until_it grep -q 'ens9: State changed: configuring -> configured' "$SERVERS/manager.log"
check "networkd: without that it would be another" test "$(addresses)" != "10.9.0.2/24 forever"
stop

# As the manual has it in its /etc/network/interfaces.
container ifupdown
mkdir -p "$ROOT/run/network"
up_and_down() {
    printf '%s\n' 'auto lo ens9' 'iface lo inet loopback' "$@" >"$ROOT/etc/network/interfaces"
    chroot "$ROOT" ifup -a && chroot "$ROOT" ifquery --state ens9 && chroot "$ROOT" ifdown -a --exclude=lo
}
check "ifupdown: it is content, up and down" up_and_down 'no-auto-down ens9' 'iface ens9 inet manual'
check "ifupdown: the address is the same, and for ever, when it has ended" is_kept
up_and_down 'iface ens9 inet manual' >"$SERVERS/manager.log" 2>&1
check "ifupdown: without that it would be gone" test "$(addresses)" != "10.9.0.2/24 forever"

container NetworkManager
chroot "$ROOT" dbus-daemon --system --fork
manager() {
    chroot "$ROOT" NetworkManager --no-daemon >"$SERVERS/manager.log" 2>&1 &
    MANAGER=$!
}
state_is() {
    chroot "$ROOT" nmcli -t -f DEVICE,STATE device | grep -qx "ens9:$1"
}
manager
check "NetworkManager: it is content" until_it state_is 'connected (externally)'
check "NetworkManager: it says that it is online" chroot "$ROOT" nm-online -q -t 60
check "NetworkManager: the address is the same, and for ever" is_kept
stop
check "NetworkManager: and is when it has ended" is_kept
rm -rf "$ROOT/run/NetworkManager/devices"
printf '[device-kindling]\nmatch-device=*\nkeep-configuration=no\n' >"$ROOT/run/NetworkManager/conf.d/kindling.conf"
manager
until_it state_is "connecting (getting IP configuration)"
check "NetworkManager: without that it would be gone" test "$(addresses)" != "10.9.0.2/24 forever"
stop

done_testing
