#!/bin/bash
# Where ext_check says that no check is due, `e2fsck -p` must say "clean" and change nothing; where e2fsck does more,
# ext_check must have said so. That it may say so too often is counted.
set -u
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
# shellcheck source=tests/tap.sh
. tests/tap.sh
PATH=$PATH:/usr/sbin:/sbin

now=1800000000
day=86400
export E2FSCK_TIME=$now E2FSPROGS_FAKE_TIME=$((now - 10 * day)) E2FSCK_CONFIG=/dev/null
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
image=$work/image
needless=0

for program in mke2fs tune2fs debugfs e2fsck; do
    command -v "$program" >/dev/null || bail_out "$program is missing"
done
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -iquote init -o "$work/ext_check" tests/data/ext_check.c init/format/ext_check.c \
    init/format/ext_superblock.c init/format/crc.c || bail_out "tests/data/ext_check.c does not compile"

# agree EXPECTED: what ext_check says of the image ("due" or "not due", perhaps with the reason) against e2fsck.
agree() {
    local expected=$1 said output status before
    said=$("$work/ext_check" "$now" "$image")
    before=$(sha256sum <"$image")
    output=$(e2fsck -p "$image" 2>&1)
    status=$?
    echo "ext_check: $said; e2fsck: $status: $output"
    [[ $said = "$expected"* ]] || return 1
    if [ $status -eq 0 ] && [[ $output = *': clean,'* ]] && [ "$before" = "$(sha256sum <"$image")" ]; then
        [ "$said" = 'not due' ] || needless=$((needless + 1))
        return 0
    fi
    [ "$said" != 'not due' ]
}

# agree_on DESCRIPTION EXPECTED: one test point, on the image as it is now.
agree_on() {
    check "$1" agree "$2"
}

# make_fs OPTIONS...: a new file system of 4 MiB.
make_fs() {
    rm -f "$image"
    truncate -s 4M "$image"
    mke2fs -q -F "$@" "$image" >"$work/log" 2>&1 || bail_out "mke2fs $*: $(cat "$work/log")"
}

# change REQUEST...: each a request to debugfs.
change() {
    local request
    for request in "$@"; do
        debugfs -w -R "$request" "$image" >"$work/log" 2>&1
    done
}

tune() {
    tune2fs "$@" "$image" >"$work/log" 2>&1 || bail_out "tune2fs $*: $(cat "$work/log")"
}


for options in '-t ext2' '-t ext3' '-t ext4' '-t ext4 -O ^metadata_csum' '-t ext4 -O ^has_journal' '-t ext4 -b 4096' \
    '-t ext4 -O orphan_file' '-t ext4 -O fast_commit' '-t ext4 -O inline_data' '-t ext4 -O bigalloc' '-t ext4 -O quota' \
    '-t ext4 -O ^64bit' '-t ext4 -O metadata_csum_seed' '-t ext4 -O ^resize_inode,meta_bg' '-t ext4 -O encrypt' \
    '-t ext4 -O casefold' '-t ext4 -O verity' '-t ext4 -O large_dir' '-t ext4 -O ea_inode' '-t ext4 -O sparse_super2' \
    '-t ext4 -I 128' '-t ext4 -I 512' '-t ext4 -O uninit_bg,^metadata_csum' '-t ext4 -O project,quota'; do
    # shellcheck disable=SC2086
    make_fs $options
    agree_on "mke2fs $options" 'not due'
done
make_fs -t ext2 -r 0 -O none
agree_on 'revision 0' 'not due'

for type in ext2 ext4; do
    make_fs -t $type
    change 'ssv state 0'
    agree_on "$type, mounted" 'due: was not cleanly unmounted'
    make_fs -t $type
    change 'ssv state 3'
    agree_on "$type, errors seen by the kernel" 'due: recorded errors'
    make_fs -t $type
    change 'ssv last_orphan 12'
    agree_on "$type, orphans" 'due: has deleted files'
    make_fs -t $type
    change 'ssv uuid clear'
    agree_on "$type, no UUID" 'due'
    make_fs -t $type
    change 'ssv flags 0'
    agree_on "$type, no sign of the hashes" 'due'
    make_fs -t $type
    change 'ssv flags 5'
    agree_on "$type, a test file system" 'due'
done
make_fs -t ext4
change 'feature needs_recovery'
agree_on 'a journal to replay' 'due: has a journal to replay'
make_fs -t ext4 -O orphan_file
change 'feature orphan_present'
agree_on 'an orphan file in use' 'due: has deleted files'

make_fs -t ext4
tune -c 5 -C 4
agree_on 'the last mount before a check' 'not due'
tune -c 5 -C 5
agree_on 'the mounts are used up' 'due: was mounted too often'
make_fs -t ext4
tune -c 0 -C 500
agree_on 'mounts are not counted' 'not due'
tune -c -1 -C 500
agree_on 'mounts are not counted, the other way' 'not due'

# Last check, last mount and last write, in hours from now; the interval is ten days.
times() {
    make_fs -t ext4
    tune -i 10d
    change "ssv lastcheck @$((now + $1 * day / 24))"
    E2FSPROGS_FAKE_TIME=$((now + $3 * day / 24)) change "ssv mtime @$((now + $2 * day / 24))" # it is the last write
}
times -239 -24 -24
agree_on 'an interval that is nearly over' 'not due'
times -240 -24 -24
agree_on 'an interval that is over' 'due: was not checked'
times 12 -24 -24
agree_on 'a last check half a day ahead' 'not due'
times 25 -24 -24
agree_on 'a last check more than a day ahead' 'due: has times in the future'
times -24 1 -24
agree_on 'a last mount ahead' 'due: has times in the future'
times -24 -24 1
agree_on 'a last write ahead' 'due: has times in the future'
make_fs -t ext4
tune -i 0
E2FSPROGS_FAKE_TIME=$((now + 9 * day)) change "ssv lastcheck @$((now + 9 * day))" "ssv mtime @$((now + 9 * day))"
agree_on 'times ahead that nobody asked for' 'not due'

# change_bytes OFFSET BYTES: of the superblock, its checksum left as it is.
change_bytes() {
    printf '%b' "$2" | dd of="$image" bs=1 seek=$((1024 + $1)) conv=notrunc status=none
}
make_fs -t ext4
change_bytes 300 '\0377'
agree_on 'a wrong checksum' 'due: has a damaged superblock'
make_fs -t ext4
change_bytes 56 '\0'
agree_on 'no magic' 'due: has a damaged superblock'
make_fs -t ext3
change_bytes 0 '\0001'
agree_on 'too many inodes' 'due: has a damaged superblock'
make_fs -t ext3
change_bytes 28 '\0003'
agree_on 'clusters without the feature' 'due: has a damaged superblock'
make_fs -t ext3
change_bytes 40 '\0001'
agree_on 'other inodes in each group' 'due: has a damaged superblock'
make_fs -t ext3
change_bytes 15 '\0001'
agree_on 'more free blocks than blocks' 'due: has a damaged superblock'
make_fs -t ext3
change_bytes 84 '\0001'
agree_on 'a first inode among the reserved' 'due: has a damaged superblock'
make_fs -t ext3
change_bytes 88 '\0003'
agree_on 'an odd inode size' 'due: has a damaged superblock'
make_fs -t ext3
change_bytes 254 '\0007'
agree_on 'an odd descriptor size' 'due: has a damaged superblock'
make_fs -t ext3
change_bytes 76 '\0002'
agree_on 'a revision of the future' 'due: has features'
for word in 92 96 100; do
    make_fs -t ext3
    change_bytes $((word + 3)) '\0200'
    agree_on "a feature of the future, at $word" 'due: has features'
done
make_fs -t ext3
change_bytes 208 '\0001'
agree_on 'an external journal' 'due: has an unusual journal'
make_fs -t ext3
change_bytes 224 '\0000'
agree_on 'no journal inode' 'due: has an unusual journal'
make_fs -t ext3
change_bytes 253 '\0000'
agree_on 'no copy of the journal inode' 'due: has an unusual journal'
make_fs -t ext2
change_bytes 224 '\0010'
agree_on 'a journal inode without the feature' 'due: has an unusual journal'
make_fs -t ext4 -O '^metadata_csum,^64bit'
change 'feature metadata_csum_seed'
agree_on 'a checksum seed without checksums' 'due: has small flaws'
make_fs -t ext3
change_bytes 76 '\0000'
agree_on 'features in revision 0' 'due: has small flaws'

echo "# a check was due though e2fsck found nothing to do: $needless of $tap_count"
done_testing
