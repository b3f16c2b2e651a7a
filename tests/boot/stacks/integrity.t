#!/bin/bash
# Roots whose sectors dm-integrity checks, by itself and below LVM.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image integrity -f integrity,lvm

BEGIN="$(carried integritysetup)
"
for algorithm in crc32c xxhash64 sha256; do
    stack "integrity-$algorithm" 1 "$BEGIN
/tmp/integritysetup format -q --integrity $algorithm --tag-size $(case $algorithm in crc32c) echo 4 ;; xxhash64) echo 8 ;; *) echo 32 ;; esac) /dev/vda
/tmp/integritysetup open --integrity $algorithm /dev/vda inside
fill /dev/mapper/inside -L inside
/tmp/integritysetup close inside
"
    boots "by $algorithm, which nobody told" "root=LABEL=inside rd.info" "${DISKS[@]}" -- \
        "kindling: dm-integrity checks /dev/vda as /dev/mapper/integrity-vda by $algorithm" "real-root: root /dev/dm-0 ext4 ro,"
done
damaged() {
    LC_ALL=C sed 's/inside/inzide/g' "$2" >"$1"
}
INSIDE=${DISKS[0]}
once "$MADE/integrity-damaged.img" damaged "$MADE/integrity-damaged.img" "${DISKS[0]}"
fails "a sector that was changed" "root=LABEL=inside rd.timeout=2" "$MADE/integrity-damaged.img" -- \
    "kindling: the checksums of /dev/vda are not those of what is on it, by sha256"

stack integrity-lvm 1 "$BEGIN
/tmp/integritysetup format -q /dev/vda
/tmp/integritysetup open /dev/vda inside
lvm pvcreate -q /dev/mapper/inside
lvm vgcreate -q vg0 /dev/mapper/inside
lvm lvcreate -q -W n -Z n -n root -l 100%FREE vg0
fill /dev/vg0/root -L inside
lvm vgchange -q -a n vg0
/tmp/integritysetup close inside
"
boots "a volume group on it" "root=/dev/vg0/root" "${DISKS[@]}" -- "real-root: root /dev/dm-1 ext4 ro,"
with_table() {
    rm -rf "$1" && cp -r template "$1" && mkdir -p "$1/etc" && echo "checked /dev/vda - integrity-algorithm=crc32,mode=journal" >"$1/etc/integritytab"
}
once "$MADE/with-integritytab" with_table "$MADE/with-integritytab"
image integritytab -f integrity,lvm --template "$MADE/with-integritytab"
fails "an integritytab that is wrong" "root=/dev/vg0/root rd.timeout=2" "${DISKS[@]}" -- \
    "kindling: the checksums of /dev/vda are not those of what is on it, by crc32"
# The feature lvm has it too, for volumes with checksums.
image no-integrity
fails "an image without it" "root=LABEL=inside rd.timeout=2" "$INSIDE" -- \
    "kindling: the kernel makes no dm-integrity device of /dev/vda" "kindling build -f integrity"
done_testing
