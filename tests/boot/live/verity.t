#!/bin/bash
# Images of a live system that dm-verity vouches for, whole and not.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh

use_kernel cloud
image live-verity -p vm -f live,verity

# sealed FILE DATA: FILE, the hash tree of the data, and FILE.hash, its top.
sealed() {
    veritysetup format "$2" "$1" | sed -n 's/^Root hash:[[:space:]]*//p' | tr -d '\n' >"$1.hash" && [ -s "$1.hash" ]
}
once "$WORK/tree" sealed "$WORK/tree" "$WORK/root.squashfs"
HASH=$(<"$WORK/tree.hash")
OTHER=$(tr '0-9a-f' '1-9a-f0' <<<"$HASH")
IMAGES=(live/filesystem.squashfs="$WORK/root.squashfs" live/filesystem.squashfs.verity="$WORK/tree")
once "$WORK/sealed.iso" iso "$WORK/sealed.iso" d-live "${IMAGES[@]}"
once "$WORK/both.iso" iso "$WORK/both.iso" d-live "${IMAGES[@]}" live/filesystem.squashfs.roothash="$WORK/tree.hash"

# dm-verity reads what lies there, so that the mount is of its device.
VOUCHED="kindling: dm-verity vouches for /run/live/medium/live/filesystem.squashfs"
live "by live-boot's word" "boot=live dm-verity-root-hash=filesystem.squashfs:$HASH dm-verity-oncorruption=panic rd.info" \
    "$WORK/sealed.iso" -- "$VOUCHED"
live "by systemd's" "boot=live roothash=$HASH rd.info" "$WORK/sealed.iso" -- "$VOUCHED"
live "in dracut's way" "root=live:CDLABEL=d-live roothash=$HASH rd.info" "$WORK/sealed.iso" -- \
    "kindling: dm-verity vouches for /run/initramfs/live/live/filesystem.squashfs"
live "with the hash on the medium" "boot=live rd.info" "$WORK/both.iso" -- "$VOUCHED"
live "copied into memory" "boot=live toram roothash=$HASH rd.info" "$WORK/sealed.iso" -- "$VOUCHED" "live: mount /run/live/medium tmpfs ro,"
live "a tree that nobody has a hash of" "boot=live rd.info" "$WORK/sealed.iso" -- "live: mount /run/live/rootfs/filesystem.squashfs squashfs ro,"
check "is not looked at" log_lacks "$VOUCHED"

DAMAGED="kindling: /run/live/medium/live/filesystem.squashfs is not what its hash stands for: it was changed or damaged, or the hash is another's"
fails "another hash" "boot=live roothash=$OTHER" "$WORK/sealed.iso" -- "$DAMAGED"
changed() {
    cp "$WORK/root.squashfs" "$1.squashfs"
    printf x | dd of="$1.squashfs" bs=1 seek=1100 conv=notrunc status=none
    iso "$1" d-live live/filesystem.squashfs="$1.squashfs" live/filesystem.squashfs.verity="$WORK/tree" \
        live/filesystem.squashfs.roothash="$WORK/tree.hash"
}
once "$WORK/changed.iso" changed "$WORK/changed.iso" "$WORK/root.squashfs" "$WORK/tree"
fails "a byte was changed" "boot=live roothash=$HASH" "$WORK/changed.iso" -- "$DAMAGED"
fails "a byte was changed, and the hash is on the medium" "boot=live" "$WORK/changed.iso" -- "$DAMAGED"
debian_medium
fails "there is no tree" "boot=live roothash=$HASH" "$WORK/debian.iso" -- \
    "kindling: nothing vouches for /run/live/medium/live/filesystem.squashfs: its hash is given, and its hash tree"
fails "no hash" "boot=live dm-verity-root-hash=filesystem.squashfs:secret" "$WORK/sealed.iso" -- \
    "kindling: nothing vouches for /run/live/medium/live/filesystem.squashfs: what is given as its hash is none"
fails "an image that is not there" "boot=live dm-verity-root-hash=other.squashfs:$HASH" "$WORK/sealed.iso" -- \
    "kindling: dm-verity-root-hash=other.squashfs:$HASH: the medium has no image of that name"
several() {
    iso "$1" d-live "${IMAGES[@]}" live/more.squashfs="$WORK/root.squashfs"
}
once "$WORK/several.iso" several "$WORK/several.iso" "$WORK/root.squashfs" "$WORK/tree"
fails "one hash for two images" "boot=live roothash=$HASH" "$WORK/several.iso" -- \
    "kindling: roothash= is of one image, and the medium has several"
fails "a signature that is wanted" "boot=live dm-verity-enforce-roothash-signature" "$WORK/sealed.iso" -- \
    "kindling: dm-verity-enforce-roothash-signature on the kernel command line: signatures are not verified"

once "$WORK/partition.img" qemu/mkdisk -t squashfs -p gpt "$WORK/partition.img" "$WORK/root"
fails "a medium that is the root itself" "root=live:/dev/vda1 roothash=$HASH" "$WORK/partition.img" -- \
    "kindling: roothash= is given, and nothing vouches for /dev/vda1"

image live -p vm -f live
fails "an image without dm-verity" "boot=live roothash=$HASH" "$WORK/sealed.iso" -- "(kindling build -f live,verity)"
live "where nobody asked for it" "boot=live" "$WORK/both.iso" -- \
    "kindling: /run/live/medium/live/filesystem.squashfs has a hash tree, and is not compared with it: kindling build -f live,verity"
done_testing
