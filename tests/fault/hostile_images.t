#!/bin/bash
# `kindling ls`, `extract` and `diff` on 3,000 damaged images (or IMAGES of them): no crash, nothing outside of the
# directory, and neither memory nor time without bounds. What they run in is built with sanitizers.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../golden/lib.sh"

MUTATE=$ROOT/build/tests/fault/mutate_images
IMAGES=${IMAGES:-3000}
[ -x "$MUTATE" ] || bail_out "$MUTATE is not there: make it first"

mkdir -p "$WORK/seeds" "$WORK/tree/a/b" "$WORK/place/jail/in"
echo content >"$WORK/tree/a/b/file"
ln "$WORK/tree/a/b/file" "$WORK/tree/a/linked"
ln -s b/file "$WORK/tree/a/link"
ln -s a "$WORK/tree/directory-link"
mkfifo "$WORK/tree/fifo"
archive() {
    (cd "$WORK/tree" && find . -mindepth 1 | sort | cpio -o -H "$1" --quiet)
}
archive newc >"$WORK/seeds/newc"
archive crc >"$WORK/seeds/crc"
{
    cat "$WORK/seeds/newc"
    gzip -n <"$WORK/seeds/newc"
} >"$WORK/seeds/both"
xz --check=crc32 <"$WORK/seeds/newc" >"$WORK/seeds/xz"
zstd -q <"$WORK/seeds/newc" >"$WORK/seeds/zstd"
build -p minimal -z none -o "$WORK/seeds/image-none" || bail_out "nothing can be built"
build -p minimal -o "$WORK/seeds/image-gzip"

# 300 MB are ten times what the largest of these images takes.
mutated() {
    cd "$WORK" && ASAN_OPTIONS=hard_rss_limit_mb=300:max_allocation_size_mb=300:detect_leaks=1 "$MUTATE" "$WORK/seeds" "$1" \
        "$2" "$WORK/place" >"$WORK/stdout" 2>"$WORK/stderr" && return
    echo "image $(cat "$WORK/current") of the seeds:"
    tail -n 40 "$WORK/stderr"
    return 1
}
check "$IMAGES damaged images" mutated "$IMAGES" "${FIRST:-1}"
check "many of them could be read" test "$(wc -l <"$WORK/stdout")" -gt "$IMAGES"
check "many of them could not" test "$(grep -c 'cannot read' "$WORK/stderr")" -gt $((IMAGES / 10))
check "many names led outside" test "$(grep -c 'leads out of the directory' "$WORK/stderr")" -gt $((IMAGES / 100))
check "nothing came there" test "$(cd "$WORK/place" && find . | sort | tr '\n' ' ')" = '. ./damaged ./jail ./jail/in '
check "nor anywhere else" test ! -e /tmp/x -a ! -e /x

# Bombs.
bomb() {
    (
        ulimit -v 4000000
        fails_with 1 "$1" timeout 60 "$KINDLING" ls "$2"
    )
}
head -c 1200m /dev/zero | gzip -1 >"$WORK/bomb"
check "what inflates to more than 1 GiB" bomb 'cannot decompress .*: File too large' "$WORK/bomb"
entries() {
    local number
    for ((number = 0; number < 210000; number++)); do
        printf '070701%08x000081a4%024d%048d0000000a00000000%09d\0' "$number" 0 0 "$((999999999 - number))"
    done
}
entries | gzip -1 >"$WORK/bomb"
check "more entries than anybody has" bomb 'cannot read .*: too many entries' "$WORK/bomb"

done_testing
