#!/bin/bash
# `kindling ls` on images of all makers: any compressor, archives one behind the other, damage.
. "$(dirname "$0")/lib.sh"

cd "$WORK/out" || exit 1
mkdir -p early/kernel/x86/microcode main/bin
echo microcode >early/kernel/x86/microcode/GenuineIntel.bin
echo program >main/bin/program
ln -s program main/bin/link
archive() {
    (cd "$1" && find . -mindepth 1 -printf '%P\n' | sort | cpio -o -H newc --quiet -R 0:0)
}
archive early >early.cpio
archive main >main.cpio

lists_both() {
    prints '^kernel/x86/microcode/GenuineIntel.bin$' "$KINDLING" ls "$1" &&
        prints '^bin/program$' "$KINDLING" ls "$1"
}
check "a bare archive" prints '^bin/program$' "$KINDLING" ls main.cpio
# shellcheck disable=SC2043
for compressor in "gzip -n" "bzip2" "xz --check=crc32" "xz --format=lzma" "zstd -q" "lz4 -q -l"; do
    $compressor -c main.cpio >image || bail_out "no $compressor"
    check "$compressor" prints '^bin/program$' "$KINDLING" ls image
    cat early.cpio image >both
    check "behind an early archive: $compressor" lists_both both
done
# What lzop(1) makes begins so; nobody has to have it here.
printf '\211LZO\0\r\n\032\n\020\100\040\240' >image
check "lzop, which is not read" fails_with 1 'cannot read image: it is compressed with lzop, which kindling does not read' "$KINDLING" ls image
cat early.cpio image >both
check "behind an early archive too, which is not all of it" fails_with 1 'cannot read both: it is compressed with lzop' "$KINDLING" ls both
cat early.cpio main.cpio >both
check "two bare archives" lists_both both
gzip -n <both >image
check "two in one gzip stream" lists_both image
gzip -n <early.cpio >image
gzip -n <main.cpio >>image
check "two gzip streams" lists_both image
(
    cat early.cpio
    head -c 700 /dev/zero
    cat main.cpio
    head -c 300 /dev/zero
) >image
check "NUL bytes between and behind" lists_both image
(
    gzip -n <main.cpio
    printf 'key = value\0\0\0\0\30\0\0\0\0\0\0\0#BOOTCONFIG\n'
) >image
check "a boot configuration behind it" prints '^bin/program$' "$KINDLING" ls image

check "-l" prints '^-rw.* +0 +0 +8 .* bin/program$' "$KINDLING" ls -l main.cpio
check "-l of a symlink" prints '^lrwxrwxrwx .* bin/link -> program$' "$KINDLING" ls -l main.cpio
check "a pattern of the last part" test "$("$KINDLING" ls main.cpio 'pro*')" = bin/program
check "a pattern of the whole name" test "$("$KINDLING" ls main.cpio 'bin/l*')" = bin/link
check "--why of somebody else's image" fails_with 1 'cannot say why' "$KINDLING" ls --why main.cpio

# --size: three files of known sizes, one of them compressed on its own.
mkdir -p sized/lib/modules/1/kernel/fs sized/sbin
head -c 5000 /dev/urandom >sized/sbin/large
head -c 100000 /dev/zero | gzip -n >sized/lib/modules/1/kernel/fs/small-one.ko.gz
head -c 2500 /dev/urandom >sized/lib/modules/1/kernel/fs/half.ko
: >sized/sbin/empty
ln -s large sized/sbin/link
archive sized | gzip -n >sized.image
SMALL=$(stat -c %s sized/lib/modules/1/kernel/fs/small-one.ko.gz)
ALL=$((5000 + 2500 + SMALL))
BAR='##############################'
# line PACKED UNPACKED BAR NAME: of the chart.
line() {
    local permille=$((($1 * 1000 + ALL / 2) / ALL))
    printf '%11d %11d  %3d.%d %%  %-30s  %s\n' "$1" "$2" $((permille / 10)) $((permille % 10)) "$3" "$4"
}
sum() {
    line "$1" "$2" '' "$3" | sed 's/ %  *\([0-9]\)/ %  \1/'
    echo
}
expected_sizes() {
    printf '%11s %11s  %7s\n' packed unpacked share
    line 2500 2500 "${BAR:15}" half
    line "$SMALL" 100000 "${BAR:0:(SMALL * 30 + 4999) / 5000}" small_one
    sum $((2500 + SMALL)) $((2500 + 100000)) '2 modules'
    line 5000 5000 "$BAR" sbin/large
    line 0 0 '' sbin/empty
    sum 5000 5000 '2 other files'
    printf '%11d bytes of files in %d entries, an image of %d\n' "$ALL" "$(zcat sized.image | cpio -it --quiet | wc -l)" \
        "$(stat -c %s sized.image)"
}
sizes_are_right() {
    diff <(expected_sizes) <("$KINDLING" ls --size sized.image)
}
check "--size: a bar chart by module and by file" sizes_are_right
one_is_listed() {
    prints "^ +2500 +2500 +$(line 2500 2500 '' x | grep -o '[0-9.]* %')  $BAR  half$" "$KINDLING" ls --size sized.image half.ko &&
        prints_not 'small|large|other files' "$KINDLING" ls --size sized.image half.ko
}
check "--size and a pattern: a share of the whole image" one_is_listed
sized_broken() {
    mkdir -p broken
    head -c 10000 /dev/urandom | gzip -n | head -c 5000 >broken/broken.gz
    archive broken >broken.image
    "$KINDLING" ls --size broken.image
}
check "--size of damage" fails_with 1 'cannot decompress broken.gz: ' sized_broken
check "--size is a list of its own" fails_with 2 '--size is a list of its own: not with --long$' "$KINDLING" ls -l --size sized.image
check "nor with --why" fails_with 2 '--size is a list of its own: not with --why$' "$KINDLING" ls --size --why sized.image

check "no image" fails_with 1 'cannot read /nowhere: No such file' "$KINDLING" ls /nowhere
check "a directory" fails_with 1 'cannot read .: Is a directory' "$KINDLING" ls .
echo 'something else' >other
check "something else" fails_with 1 'cannot read other: it is not an initramfs' "$KINDLING" ls other
gzip -n <other >image
check "something else, compressed" fails_with 1 'cannot read image: it holds something else' "$KINDLING" ls image
: >empty
check "an empty file" fails_with 1 'cannot read empty: it is not an initramfs' "$KINDLING" ls empty
head -c 200 main.cpio >image
check "a truncated archive" fails_with 1 'cannot read image: ' "$KINDLING" ls image
gzip -n <main.cpio | head -c 100 >image
check "a truncated stream" fails_with 1 'cannot (read|decompress) image: ' "$KINDLING" ls image

# Every prefix of a real image is read or refused; none is too much.
build --layout lazy -o whole
size=$(stat -c %s whole)
all_prefixes() {
    local length status
    for ((length = 1; length < size; length += size / 40)); do
        head -c "$length" whole >image
        "$KINDLING" ls image >"$WORK/null" 2>&1
        status=$?
        [ "$status" -eq 1 ] || {
            echo "$length bytes: $status"
            return 1
        }
    done
}
check "no prefix of an image passes for an image" all_prefixes

check "usage" fails_with 2 'usage: kindling ls' "$KINDLING" ls

done_testing
