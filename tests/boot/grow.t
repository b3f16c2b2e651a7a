#!/bin/bash
# The root grows with its disk: the partition and the file system, before the mount. Other programs tell what became of
# the table (sfdisk) and of the file system (e2fsck).
. "$(dirname "$0")/lib.sh"
. tests/boot/grow.sh

use_kernel cloud
image vm-grow -f growroot
GROWS=$IMAGE

# grown FILE MIB: GROWN, a copy of it that is as much larger.
grown() {
    GROWN=$MADE/grown.img
    rm -f "$GROWN"
    cp --sparse=always "$1" "$GROWN" && truncate -s "+$2M" "$GROWN"
    BEFORE=$(sum)
    SIZE=$(stat -c %s "$GROWN")
}
sum() {
    md5sum <"$GROWN"
}
# boots_it NAME CMDLINE LINES...: and what it writes stays.
boots_it() {
    SNAPSHOT='' boots "$1" "$2" "$GROWN${DRIVE-}" -- "${@:3}"
}
is_untouched() {
    [ "$BEFORE" = "$(sum)" ]
}
disk ext4-gpt-grow -t ext4 -p gpt -L grows
GPT=$DISK
grown "$GPT" 200
boots_it "a GPT and its ext4, mounted read-only" "root=LABEL=grows" "kindling: /dev/vda1 has grown from " \
    "kindling: the ext4 of /dev/vda1 has grown to " "real-root: root /dev/vda1 ext4 ro,"
check "the partition fills the disk" fills_the_disk 1
check "the table is sound" table_is_sound
check "the file system is, and fills the partition" ext4_fills 1
BEFORE=$(sum)
boots_it "grown already" "root=LABEL=grows rd.info" "real-root: root /dev/vda1 ext4 ro,"
check "nothing is done" log_lacks "has grown" "is not grown"
check "nothing is written" is_untouched

grown "$GPT" 0
boots_it "no room" "root=LABEL=grows rd.info" "real-root: root /dev/vda1 ext4 ro,"
check "nothing is said" log_lacks "has grown" "is not grown"
check "and nothing is written" is_untouched

grown "$GPT" 200
boots_it "kindling.growroot=0" "root=LABEL=grows kindling.growroot=0" "real-root: root /dev/vda1 ext4 ro,"
check "leaves it as it is" is_untouched
DRIVE=,readonly boots_it "a write-protected disk" "root=LABEL=grows rw rd.info" \
    "kindling: /dev/vda1 is write-protected: it is not grown" "real-root: root /dev/vda1 ext4 ro,"
check "leaves it as it is, too" is_untouched
image vm
boots_it "an image without the feature" "root=LABEL=grows rd.info" "real-root: root /dev/vda1 ext4 ro,"
check "has nothing to do with it" is_untouched
boots_it "and with kindling.growroot" "root=LABEL=grows kindling.growroot rw" "kindling: the ext4 of /dev/vda1 has grown to " \
    "real-root: root /dev/vda1 ext4 rw,"
IMAGE=$GROWS

# What cloud-initramfs-growroot and cloud-init leave in the root to forbid it.
for file in etc/growroot-disabled etc/growroot-grown; do
    grown "$GPT" 200
    debugfs -w -R "write /dev/null $file" "$GROWN?offset=$MIB" 2>"$MADE/grow.debugfs"
    BEFORE=$(sum)
    boots_it "/$file" "root=LABEL=grows rd.info" "kindling: the root has /$file: it is not grown" \
        "real-root: root /dev/vda1 ext4 ro,"
    check "/$file forbids it" is_untouched
done

# A check that does not work leaves a file system that must not be written to.
fake=$MADE/grow-fake-fsck
musl-gcc -static -Os -o "$fake" tests/boot/fake_fsck.c || bail_out "tests/boot/fake_fsck.c does not compile"
mkdir -p "$MADE/grow-etc/kindling/modules.d"
printf 'description a fake\nprogram /sbin/e2fsck %s\n' "$(realpath "$fake")" >"$MADE/grow-etc/kindling/modules.d/fake-e2fsck"
KINDLING_ETC=$MADE/grow-etc image fake-fsck-grow -f growroot,-e2fsck,fake-e2fsck
grown "$GPT" 200
boots_it "a check that does not work" "root=LABEL=grows rw rd.info fsck.mode=force FAKE=8" \
    "kindling: /dev/vda1 is not to be written to: it is not grown" "real-root: root /dev/vda1 ext4 ro,"
check "nothing is written then" is_untouched
IMAGE=$GROWS

disk ext4-mbr-grow -t ext4 -p mbr
grown "$DISK" 200
boots_it "an MBR and its ext4, mounted read-write" "root=/dev/vda1 rw" "kindling: the ext4 of /dev/vda1 has grown to " \
    "real-root: root /dev/vda1 ext4 rw,"
check "the MBR's partition fills the disk" fills_the_disk 1
check "the MBR is sound" table_is_sound

disk ext4-whole-grow -t ext4 -p none
grown "$DISK" 200
boots_it "a whole disk" "root=/dev/vda" "kindling: the ext4 of /dev/vda has grown to " "real-root: root /dev/vda ext4 ro,"

disk ext4-4k-grow -t ext4 -p gpt --sector-size 4096
grown "$DISK" 200
DRIVE=,4k SECTOR=4096
boots_it "sectors of 4 KiB" "root=/dev/vda1" "kindling: the ext4 of /dev/vda1 has grown to " \
    "real-root: root /dev/vda1 ext4 ro,"
check "its partition fills the disk" fills_the_disk 1
check "its table is sound" table_is_sound
DRIVE='' SECTOR=512

for type in xfs btrfs; do
    disk $type-gpt-grow -t $type -p gpt
    grown "$DISK" 200
    boots_it "$type" "root=/dev/vda1" "kindling: the $type of /dev/vda1 has grown to $((SIZE / MIB - 2)) MiB" \
        "real-root: root /dev/vda1 $type ro,"
    check "$type: the partition fills the disk" fills_the_disk 1
done
check "the btrfs is sound" sh -c "dd if='$GROWN' of='$MADE/grown-part.img' bs=1M skip=1 conv=sparse status=none &&
    btrfs check '$MADE/grown-part.img'"

# another_behind FILE OUT: a partition is behind the root.
another_behind() {
    cp --sparse=always "$1" "$2" && truncate -s +100M "$2" && sfdisk -q --relocate gpt-bak-std "$2" &&
        echo 'size=4M' | sfdisk -q --append "$2"
}
once "$MADE/grow-behind.img" another_behind "$GPT" "$MADE/grow-behind.img"
grown "$MADE/grow-behind.img" 0
boots_it "another partition behind it" "root=LABEL=grows rd.info" \
    "kindling: /dev/vda1 is not grown: another partition is behind it" "real-root: root /dev/vda1 ext4 ro,"
check "the table stays" is_untouched

extended() {
    truncate -s 100M "$2" && printf 'label: dos\n1: start=2048, size=8192, type=5\n2: start=18432, size=%s\n5: start=4096, size=2048\n' \
        $(($(stat -c %s "$1") / 512)) | sfdisk -q "$2" && dd if="$1" of="$2" bs=1M seek=9 conv=notrunc,sparse status=none
}
disk ext4-bare -t ext4 -p none -s 32M
once "$MADE/grow-extended.img" extended "$DISK" "$MADE/grow-extended.img"
grown "$MADE/grow-extended.img" 100
boots_it "an extended partition before it" "root=/dev/vda2" \
    "kindling: /dev/vda2 is not grown: the disk has an extended partition" "real-root: root /dev/vda2 ext4 ro,"
check "the extended one stays" is_untouched

rm -f "$GROWN" "$MADE/grown-part.img"
done_testing
