#!/bin/bash
# Debian 12 on a root from a server: it comes up and goes down, and networkd neither takes the root's address away nor makes
# another of it. What other managers do is in managers.t.
. "$(dirname "$0")/../lib.sh"
. tests/boot/systems.sh

# questions DIRECTORY: what is asked at its prompt, and that networkd is the manager.
questions() {
    local etc=$1/etc
    rm -rf "$1" && mkdir -p "$1/usr/sbin" "$etc/systemd/system/multi-user.target.wants" && cat >"$1/usr/sbin/tell" <<'TELL' || return
#!/bin/sh
say() {
    while read -r line; do
        echo "system: $1 $line"
    done
}
state() {
    ip -4 -o address show scope global | awk '{ print $2, $4 }' | paste -sd ' ' | say "$1 address"
    ip -4 route show default | awk '{ print $3, $5 }' | sort -u | say "$1 gateway"
    ip -4 -o address show scope global | grep -c 'valid_lft forever' | say "$1 unlimited"
}
systemctl start network-online.target
systemctl is-active network-online.target | say online
systemctl is-system-running --wait | say running
systemctl --failed --plain --no-legend --no-pager | say failed
state first
networkctl --no-legend list | awk '$2 == "ens9" { print $4, $5 }' | say link
systemctl restart systemd-networkd
systemctl start network-online.target
systemctl is-system-running --wait | say again
state second
sync && echo 3 >/proc/sys/vm/drop_caches && md5sum </usr/bin/apt-get | wc -l | say read
cut -d' ' -f1 /proc/uptime | say uptime
echo "system: told"
TELL
    chmod 755 "$1/usr/sbin/tell"
    mkdir -p "$etc/systemd/system/network-online.target.wants" "$etc/systemd/system/sockets.target.wants"
    ln -s /lib/systemd/system/systemd-networkd.service "$etc/systemd/system/multi-user.target.wants/"
    ln -s /lib/systemd/system/systemd-networkd.socket "$etc/systemd/system/sockets.target.wants/"
    ln -s /lib/systemd/system/systemd-networkd-wait-online.service "$etc/systemd/system/network-online.target.wants/"
}

make_system() {
    once "$MADE/questions-networkd" questions "$MADE/questions-networkd"
    once "$MADE/debian-networkd.img" qemu/mkdebian -s bookworm -I systemd -P iproute2 -L debian "$MADE/debian-networkd.img" "$MADE/questions-networkd"
}

# Where there is a network; the servers' namespace has none.
[ "${IN_NAMESPACE-}" = yes ] || make_system
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
MEMORY=768
TIMEOUT=600

# debian ROOT: DISK, a fresh copy with the root's line in fstab, mounted on EXPORTED.
debian() {
    DISK=$MADE/debian-on-a-server.img
    mkdir -p "$EXPORTED"
    cp --sparse=always "$MADE/debian-networkd.img" "$DISK" || bail_out "cannot copy the system"
    mount -o loop "$DISK" "$EXPORTED" || bail_out "cannot mount a copy of the system"
    echo "$1" >"$EXPORTED/etc/fstab"
}

# Far less than the 90 s that systemd waits for what does not end (DefaultTimeoutStopSec).
goes_down_soon() {
    local begun ended
    begun=$(told uptime)
    [ "$begun" ] || return
    ended=$(sed -n 's/^.*\[ *\([0-9]*\)\.[0-9]*\] reboot: .*/\1/p' "$LOG" | tail -n 1)
    echo "it was down $((${ended:-0} - ${begun%.*})) s after it was asked to" | tee "$LOG.down"
    [ "$ended" ] && [ $((ended - ${begun%.*})) -lt 60 ] && ! grep -aE '[Tt]imed out' "$LOG"
}

# whole NAME CMDLINE
whole() {
    to_prompt_and_down "$1" "$2 console=ttyS0" tell
    check "$1: up to its prompt and down again" down_again
    check "$1: it could tell" log_shows "system: told"
    check "$1: it is up without a failure" is "$(told running) $(told failed)" "running "
    check "$1: its network is online" is "$(told online)" active
    check "$1: the address is what it was" is "$(told 'first address')" "ens9 $ADDRESS"
    check "$1: and the gateway" is "$(told 'first gateway')" "10.9.0.1 ens9"
    check "$1: the address is good for ever" is "$(told 'first unlimited')" 1
    check "$1: networkd is content with the card" is "$(told link)" "routable configured"
    check "$1: all is as it was when networkd was started anew" is \
        "$(told again) $(told 'second address') $(told 'second gateway')" "running ens9 $ADDRESS 10.9.0.1 ens9"
    check "$1: the root can be read" is "$(told read)" 1
    check "$1: it goes down soon" goes_down_soon
}

use_kernel cloud
image nfs-nbd -f nfs,nbd
wire
# The card is in slot 9, and a client of another name is given another address.
WIRE[3]+=,addr=9
ADDRESS=10.9.0.2/24
CARD=("${WIRE[@]}")
serve_dhcp --dhcp-range=10.9.0.50,10.9.0.60,1h --dhcp-host=id:01:52:54:00:09:00:02,10.9.0.2
RUN_OPTIONS=(-- "${CARD[@]}")

debian "10.9.0.1:/debian / nfs defaults 0 0"
serve_nfs "$EXPORTED" debian
whole "NFS" "root=nfs:10.9.0.1:/debian rw ip=dhcp"
end_nfs
umount "$EXPORTED" || bail_out "the NFS server keeps its directory"

debian "LABEL=debian / ext4 errors=remount-ro 0 1"
umount "$EXPORTED"
serve_nbd debian "$DISK" 10809 -b 0.0.0.0
whole "NBD" "root=LABEL=debian netroot=nbd:10.9.0.1:debian ip=dhcp"
kill "$SERVER"
wait "$SERVER" 2>/dev/null
check "NBD: the file system is clean" is_clean "$DISK"
done_testing
