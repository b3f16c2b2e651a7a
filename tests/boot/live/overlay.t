#!/bin/bash
# Where dracut's words let go what is written: to a file system, to a directory of it, to the medium's own.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh

use_kernel cloud
image live -p vm -f live

debian_medium

# is_clean_partition FILE: the first of a GPT.
is_clean_partition() {
    local start
    start=$(sfdisk -d "$1" | sed -n 's/.*start= *\([0-9]*\),.*/\1/p' | head -n 1)
    e2fsck -fn "$1?offset=$((start * 512))"
}

rm -f "$WORK/upper.img"
qemu/mkdisk -t ext4 -p none -L upper "$WORK/upper.img"
kept "an overlay on an empty file system" "root=live:CDLABEL=d-live rd.live.overlay=LABEL=upper" "$WORK/debian.iso" "$WORK/upper.img" -- \
    "upperdir=/run/initramfs/overlay/overlayfs"
SNAPSHOT='' live "in a directory of it" "root=live:CDLABEL=d-live rd.live.overlay=LABEL=upper:/of/mine" "$WORK/debian.iso" "$WORK/upper.img" -- \
    "upperdir=/run/initramfs/overlay/of/mine"
SNAPSHOT='' live "begun anew" "root=live:CDLABEL=d-live rd.live.overlay=LABEL=upper rd.live.overlay.reset" "$WORK/debian.iso" "$WORK/upper.img" -- \
    "live: found cat: can't open"
check "the file system is whole" e2fsck -fn "$WORK/upper.img"
SNAPSHOT='' live "where no directory of it is named" "root=live:CDLABEL=d-live rd.live.overlay=LABEL=upper:auto" "$WORK/debian.iso" "$WORK/upper.img" -- \
    "upperdir=/run/initramfs/overlay/overlayfs"

# livecd-iso-to-disk's stick: the images, and the directory that is called so.
fedora_stick() {
    rm -rf "$1.tree"
    mkdir -p "$1.tree/LiveOS/$2"
    cp "$WORK/root.squashfs" "$1.tree/LiveOS/squashfs.img"
    qemu/mkdisk -t ext4 -p gpt -L LIVE -U 5a5a5a5a-1111-4222-8333-0123456789ab -s 64M "$1" "$1.tree"
}
fedora_stick "$WORK/fedora.img" overlay-LIVE-5a5a5a5a-1111-4222-8333-0123456789ab
kept "where the medium has dracut's directory" "root=live:LABEL=LIVE" "$WORK/fedora.img" -- \
    "upperdir=/run/initramfs/overlay/LiveOS/overlay-LIVE-5a5a5a5a-1111-4222-8333-0123456789ab,workdir=/run/initramfs/overlay/LiveOS/ovlwork"
SNAPSHOT='' live "the same, asked for" "root=live:LABEL=LIVE rd.live.overlay=auto" "$WORK/fedora.img" -- "live: found something"
SNAPSHOT='' live "and forbidden" "root=live:LABEL=LIVE rd.live.overlay=none" "$WORK/fedora.img" -- \
    "live: found cat: can't open" "upperdir=/run/initramfs/overlay/overlayfs"
SNAPSHOT='' live "only read" "root=live:LABEL=LIVE rd.live.overlay.readonly" "$WORK/fedora.img" -- \
    "live: found something" "live: mount /run/initramfs/overlay ext4 ro,"
check "the medium is whole" is_clean_partition "$WORK/fedora.img"
fails "the medium has it, and cannot be written to" "root=live:LABEL=LIVE" "$WORK/fedora.img,readonly" -- \
    "kindling: what is written cannot go to /run/initramfs/live/LiveOS/overlay-LIVE-5a5a5a5a-1111-4222-8333-0123456789ab (rd.overlay=none, or rd.overlay.readonly)"
live "a disc has none" "root=live:CDLABEL=d-live rd.overlay=auto" "$WORK/debian.iso" -- "upperdir=/run/initramfs/overlay/overlayfs"
fedora_stick "$WORK/snapshot.img" no
printf 'COW' >"$WORK/snapshot.img.tree/LiveOS/overlay-LIVE-5a5a5a5a-1111-4222-8333-0123456789ab"
qemu/mkdisk -t ext4 -p gpt -L LIVE -U 5a5a5a5a-1111-4222-8333-0123456789ab -s 64M "$WORK/snapshot.img" "$WORK/snapshot.img.tree"
fails "a snapshot of the device mapper" "root=live:LABEL=LIVE" "$WORK/snapshot.img" -- \
    "is a file: overlays of the device mapper are not used"
done_testing
