# Debian 12 on a root from a server: it comes up and goes down, and what manages its network neither takes the root's card
# down nor its address away, nor makes another of it. A test of one manager sources it, with MANAGER, PACKAGES,
# manager_files and CONTENT, what it says of a card that it is content with; and on_nfs, if it has more to boot from there.
# What managers do without a machine is in managers.t.
# shellcheck shell=bash
# shellcheck disable=SC2153 # MANAGER, PACKAGES and CONTENT are the test's
. tests/boot/systems.sh

# questions DIRECTORY: what is asked at its prompt. From before the manager begins to the end of the answers, somebody
# writes down each state that a card is in.
questions() {
    rm -rf "$1" && mkdir -p "$1/usr/sbin" "$1/etc/systemd/system/sysinit.target.wants" || return
    cat >"$1/usr/sbin/tell" <<'TELL' || return
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
systemctl is-active MANAGER | say manager
state first
/usr/sbin/manager-says | say link
systemctl restart MANAGER
systemctl start network-online.target
systemctl is-system-running --wait | say again
state second
# What the watcher sees of a card that does go down, it tells of lo.
ip link set lo down
ip link set lo up
for try in 1 2 3 4 5 6 7 8 9 10; do
    ! grep ' lo: ' /run/links | grep -vq '[<,]UP' || break
    sleep 1
done
grep ' lo: ' /run/links | grep -vc '[<,]UP' | awk '{ print ($1 > 0) }' | say watched
grep -v ' lo: ' /run/links | grep -v '[<,]UP[,>]' | say down
sync && echo 3 >/proc/sys/vm/drop_caches && md5sum </usr/bin/apt-get | wc -l | say read
boot=$(cat /proc/sys/kernel/random/boot_id)
echo "$boot" >/root/written && say wrote </root/written
cut -d' ' -f1 /proc/uptime | say uptime
echo "system: told"
TELL
    sed -i "s/MANAGER/$MANAGER/" "$1/usr/sbin/tell"
    cat >"$1/etc/systemd/system/links.service" <<'UNIT' || return
[Unit]
DefaultDependencies=no
Before=network-pre.target sysinit.target systemd-networkd.service NetworkManager.service networking.service
[Service]
Type=exec
ExecStart=sh -c 'exec ip -o monitor link >/run/links'
IgnoreOnIsolate=yes
UNIT
    ln -s ../links.service "$1/etc/systemd/system/sysinit.target.wants/"
    # On a slow host even the serial line comes late; how long anything takes to stop is not changed.
    mkdir -p "$1/etc/systemd/system.conf.d" &&
        printf '[Manager]\nDefaultTimeoutStartSec=600\nDefaultDeviceTimeoutSec=600\n' >"$1/etc/systemd/system.conf.d/slow.conf"
    manager_files "$1"
    chmod 755 "$1/usr/sbin/"*
}

make_system() {
    once "$MADE/questions-$MANAGER" questions "$MADE/questions-$MANAGER" "$(dirname "$0")/debian.sh"
    once "$MADE/debian-$MANAGER.img" qemu/mkdebian -s bookworm -I systemd -P "$PACKAGES" -L debian \
        "$MADE/debian-$MANAGER.img" "$MADE/questions-$MANAGER"
}

# Where there is a network; the servers' namespace has none.
[ "${IN_NAMESPACE-}" = yes ] || make_system
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
MEMORY=768
TIMEOUT=1200

# debian ROOT: DISK, a fresh copy with the root's line in fstab, mounted on EXPORTED.
debian() {
    DISK=$MADE/debian-$MANAGER-on-a-server.img
    mkdir -p "$EXPORTED"
    cp --sparse=always "$MADE/debian-$MANAGER.img" "$DISK" || bail_out "cannot copy the system"
    mount -o loop "$DISK" "$EXPORTED" || bail_out "cannot mount a copy of the system"
    echo "$1" >"$EXPORTED/etc/fstab"
}

# Sooner than it came up, on a slow host as on a fast one, and without what systemd waits 90 s for (DefaultTimeoutStopSec).
goes_down_soon() {
    local begun ended
    begun=$(told uptime)
    [ "$begun" ] || return
    ended=$(sed -n 's/^.*\[ *\([0-9]*\)\.[0-9]*\] reboot: .*/\1/p' "$LOG" | tail -n 1)
    echo "it was down $((${ended:-0} - ${begun%.*})) s after it was asked to" | tee "$LOG.down"
    [ "$ended" ] && [ $((ended - ${begun%.*})) -lt "${begun%.*}" ] && ! grep -aE '[Tt]imed out' "$LOG"
}

# whole NAME CMDLINE [CARD]
whole() {
    local card=${3:-ens9}
    to_prompt_and_down "$1" "$2 console=ttyS0" tell
    check "$1: up to its prompt and down again" down_again
    check "$1: it could tell" log_shows "system: told"
    check "$1: it is up without a failure" is "$(told running) $(told failed)" "running "
    check "$1: its network is online" is "$(told online)" active
    check "$1: the address is what it was" is "$(told 'first address')" "$card $ADDRESS"
    check "$1: and the gateway" is "$(told 'first gateway')" "10.9.0.1 $card"
    check "$1: the address is good for ever" is "$(told 'first unlimited')" 1
    check "$1: $MANAGER is content with the card" is "$(told manager) $(told link)" "active $CONTENT"
    check "$1: all is as it was when $MANAGER was started anew" is \
        "$(told again) $(told 'second address') $(told 'second gateway')" "running $card $ADDRESS 10.9.0.1 $card"
    check "$1: the card was never down" is "$(told watched) $(told down)" "1 "
    check "$1: the root can be read" is "$(told read)" 1
    check "$1: it goes down soon" goes_down_soon
}

use_kernel cloud
image nfs-nbd -f nfs,nbd,overlay
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
! declare -F on_nfs >/dev/null || on_nfs
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
