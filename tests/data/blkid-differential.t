#!/bin/bash
# superblock_identify against blkid: the same type, UUID, label and UUID_SUB for the fixtures and for images that are
# made here and now, and no opinion where blkid has none.
set -u
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
# shellcheck source=tests/tap.sh
. tests/tap.sh
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
image=$work/image
head_size=$((68 * 1024))
tail_size=$((128 * 1024))

for program in blkid sfdisk mkswap mke2fs mkfs.xfs mkfs.btrfs mkfs.f2fs mkfs.vfat mkfs.exfat mkfs.ntfs mksquashfs \
    mkfs.erofs xorrisofs mkfs.jfs mkfs.reiserfs mkfs.nilfs2 mkudffs; do
    command -v "$program" >/dev/null || bail_out "$program is missing"
done
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -iquote init -o "$work/identify" tests/data/identify.c init/format/*.c \
    init/contract/*.c init/system/text.c -ldeflate ||
    bail_out "tests/data/identify.c does not compile"

# blkid_says KEY...: as identify prints it.
blkid_says() {
    local key value
    for key in "$@"; do
        value=$(blkid -p -s "$key" -o value "$image" 2>"$work/log")
        [ -z "$value" ] || echo "$key=$value"
    done
}

# agree KEY...: on the image as it is now.
agree() {
    local pattern ours theirs
    pattern=$(IFS='|' && echo "$*")
    ours=$("$work/identify" "$image" 2>&1 | grep -aE "^($pattern)=")
    theirs=$(blkid_says "$@")
    [ "$ours" = "$theirs" ] || { printf 'ours:\n%s\nblkid:\n%s\n' "$ours" "$theirs" && return 1; }
}

# compare DESCRIPTION: all keys.
compare() {
    check "$1" agree TYPE UUID LABEL UUID_SUB
}

# What lies between the two ends is not in a fixture, and some labels lie there; zfs wants more of its uberblocks. An udf
# is told by its type alone.
compare_fixtures() {
    local name size
    while IFS=$'\t' read -r name size _; do
        [[ $name != zfs && $name != udf ]] || continue
        zcat "tests/data/superblock/$name.gz" >"$work/ends"
        rm -f "$image"
        head -c "$head_size" "$work/ends" >"$image"
        truncate -s "$((size - tail_size))" "$image"
        tail -c "$tail_size" "$work/ends" >>"$image"
        check "fixture $name" agree TYPE UUID UUID_SUB
    done <tests/data/superblock/list
}

# make SIZE COMMAND...: a new image of that size, which the command formats; its name is the last argument.
make_image() {
    local size=$1
    shift
    rm -f "$image"
    truncate -s "$size" "$image"
    "$@" "$image" >"$work/log" 2>&1 || bail_out "$*: $(cat "$work/log")"
}

compare_new() {
    make_image "$@"
    compare "$*"
}

compare_swap() {
    local page
    for page in 4096 8192 16384 32768 65536; do
        compare_new 1M mkswap -p "$page" -L "pages of $page"
    done
}

compare_ext() {
    local options
    for options in '-t ext2' '-t ext3' '-t ext4' '-t ext2 -r 0' '-t ext4 -b 1024' '-t ext4 -b 2048' '-t ext4 -b 4096' \
        '-t ext4 -O ^has_journal' '-t ext4 -O ^metadata_csum' '-t ext2 -O extents' '-t ext3 -O ^dir_index' '-O journal_dev' \
        '-t ext4 -O bigalloc' '-t ext4 -U clear'; do
        # shellcheck disable=SC2086
        compare_new 8M mke2fs -F $options -L 'ext läbel'
    done
}

compare_fat() {
    local options
    for options in '-F 12' '-F 16' '-F 32' '-F 12 -s 16' '-F 16 -r 64' '-F 32 -R 64' '-F 16 -f 1' '-S 1024' '-S 2048' \
        '-S 4096' '-M 0xf0' '-a' '-h 63' '-F 32 -s 1'; do
        # shellcheck disable=SC2086
        compare_new 20M mkfs.vfat $options -n 'FAT LABEL'
        # shellcheck disable=SC2086
        compare_new 20M mkfs.vfat $options
    done
    compare_new 700M mkfs.vfat -n 'FAR ROOT'
    compare_new 40M mkfs.vfat -F 32 -f 1 -s 8 -n 'NEAR ROOT'
    compare_new 1440K mkfs.vfat -n FLOPPY
}

compare_others() {
    compare_new 300M mkfs.xfs -L 'x label'
    compare_new 300M mkfs.xfs -m crc=0
    compare_new 300M mkfs.xfs -s size=4096 -b size=4096
    compare_new 128M mkfs.btrfs -L 'better fs'
    compare_new 128M mkfs.btrfs --csum xxhash
    compare_new 128M mkfs.btrfs --csum sha256
    compare_new 128M mkfs.btrfs --csum blake2
    compare_new 128M mkfs.btrfs --mixed
    compare_new 64M mkfs.f2fs -f -l 'flash läbel'
    compare_new 64M mkfs.f2fs -f -O extra_attr,sb_checksum
    compare_new 8M mkfs.ntfs -Q -F
    compare_new 8M mkfs.ntfs -Q -F -c 65536
    compare_new 8M mkfs.exfat -b 16K -c 4K -L 'näher'
    compare_new 8M mkfs.exfat -L 'ex fat'
    compare_new 8M mkfs.exfat
    compare_new 600M mkfs.exfat -c 1M -L 'big cluster'
    compare_new 2G mkfs.exfat -c 512 -L 'a large FAT'
    compare_new 16M mkfs.jfs -q -L 'sixteen letters!'
    compare_new 32M mkfs.jfs -q
    compare_new 40M mkfs.reiserfs -q -f -l 'sixteen letters!'
    compare_new 40M mkfs.reiserfs -q -f -b 1024
    compare_new 40M mkfs.reiserfs -q -f --format 3.5
    compare_new 144M mkfs.nilfs2 -q -L 'a label that is longer than what others have'
    compare_new 40M mkfs.nilfs2 -q -b 1024
    local revision
    for revision in 1.02 1.50 2.01; do
        make_image 8M mkudffs -r $revision
        check "mkudffs -r $revision" agree TYPE
        make_image 8M mkudffs -r $revision -b 4096
        check "mkudffs -r $revision, large blocks" agree TYPE
    done
    make_image 8M mkfs.ntfs -Q -F
    for cluster in 20 512 1000; do
        tests/data/move-mft "$image" $cluster
        compare "ntfs, the MFT moved to cluster $cluster"
    done
}

compare_trees() {
    mkdir -p "$work/tree"
    truncate -s 400K "$work/tree/file"
    rm -f "$image"
    mksquashfs "$work/tree" "$image" -quiet -no-progress >"$work/log" 2>&1
    compare mksquashfs
    rm -f "$image"
    mkfs.erofs "$image" "$work/tree" >"$work/log" 2>&1
    compare mkfs.erofs
    local label options
    for label in PLAIN 'with blanks' 'exactly16letters' 'MORE_THAN_16_LETTERS_HERE' 'Großbuchstaben'; do
        for options in '' '-J' '-J -R'; do
            rm -f "$image"
            # shellcheck disable=SC2086
            xorrisofs -quiet $options -V "$label" -o "$image" "$work/tree" 2>"$work/log"
            compare "xorrisofs $options -V '$label'"
        done
    done
}

compare_nothing() {
    make_image 1M true
    compare 'zeros'
    make_image 1M shred -n 1
    compare 'noise'
    make_image 8M sfdisk --wipe never <<<'label: gpt
start=2048, size=4096'
    compare 'a GPT'
    make_image 8M sfdisk --wipe never <<<'label: dos
start=2048, size=4096'
    compare 'an MBR'
}

compare_fixtures
compare_swap
compare_ext
compare_fat
compare_others
compare_trees
compare_nothing
done_testing
