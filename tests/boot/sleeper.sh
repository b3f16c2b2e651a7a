# A system that puts itself to sleep, its memory in swap space, and tells when it wakes: source it behind lib.sh.
# shellcheck shell=bash

# The sleeper's mark is in its own memory and nowhere else.
# make_sleeper DISK [MKDISK-OPTIONS]: swap space is at $SWAP, an environment variable of init's, or in /swapfile.
make_sleeper() {
    local out=$1 root=$1.root
    shift
    rm -rf "$root" && qemu/mkroot "$root" || return
    ln -sf busybox "$root/bin/swapon"
    cat >"$root/sbin/sleeper" <<'INIT'
#!/bin/sh
say() {
    echo "sleeper: $*"
}
mark=$(cat /proc/sys/kernel/random/uuid)
mount -o remount,rw /
echo written >/before-the-sleep
swapon "$SWAP"
say "mark $mark"
echo disk >/sys/power/state || say "could not sleep"
say "woke with mark $mark, pid $$, file $(cat /before-the-sleep)"
mount -o remount,ro /
say "done"
poweroff -f
INIT
    chmod 755 "$root/sbin/sleeper"
    # Not of zeroes, for which mke2fs leaves holes.
    tr '\0' - </dev/zero | head -c 160M >"$root/swapfile"
    mkswap -q "$root/swapfile" 2>/dev/null
    qemu/mkdisk -t ext4 -p none -s 600M "$@" "$out" "$root" && rm -rf "$root"
}
