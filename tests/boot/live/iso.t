#!/bin/bash
# The medium that kindling iso makes, by both kinds of firmware, as a disc and as a stick.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh

use_kernel cloud

medium() {
    "$KINDLING" iso -p vm -k "$KVER" --modules-dir "$KERNEL/lib/modules" --root "$WORK/root.squashfs" \
        "${@:2}" --append "init=/sbin/live rd.info console=ttyS0 no_timer_check panic=-1" -o "$1" 2>/dev/null
}

# by NAME FIRMWARE DISK: from the boot loader on.
by() {
    by_firmware 'live: done' --firmware "$2" -m 512 -d "$3"
    check "boots: $1" log_shows 'live: done' 'live: wrote something' 'live: mount /run/live/medium iso9660 ro,'
}

check "a medium is made" medium "$WORK/made.iso"
check "and once more" medium "$WORK/again.iso"
check "it has the same bytes" cmp "$WORK/made.iso" "$WORK/again.iso"
by "a disc, by BIOS" bios "$WORK/made.iso,bus=scsi-cd"
by "a stick, by BIOS" bios "$WORK/made.iso"
by "a disc, by UEFI" uefi "$WORK/made.iso,bus=scsi-cd"
by "a stick, by UEFI" uefi "$WORK/made.iso"
check "one with a hash tree is made" medium "$WORK/sealed.iso" --verity
by "which dm-verity vouches for, by BIOS" bios "$WORK/sealed.iso"
check "as it says" log_shows "kindling: dm-verity vouches for /run/live/medium/live/filesystem.squashfs"
done_testing
