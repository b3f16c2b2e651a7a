#!/bin/bash
# Modules as distributions compress them: inflated by /init, and by the kernel where it can. And whole images, compressed
# by everything that the kernel reads.
. "$(dirname "$0")/lib.sh"

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
use_kernel cloud trixie
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U $UUID
image vm
boots ".ko.xz, recompressed for /init" "root=UUID=$UUID" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"
image as-packed --layout kernel
check "the modules are as the kernel's package has them" sh -c "'$KINDLING' ls '$IMAGE' '*/virtio_blk.ko.xz' | grep ."
boots ".ko.xz, decompressed by the kernel" "root=UUID=$UUID" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"

# The few modules that a virtio disk takes, in trees compressed as other distributions do.
use_kernel cloud
make_tree() {
    local tree=$1 module
    shift
    rm -rf "$tree"
    mkdir -p "$tree/$KVER/kernel"
    cp "$KERNEL/lib/modules/$KVER"/modules.* "$tree/$KVER"
    for module in drivers/virtio drivers/block/virtio_blk.ko drivers/scsi fs/overlayfs; do
        mkdir -p "$tree/$KVER/kernel/$(dirname "$module")"
        cp -R "$KERNEL/lib/modules/$KVER/kernel/$module" "$tree/$KVER/kernel/$module"
    done
    find "$tree/$KVER/kernel" -name '*.ko' -exec "$@" {} +
}
for compressor in "zstd zstd -q --rm" "gzip gzip -n"; do
    read -ra words <<<"$compressor"
    TREE=$MADE/tree-${words[0]}
    once "$TREE.made" make_tree "$TREE" "${words[@]:1}"
    IMAGE=$MADE/${words[0]}-modules.img
    check "an image of a tree compressed with ${words[0]}" \
        "$KINDLING" build -q -k "$KVER" --modules-dir "$TREE" -f -e2fsck -o "$IMAGE"
    boots "modules compressed with ${words[0]}" "root=UUID=$UUID" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"
done

use_kernel cloud
for method in zstd xz lz4 none; do
    image "whole-$method" -z "$method" -f -xfs,-btrfs
    boots "an image compressed with $method" "root=UUID=$UUID" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"
done
image whole-zstd-lazy -z zstd --layout lazy
boots "an image compressed twice over" "root=UUID=$UUID" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"

done_testing
