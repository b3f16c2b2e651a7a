#!/bin/bash
# What is kept from boot to boot: on a partition, in a file, on the medium itself; and that it is left clean.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh
. tests/boot/stacks.sh

use_kernel cloud
image live -p vm -f live

debian_medium

# is_clean_partition FILE: the first of a GPT.
is_clean_partition() {
    local start
    start=$(sfdisk -d "$1" | sed -n 's/.*start= *\([0-9]*\),.*/\1/p' | head -n 1)
    e2fsck -fn "$1?offset=$((start * 512))"
}

# keeper FILE CONF [TABLE]: an ext4 labelled persistence.
keeper() {
    rm -rf "$1.tree"
    mkdir -p "$1.tree"
    printf '%b' "$2" >"$1.tree/persistence.conf"
    qemu/mkdisk -t ext4 -p "${3:-gpt}" -L persistence -s 64M "$1" "$1.tree"
}

# kept NAME CMDLINE DISKS -- LINES...: twice on the same disks, the second time with what was written in the first.
kept() {
    local name=$1 cmdline=$2
    shift 2
    SNAPSHOT='' live "$name, the first time" "$cmdline" "$@" "live: found cat: can't open"
    SNAPSHOT='' live "$name, the second time" "$cmdline" "$@" "live: found something"
}

keeper "$WORK/all.img" '/ union\n'
kept "all of the root, on a partition" "boot=live persistence" "$WORK/debian.iso" "$WORK/all.img" -- \
    "upperdir=/run/live/persistence/vdb1/rw"
SNAPSHOT='' live "and not when it is forbidden" "boot=live persistence nopersistence" "$WORK/debian.iso" "$WORK/all.img" -- \
    "live: found cat: can't open" "upperdir=/run/live/overlay/rw"
SNAPSHOT='' live "read, and not written" "boot=live persistence persistence-read-only" "$WORK/debian.iso" "$WORK/all.img" -- \
    "live: found something" "upperdir=/run/live/overlay-now/rw"

keeper "$WORK/parts.img" '/home bind,source=people\n/etc union,source=config\n/root link\n# no more\n/../x\n'
mkdir -p "$WORK/empty"
SNAPSHOT='' live "directories, each in its way" "boot=live persistence" "$WORK/debian.iso" "$WORK/parts.img" -- \
    "kindling: /run/live/persistence/vdb1/persistence.conf: the line of /../x is not heeded" \
    "live: mount /home ext4 rw," "live: mount /etc overlay rw,"

in_a_file() {
    keeper "$1.file" '/ union\n' none
    truncate -s 100M "$1"
    mkfs.vfat "$1" >/dev/null && mcopy -i "$1" "$1.file" ::/persistence
}
in_a_file "$WORK/stick.img"
kept "all of the root, in a file on a stick" "boot=live persistence persistence-storage=file" "$WORK/debian.iso" "$WORK/stick.img" -- \
    "upperdir=/run/live/persistence/vdb/rw"

rm -f "$WORK/upper.img"
qemu/mkdisk -t ext4 -p none -L upper "$WORK/upper.img"
kept "an overlay on an empty file system" "root=live:CDLABEL=d-live rd.live.overlay=LABEL=upper" "$WORK/debian.iso" "$WORK/upper.img" -- \
    "upperdir=/run/initramfs/overlay/overlayfs"
SNAPSHOT='' live "in a directory of it" "root=live:CDLABEL=d-live rd.live.overlay=LABEL=upper:/mine" "$WORK/debian.iso" "$WORK/upper.img" -- \
    "upperdir=/run/initramfs/overlay/mine"
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

# A medium that holds its own persistence, as one partition.
both() {
    rm -rf "$1.tree"
    mkdir -p "$1.tree/live"
    cp "$WORK/root.squashfs" "$1.tree/live/filesystem.squashfs"
    printf '/ union\n' >"$1.tree/persistence.conf"
    qemu/mkdisk -t ext4 -p gpt -L persistence -s 64M "$1" "$1.tree"
}
both "$WORK/both.img"
kept "on the medium's own partition" "boot=live persistence" "$WORK/both.img" -- "upperdir=/run/live/persistence/vda1/rw"

fails "a persistence that cannot be written" "boot=live persistence" "$WORK/debian.iso" "$WORK/all.img,readonly" -- \
    "kindling: the persistence on /dev/vdb1 cannot be written to: boot with persistence-read-only or nopersistence"
live "a persistence that is not there" "boot=live persistence" "$WORK/debian.iso" -- \
    "kindling: persistence was asked for, and nothing is labelled persistence: what is written goes to memory"

# In a LUKS volume, whose passphrase somebody types.
stack live-luks 1 "
printf %s 'open sesame' >/tmp/key
cryptsetup luksFormat -q $FAST --uuid 7c7c7c7c-1111-4222-8333-0123456789ab /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda inside
mkdir /tmp/tree
echo '/ union' >/tmp/tree/persistence.conf
mke2fs -q -t ext4 -L persistence -d /tmp/tree /dev/mapper/inside
cryptsetup close inside"
live "in a LUKS volume that is not asked for" "boot=live persistence rd.luks.tries=1" "$WORK/debian.iso" "${DISKS[0]}" -- \
    "kindling: persistence was asked for, and nothing is labelled persistence"
fails "in a LUKS volume, without cryptsetup" "boot=live persistence persistence-encryption=luks" "$WORK/debian.iso" "${DISKS[0]}" -- \
    "kindling: persistence-encryption=luks: /dev/vdb is a LUKS volume, and this image has no cryptsetup to open it: kindling build -f live,crypt"
image live-crypt -p vm -f live,crypt
cp "${DISKS[0]}" "$WORK/luks.img"
RUN_OPTIONS=(--type "$PROMPT => open sesame")
kept "in a LUKS volume" "boot=live persistence persistence-encryption=none,luks" "$WORK/debian.iso" "$WORK/luks.img" -- \
    "upperdir=/run/live/persistence/dm-0/rw"
RUN_OPTIONS=(--type "$PROMPT => ")
SNAPSHOT='' live "in a LUKS volume whose passphrase nobody types" "boot=live persistence persistence-encryption=luks" "$WORK/debian.iso" "$WORK/luks.img" -- \
    "kindling: persistence was asked for, and nothing is labelled persistence" "live: found cat: can't open"
RUN_OPTIONS=()
done_testing
