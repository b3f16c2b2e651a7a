#!/bin/bash
# MiniVM's way: its command, its files, its defaults, and a root whose init mounts everything itself.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
disk ext4-whole -t ext4 -p none -L "my root"
TREE=$MADE/minivm
ROOT=$PWD

make_tree() {
    rm -rf "$TREE"
    mkdir -p "$TREE/template/etc" "$TREE/lib/modules"
    ln -s "$KERNEL/lib/modules/$KVER" "$TREE/lib/modules/$KVER"
    echo "from the template" >"$TREE/template/etc/note"
    cat >"$TREE/modules.ramfs" <<'LIST'
# Modules for the initial RAM disk

drivers/ata             # ata_piix, libata
drivers/block/virtio_blk.ko
drivers/scsi/sd_mod.ko
drivers/virtio
fs/fat
fs/nls/nls_ascii.ko
LIST
    printf 'vfat\nnls_ascii\n' >"$TREE/modules.autoload"
}

mkinitramfs() {
    (cd "$TREE" && "$ROOT/$KINDLING" mkinitramfs template "$KVER")
}

listing() {
    zcat "$TREE/initramfs-$KVER" | cpio -it --quiet
}

make_tree
check "kindling mkinitramfs template KVER" mkinitramfs
IMAGE=$TREE/initramfs-$KVER
check "the template is in it" grep -qx etc/note <(listing)
check "dependencies were added" grep -q '/scsi_mod.ko' <(listing)
check "what was not listed is not there" test -z "$(listing | grep -E 'virtio_scsi|xfs')"

boots "root=/dev/sda is understood, read-only, and single is init's" "single" "$DISK,bus=ide" -- \
    "real-root: root /dev/sda ext4 ro," "real-root: args single"
check "the root found /dev, /proc and /sys not mounted" grep -qaE '^real-root: mounted( run)?.?$' "$LOG"
boots "root= and rw of the command line" "root=/dev/vda rw" "$DISK" -- "real-root: root /dev/vda ext4 rw,"

modules_disk() {
    (cd "$TREE" && "$ROOT/qemu/modules-disk" "$KVER")
}
check "qemu/modules-disk makes modules-KVER.qcow2" modules_disk
boots "with its modules disk" "single" "$DISK,bus=ide" "$TREE/modules-$KVER.qcow2" -- "real-root: args single"

sed -i '/virtio_blk/d' "$TREE/modules.ramfs"
check "without the disk's driver" mkinitramfs
IMAGE=$TREE/initramfs-$KVER
fails "says what to add, and where" "root=/dev/vda rd.timeout=1" "$DISK" -- \
    "kindling: to have them in the image, add to modules.ramfs: "
sed -n 's/.*add to modules.ramfs: //p' "$LOG" | tr -d '\r' >>"$TREE/modules.ramfs"
check "these words in the file" mkinitramfs
boots "boot" "root=/dev/vda" "$DISK" -- "real-root: root /dev/vda ext4"

done_testing
