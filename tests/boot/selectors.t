#!/bin/bash
# root= in every form of the kernel and of udev.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image vm

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
PARTUUID=7c7c7c7c-1111-4222-8333-0123456789ab
disk gpt-named -t ext4 -p gpt -L 'my "root" ü' -U $UUID --part-uuid $PARTUUID --part-name 'root part'
GPT_NAMED=$DISK
named() {
    boots "$1" "$2" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"
}

# A device that resume= names is found as the root is: one boot for two names.
both_named() {
    boots "$1, and $3" "root=$2 resume=$4 rd.info" "$DISK" -- "real-root: root /dev/vda1 ext4 ro," \
        "kindling: no hibernated system on /dev/vda1"
}

both_named "UUID, as it is" "UUID=$UUID" "UUID in capitals" "UUID=${UUID^^}"
both_named "by-uuid" "/dev/disk/by-uuid/$UUID" "by-partuuid" "/dev/disk/by-partuuid/$PARTUUID"
both_named "PARTUUID" "PARTUUID=$PARTUUID" "PARTUUID in capitals" "PARTUUID=${PARTUUID^^}"
named "PARTLABEL with a blank, quoted" 'root="PARTLABEL=root part"'
both_named "by-partlabel" '/dev/disk/by-partlabel/root\x20part' \
    "by-label with udev's escapes" '/dev/disk/by-label/my\x20\x22root\x22\x20ü'
both_named "the kernel's name" "/dev/vda1" "major and minor" "254:1"
both_named "the kernel's old hexadecimal number" "fe01" \
    "the partition before itself, by offset" "PARTUUID=$PARTUUID/PARTNROFF=0"
named "no root= at all: the disk's own root partition" ""

# A boot partition before the root, as most disks have it: the root is named from there.
# two_partitions FILE ROOT
two_partitions() {
    truncate -s 64M "$1.tmp" &&
        printf 'label: gpt\nsize=4M, uuid=%s\ntype=linux\n' "$PARTUUID" | PATH=$PATH:/usr/sbin:/sbin sfdisk -q "$1.tmp" &&
        dd if="$2" of="$1.tmp" bs=1M seek=5 conv=notrunc,sparse status=none &&
        mv "$1.tmp" "$1"
}
NAMED=$DISK
disk ext4-bare -t ext4 -p none -s 32M
BARE=$DISK
once "$MADE/two-partitions.img" two_partitions "$MADE/two-partitions.img" "$BARE"
boots "the partition after the one named" "root=PARTUUID=$PARTUUID/PARTNROFF=1" "$MADE/two-partitions.img" -- \
    "real-root: root /dev/vda2 ext4 ro,"

# The same disk's root partition, that says not to be taken unasked.
cp --sparse=always "$GPT_NAMED" "$MADE/gpt-no-auto.img"
PATH=$PATH:/usr/sbin:/sbin sfdisk -q --part-attrs "$MADE/gpt-no-auto.img" 1 GUID:63
fails "a root partition with the no-auto attribute" "rd.timeout=1" "$MADE/gpt-no-auto.img" -- \
    "kindling: no root= was given, and /dev/vda1 is of the root type, but its no-auto attribute forbids to take it unasked: boot with root=PARTUUID=$PARTUUID"

# The primary GPT is gone, and the kernel was told to take the copy at the disk's end.
cp --sparse=always "$GPT_NAMED" "$MADE/gpt-backup.img"
dd if=/dev/zero of="$MADE/gpt-backup.img" bs=512 count=34 conv=notrunc status=none
for spec in "PARTUUID=$PARTUUID" '"PARTLABEL=root part"' ""; do
    boots "from the backup GPT: ${spec:-no root=}" "gpt ${spec:+root=$spec}" "$MADE/gpt-backup.img" -- \
        "using alternate GPT" "real-root: root /dev/vda1 ext4 ro,"
done

# The disk was made larger behind its partitions: the copy of the GPT is no longer at the disk's end.
cp --sparse=always "$GPT_NAMED" "$MADE/gpt-grown.img"
truncate -s +32M "$MADE/gpt-grown.img"
boots "a disk that was grown: PARTUUID, and PARTLABEL" "root=PARTUUID=$PARTUUID resume=\"PARTLABEL=root part\" rd.info" \
    "$MADE/gpt-grown.img" -- "Alternate GPT header not at the end of the disk" "kindling: no hibernated system on /dev/vda1" \
    "real-root: root /dev/vda1 ext4 ro,"

# booster's words for what the hardware says: the links' names of udev.
RUN_OPTIONS=(-- -device "virtio-scsi-pci,id=hardware,addr=0x8" -drive "if=none,id=named,format=raw,file=$GPT_NAMED,snapshot=on"
    -device "scsi-hd,bus=hardware.0,drive=named,wwn=0x5000c50015ea71ac")
for spec in WWID=wwn-0x5000c50015ea71ac-part1 HWPATH=pci-0000:00:08.0-scsi-0:0:0:0-part1; do
    boots "$spec" "root=$spec" -- "real-root: root /dev/sda1 ext4 ro,"
done
RUN_OPTIONS=()

disk mbr -t ext4 -p mbr --part-uuid 0a0b0c0d
named "PARTUUID of an MBR, with its zeros" "root=PARTUUID=0a0b0c0d-01"
once "$MADE/plain" mkdir -p "$MADE/plain"
once "$MADE/fat.img" qemu/mkdisk -t vfat -U 0A0B-0C0D "$MADE/fat.img" "$MADE/plain"
fails "a short FAT id is found, in any case" "root=UUID=0a0b-0c0d" "$MADE/fat.img" -- \
    "there is no /sbin/init, /etc/init or /bin/init on /dev/vda1"

disk sectors -t ext4 -p gpt -U $UUID --sector-size 4096
boots "4096-byte sectors" "root=UUID=$UUID" "$DISK,4k" -- "real-root: root /dev/vda1 ext4 ro,"

disk gpt-one -t ext4 -p gpt -U $UUID --part-uuid $PARTUUID
ONE=$DISK
fails "two file systems with one UUID: refused, both named" "root=UUID=$UUID" "$ONE" "$ONE" -- \
    "root=UUID=$UUID is ambiguous: /dev/vda1 and /dev/vdb1 both have that name"
fails "no root=, and two root partitions: refused, both named" "" "$ONE" "$ONE" -- \
    "no root= was given, and both /dev/vda1 and /dev/vdb1 are partitions of the root type"
# A GPT whose entries lie behind the disk's first 40 KiB, or go on there.
moved_entries() {
    cp --sparse=always "$1" "$2.tmp" && PATH=$PATH:/usr/sbin:/sbin sgdisk -j 1000 "$2.tmp" >"$2.log" 2>&1 && mv "$2.tmp" "$2"
}
many_entries() {
    truncate -s 64M "$1.tmp" &&
        printf 'label: gpt\ntable-length: 1024\n200: start=2048, size=65536, type=%s, uuid=%s, name=many\n' \
            4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709 "$PARTUUID" | PATH=$PATH:/usr/sbin:/sbin sfdisk -q "$1.tmp" &&
        dd if="$2" of="$1.tmp" bs=1M seek=1 conv=notrunc,sparse status=none &&
        mv "$1.tmp" "$1"
}
once "$MADE/gpt-moved.img" moved_entries "$NAMED" "$MADE/gpt-moved.img"
boots "PARTLABEL, and the GPT's entries lie elsewhere" 'root="PARTLABEL=root part"' "$MADE/gpt-moved.img" -- \
    "real-root: root /dev/vda1 ext4 ro,"
once "$MADE/gpt-many.img" many_entries "$MADE/gpt-many.img" "$BARE"
boots "PARTUUID, and the GPT has 1024 entries" "root=PARTUUID=$PARTUUID" "$MADE/gpt-many.img" -- \
    "real-root: root /dev/vda200 ext4 ro,"
boots "no root=, and the GPT has 1024 entries" "" "$MADE/gpt-many.img" -- \
    "real-root: root /dev/vda200 ext4 ro,"

# A copy of a disk with an attribute of the Discoverable Partitions Specification.
with_attribute() {
    cp --sparse=always "$1" "$2.tmp" && PATH=$PATH:/usr/sbin:/sbin sfdisk -q --part-attrs "$2.tmp" 1 "$3" && mv "$2.tmp" "$2"
}
once "$MADE/gpt-no-auto.img" with_attribute "$ONE" "$MADE/gpt-no-auto.img" GUID:63
boots "no root=, and a root partition with the bit no-auto beside" "" "$MADE/gpt-no-auto.img" "$ONE" -- \
    "real-root: root /dev/vdb1 ext4 ro,"
once "$MADE/gpt-read-only.img" with_attribute "$ONE" "$MADE/gpt-read-only.img" GUID:60
boots "no root=, and the bit read-only" "" "$MADE/gpt-read-only.img" -- "real-root: root /dev/vda1 ext4 ro,"
boots "the bit read-only, and rw" "rw" "$MADE/gpt-read-only.img" -- "real-root: root /dev/vda1 ext4 rw,"
boots "two of them, and one by path" "root=/dev/vdb1" "$ONE" "$ONE" -- "real-root: root /dev/vdb1 ext4 ro,"
boots "rootfallback= when the root does not come" "root=LABEL=nowhere rootfallback=UUID=$UUID rd.timeout=1" "$ONE" -- \
    "root=LABEL=nowhere did not come: taking rootfallback=UUID=$UUID" "real-root: root /dev/vda1 ext4 ro,"

once "$MADE/foreign.img" truncate -s 8M "$MADE/foreign.img"
boots "unformatted disks beside" "root=UUID=$UUID" "$MADE/foreign.img" "$ONE" "$MADE/foreign.img" -- \
    "real-root: root /dev/vdb1 ext4 ro,"

done_testing
