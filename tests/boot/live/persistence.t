#!/bin/bash
# What is kept from boot to boot: on a partition, in a file, on the medium itself; and that it is left clean.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh
. tests/boot/stacks.sh

use_kernel cloud
image live -p vm -f live

debian_medium

# keeper FILE CONF [TABLE [PATH]]: an ext4 labelled persistence, with a file at PATH that holds its own name.
keeper() {
    rm -rf "$1.tree"
    mkdir -p "$1.tree"
    printf '%b' "$2" >"$1.tree/persistence.conf"
    [ -z "${4-}" ] || {
        mkdir -p "$1.tree/$(dirname "$4")"
        echo "$4" >"$1.tree/$4"
    }
    qemu/mkdisk -t ext4 -p "${3:-gpt}" -L persistence -s 64M "$1" "$1.tree"
}

keeper "$WORK/all.img" '/ union\n'
kept "all of the root, on a partition" "boot=live persistence" "$WORK/debian.iso" "$WORK/all.img" -- \
    "upperdir=/run/live/persistence/vdb1/rw"
SNAPSHOT='' live "and not when it is forbidden" "boot=live persistence nopersistence" "$WORK/debian.iso" "$WORK/all.img" -- \
    "live: found cat: can't open" "upperdir=/run/live/overlay/rw"
SNAPSHOT='' live "read, and not written" "boot=live persistence persistence-read-only" "$WORK/debian.iso" "$WORK/all.img" -- \
    "live: found something" "upperdir=/run/live/overlay-now/rw"

keeper "$WORK/parts.img" '/home bind,source=people\n/etc union,source=config\n/link link\n# no more\n/../x\n/all source=.\n' gpt link/linked
PARTS="boot=live persistence keep=/home/kept keep=/etc/kept keep=/link/linked keep=/link/not-linked"
SNAPSHOT='' live "directories, each in its way" "$PARTS" "$WORK/debian.iso" "$WORK/parts.img" -- \
    "kindling: /run/live/persistence/vdb1/persistence.conf: the line of /../x is not heeded" \
    "live: mount /home ext4 rw," "live: mount /etc overlay rw," "live: mount /all ext4 rw," "live: home as it was made" \
    "live: kept /home/kept cat: can't open" "live: kept /etc/kept cat: can't open" "live: kept /link/linked link/linked"
SNAPSHOT='' live "and the second time" "$PARTS" "$WORK/debian.iso" "$WORK/parts.img" -- \
    "live: home as it was made" "live: kept /home/kept what was put there" "live: kept /etc/kept what was put there" \
    "live: kept /link/linked what was put there" "live: kept /link/not-linked cat: can't open" "live: found cat: can't open"

in_a_file() {
    keeper "$1.file" '/ union\n' none
    truncate -s 100M "$1"
    mkfs.vfat "$1" >/dev/null && mcopy -i "$1" "$1.file" ::/persistence
}
in_a_file "$WORK/stick.img"
kept "all of the root, in a file on a stick" "boot=live persistence persistence-storage=file" "$WORK/debian.iso" "$WORK/stick.img" -- \
    "upperdir=/run/live/persistence/vdb/rw"

in_a_directory() {
    keeper "$1.file" '/ union\n' none
    truncate -s 100M "$1"
    mkfs.vfat "$1" >/dev/null && mmd -i "$1" ::/sub && mcopy -i "$1" "$1.file" ::/sub/mine
}
in_a_directory "$WORK/named.img"
kept "in a file of another name, in a directory" "boot=live persistence persistence-label=other,mine persistence-path=/sub" \
    "$WORK/debian.iso" "$WORK/named.img" -- "upperdir=/run/live/persistence/vdb/rw"

# Ubuntu's keeps all of the root, and has no list.
casper() {
    iso "$1" Ubuntu casper/filesystem.squashfs="$WORK/root.squashfs"
}
once "$WORK/casper.iso" casper "$WORK/casper.iso" "$WORK/root.squashfs"
rm -f "$WORK/casper-rw.img" "$WORK/writable.img"
qemu/mkdisk -t ext4 -p gpt -L casper-rw -s 64M "$WORK/casper-rw.img"
kept "Ubuntu's, on a partition" "boot=casper persistent" "$WORK/casper.iso" "$WORK/casper-rw.img" -- \
    "upperdir=/run/live/persistence/vdb1/upper"
SNAPSHOT='' live "Ubuntu's, and not when it is forbidden" "boot=casper persistent nopersistent" "$WORK/casper.iso" "$WORK/casper-rw.img" -- \
    "live: found cat: can't open" "upperdir=/run/casper/cow/upper"
ubuntu_file() {
    qemu/mkdisk -t ext4 -p none -L any -s 64M "$1.file"
    truncate -s 100M "$1"
    mkfs.vfat "$1" >/dev/null && mmd -i "$1" ::/sub && mcopy -i "$1" "$1.file" ::/sub/writable
}
ubuntu_file "$WORK/writable.img"
kept "Ubuntu's, in a file" "boot=casper persistent persistent-path=sub" "$WORK/casper.iso" "$WORK/writable.img" -- \
    "upperdir=/run/live/persistence/vdb/upper"

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

# What a stick has behind the ISO image that was copied to it.
behind_the_image() {
    local start
    keeper "$1.part" '/ union\n' none
    start=$((($(stat -c %s "$WORK/debian.iso") / 1048576 + 1) * 2048))
    cp "$WORK/debian.iso" "$1"
    truncate -s $((start * 512 + 64 * 1048576)) "$1"
    echo "start=$start, type=83" | sfdisk -q --append --no-reread "$1" &&
        dd if="$1.part" of="$1" bs=512 seek=$start conv=notrunc,sparse status=none
}
behind_the_image "$WORK/behind.img"
kept "on another partition of the medium's stick" "boot=live persistence" "$WORK/behind.img" -- \
    "upperdir=/run/live/persistence/vda2/rw"
SNAPSHOT='' live "the same, by the medium's name" "boot=live persistence live-media=/dev/disk/by-label/d-live" "$WORK/behind.img" -- \
    "live: found something"

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
live "in a LUKS volume that is not asked for" "boot=live persistence" "$WORK/debian.iso" "${DISKS[0]}" -- \
    "kindling: persistence was asked for, and nothing is labelled persistence"
fails "in a LUKS volume, without cryptsetup" "boot=live persistence persistence-encryption=luks" "$WORK/debian.iso" "${DISKS[0]}" -- \
    "kindling: persistence-encryption=luks: /dev/vdb is a LUKS volume, and this image has no cryptsetup to open it: kindling build -f live,crypt"
image live-crypt -p vm -f live,crypt
cp "${DISKS[0]}" "$WORK/luks.img"
RUN_OPTIONS=(--type "$PROMPT => open sesame")
kept "in a LUKS volume" "boot=live persistence persistence-encryption=none,luks" "$WORK/debian.iso" "$WORK/luks.img" -- \
    "upperdir=/run/live/persistence/dm-0/rw"
RUN_OPTIONS=(--type "$PROMPT => ")
SNAPSHOT='' live "in a LUKS volume whose passphrase nobody types" "boot=live persistence persistence-encryption=luks rd.luks.tries=1" "$WORK/debian.iso" "$WORK/luks.img" -- \
    "kindling: persistence was asked for, and nothing is labelled persistence" "live: found cat: can't open"
RUN_OPTIONS=()
done_testing
