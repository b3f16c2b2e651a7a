#!/bin/bash
# File systems of other types, really damaged, and each one's own checker: FAT's and exFAT's have no place for a real
# root, so what the console shows before "there is no init" is what is looked at.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

use_kernel generic
image fat-fsck -f vfat,exfat,fsck-vfat,fsck-exfat
lie_compressed() {
    "$KINDLING" ls "$IMAGE" >"$MADE/fat-fsck.names" && grep -x 'usr/sbin/fsck.exfat.gz\|sbin/fsck.exfat.gz' "$MADE/fat-fsck.names" &&
        [ "$(grep -c 'libc.so.6' "$MADE/fat-fsck.names")" = 1 ]
}
check "the two checkers lie compressed, with one C library" lie_compressed
NO_INIT="there is no /sbin/init, /etc/init or /bin/init on /dev/vda"

# A file of many clusters, the last of which its two tables disagree on.
make_damaged_vfat() {
    mkdir -p "$MADE/vfat-files" && head -c 300000 /dev/zero >"$MADE/vfat-files/large" &&
        qemu/mkdisk -t vfat -p none "$1" "$MADE/vfat-files" &&
        printf '\007\000' | dd of="$1" bs=1 seek=$((512 * 4 + 2 * 20)) conv=notrunc status=none
}
once "$MADE/vfat-damaged.img" make_damaged_vfat "$MADE/vfat-damaged.img"
VFAT=$MADE/vfat-damaged.img

# A boot sector that its checksum does not fit, so that the type has to be told; a copy of both lies twelve sectors on.
make_damaged_exfat() {
    qemu/mkdisk -t exfat -p none "$1" && printf x | dd of="$1" bs=1 seek=200 conv=notrunc status=none
}
once "$MADE/exfat-damaged.img" make_damaged_exfat "$MADE/exfat-damaged.img"
EXFAT=$MADE/exfat-damaged.img
once "$MADE/exfat-plain.img" qemu/mkdisk -t exfat -p none "$MADE/exfat-plain.img"

check "the FAT is damaged" grep -q "FATs differ" <(fsck.vfat -n "$VFAT")

# boots_and_keeps CMDLINE DISK: a boot that writes to a copy of the disk, KEPT.
KEPT=$MADE/fsck-types-kept.img
boots_and_keeps() {
    cp --sparse=always "$2" "$KEPT"
    SNAPSHOT='' run_machine kept 'Kernel panic - not syncing: Attempted to kill init' "$1" "$KEPT"
}

boots_and_keeps "root=/dev/vda rw" "$VFAT"
check "a damaged FAT is checked, then mounted" log_shows "kindling: checking /dev/vda, which is checked at each boot" \
    "FATs differ but appear to be intact" "Filesystem was changed" "$NO_INIT"
check "and it was repaired" fsck.vfat -n "$KEPT"
fails "with fsck.repair=no it is not mounted" "root=/dev/vda rw fsck.repair=no" "$VFAT" -- "Leaving filesystem unchanged" \
    "kindling: fsck.vfat left errors on /dev/vda that need a person" 'failed step=fsck object="/dev/vda" reason="errors left"'

fails "a sound exFAT is checked, then mounted" "root=/dev/vda" "$MADE/exfat-plain.img" -- \
    "kindling: checking /dev/vda, which is checked at each boot" "/dev/vda: clean." "$NO_INIT"
fails "damage that fsck.exfat does not mend unasked: never mounted" "root=/dev/vda rw rootfstype=exfat" "$EXFAT" -- \
    "boot region is corrupted" \
    "kindling: fsck.exfat left errors on /dev/vda that need a person: run fsck.exfat on it from another system, or boot with fsck.repair=yes" \
    'failed step=fsck object="/dev/vda" reason="errors left"'
check "not even read-only" log_lacks "there is no /sbin/init"
boots_and_keeps "root=/dev/vda rw rootfstype=exfat fsck.repair=yes" "$EXFAT"
check "fsck.repair=yes has it mended, then mounted" log_shows "boot region is corrupted" "$NO_INIT"
check "from the copy of its boot sector" fsck.exfat -n "$KEPT"

done_testing
