#!/bin/bash
# A real live system: Debian with its own live-boot and live-config, on a medium of kindling's, to its prompt and down.
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin

WORK=$MADE/live-debian
mkdir -p "$WORK"
MEMORY=1024
TIMEOUT=1800

use_kernel cloud
image live -p vm -f live

# Its fstab is that of a live system; and its terminal's event may come late, on a machine that has others to serve.
mkdir -p "$WORK/added/etc/systemd/system.conf.d"
echo 'overlay / overlay rw 0 0' >"$WORK/added/etc/fstab"
printf '[Manager]\nDefaultDeviceTimeoutSec=1h\nDefaultTimeoutStartSec=1h\n' >"$WORK/added/etc/systemd/system.conf.d/patience.conf"
touch -d @1000000000 "$WORK/added/etc/fstab" "$WORK/added/etc/systemd/system.conf.d"/* "$WORK/added/etc/systemd/system.conf.d" \
    "$WORK/added/etc/systemd" "$WORK/added/etc" "$WORK/added" # it is a part of the recipe
once "$WORK/root.squashfs" qemu/mkdebian -P live-boot,live-config,live-config-systemd,user-setup,sudo -t squashfs \
    "$WORK/root.squashfs" "$WORK/added"
medium() {
    "$KINDLING" iso -p vm -k "$KVER" --modules-dir "$KERNEL/lib/modules" --root "$WORK/root.squashfs" --label d-live -o "$1"
}
once "$WORK/medium.iso" medium "$WORK/medium.iso" "$WORK/root.squashfs"
before=$(sha256sum <"$WORK/medium.iso")

# to_prompt_and_down NAME CMDLINE DISKS...: with one of live-config's components, since all of them take an emulated
# machine five minutes.
# shellcheck disable=SC2016 # the live system's shell expands it
to_prompt_and_down() {
    RUN_OPTIONS=(--type 'login: $ => root'
        --type '# (\e\[6n)?$ => '"${TYPED-}"'ls /run/live /run/live/medium/live; findmnt -no FSTYPE /; systemctl --failed --no-legend; echo configured: $(ls /var/lib/live/config); echo told: $((40 + 2)); poweroff')
    SNAPSHOT='' run_machine "$1" 'reboot: Power down' "boot=live components=hostname noautologin console=ttyS0 systemd.show_status=0 $2" "${@:3}"
    RUN_OPTIONS=()
}

to_prompt_and_down "a disc" "" "$WORK/medium.iso,bus=scsi-cd"
check "Debian comes up from a disc, to its prompt" log_shows "told: 42" "filesystem.squashfs" "medium"
check "live-config has run" log_shows "configured: hostname"
check "no unit of it has failed" log_lacks "failed failed"
check "it goes down without a complaint" log_lacks "Failed unmounting" "cannot unmount"

# What is written goes to a partition, and what is in one directory to a file on a stick.
keeper() {
    rm -rf "$1.tree"
    mkdir -p "$1.tree"
    echo "$2" >"$1.tree/persistence.conf"
    qemu/mkdisk -t ext4 -p none -L "$3" -s 256M "$1" "$1.tree"
}
keeper "$WORK/kept.img" '/ union' persistence
keeper "$WORK/file.img" '/srv bind' inside
rm -f "$WORK/stick.img"
truncate -s 300M "$WORK/stick.img"
mkfs.vfat "$WORK/stick.img" >/dev/null
mcopy -i "$WORK/stick.img" "$WORK/file.img" ::/persistence
TYPED='echo something >/root/kept; echo something else >/srv/kept; '
to_prompt_and_down "memory and persistence" "toram persistence" "$WORK/medium.iso,bus=scsi-cd" "$WORK/kept.img" "$WORK/stick.img"
check "from memory, with persistence" log_shows "told: 42" "the medium can be taken out" "kindling: the old root is unmounted"
check "the partition is left clean" is_clean "$WORK/kept.img"
check "what was written is there" test "$(debugfs -R 'cat /rw/root/kept' "$WORK/kept.img" 2>/dev/null)" = something
check "the stick is left clean" fsck.vfat -n "$WORK/stick.img"
mcopy -n -o -i "$WORK/stick.img" ::/persistence "$WORK/file.img"
check "so is the file on it" is_clean "$WORK/file.img"
check "what was written is in there" test "$(debugfs -R 'cat /srv/kept' "$WORK/file.img" 2>/dev/null)" = "something else"
check "not a byte of the medium has changed" test "$before" = "$(sha256sum <"$WORK/medium.iso")"
done_testing
