#!/bin/bash
# Roots on disks that several paths lead to: whatever they are called, the multipath device is mounted, never a path.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
WWN=5000c50015ea71ac
WWID=3$WWN

# paths COUNT DISK [bad]: the next machine has COUNT adapters, each with a path to the disk; of a bad one the first reads
# nothing.
paths() {
    local number copy=$MADE/multipath-disk.img
    cp --sparse=always "$2" "$copy" || bail_out "cannot copy a disk"
    RUN_OPTIONS=(--)
    for ((number = 1; number <= $1; number++)); do
        RUN_OPTIONS+=(-device "virtio-scsi-pci,id=adapter$number"
            -blockdev "driver=file,node-name=file$number,filename=$copy,locking=off"
            -blockdev "driver=blkdebug,node-name=debug$number,image=file$number${3:+,inject-error.0.event=read_aio,inject-error.0.errno=5}"
            -blockdev "driver=raw,node-name=path$number,file=debug$number"
            -device "scsi-hd,bus=adapter$number.0,drive=path$number,wwn=0x$WWN,share-rw=on")
        set -- "$1" "$2"
    done
}

image multipath -f multipath,lvm
disk many -t ext4 -p gpt -L many
MANY=$DISK
for root in LABEL=many "PARTUUID=$(sfdisk --part-uuid "$MANY" 1)" /dev/disk/by-id/scsi-$WWID-part1 /dev/mapper/$WWID-part1; do
    paths 2 "$MANY"
    boots "two paths, $root" "root=$root rw rd.info" -- \
        "is a path to the multipath device $WWID, which is used instead" "real-root: root /dev/dm-1 ext4 rw,"
done
paths 3 "$MANY" bad
boots "a path that reads nothing" "root=LABEL=many rw rd.timeout=200" -- "I/O error, dev sd" "real-root: root /dev/dm-1 ext4 rw,"

disk whole -t ext4 -p none -L whole
paths 2 "$DISK"
boots "a disk without partitions" "root=LABEL=whole rw" -- "real-root: root /dev/dm-0 ext4 rw,"

stack on-paths 1 '
lvm pvcreate -q /dev/vda
lvm vgcreate -q vg /dev/vda
lvm lvcreate -q -W n -Z n -n root -L 20m vg
fill /dev/vg/root -L volume
lvm vgchange -q -a n vg
'
paths 2 "${DISKS[0]}"
boots "a group on it" "root=/dev/vg/root rw" -- "real-root: root /dev/dm-1 ext4 rw,"

paths 2 "$MANY"
fails "it may be forbidden" "root=LABEL=many rd.multipath=0 rd.timeout=5" -- "kindling: root=LABEL=many is ambiguous: /dev/sda1 and /dev/sdb1 both have that name"

image multipath-unsaid -f layers
paths 2 "$MANY"
fails "nobody has said that copies are paths" "root=LABEL=many rd.timeout=5" -- "kindling: root=LABEL=many is ambiguous: /dev/sda1 and /dev/sdb1"
paths 2 "$MANY"
boots "dracut's word says so" "root=LABEL=many rd.multipath=default" -- "real-root: root /dev/dm-1 ext4 ro,"

# As the system's own multipath-tools have it.
with_settings() {
    rm -rf "$1" && cp -r template "$1" && mkdir -p "$1/etc/multipath" && echo "/$2/" >"$1/etc/multipath/wwids" &&
        echo "mpatha $2" >"$1/etc/multipath/bindings"
}
once "$MADE/multipath-ours" with_settings "$MADE/multipath-ours" "$WWID"
image multipath-ours -f multipath --template "$MADE/multipath-ours"
paths 1 "$MANY"
boots "one path of a disk that is known to have several" "root=/dev/mapper/mpatha-part1" -- \
    "kindling: only one path to the multipath device mpatha has come: /dev/sda" "real-root: root /dev/dm-1 ext4 ro,"
once "$MADE/multipath-theirs" with_settings "$MADE/multipath-theirs" 35000c50015ea7fff
image multipath-theirs -f multipath --template "$MADE/multipath-theirs"
paths 1 "$MANY"
boots "a disk that is none of them" "root=LABEL=many" -- "real-root: root /dev/sda1 ext4 ro,"
RUN_OPTIONS=()
done_testing
