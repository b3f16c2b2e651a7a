#!/bin/bash
# What is kept between runs never shows in an image, whatever has become of it.
. "$(dirname "$0")/lib.sh"

IMAGE=$WORK/out/image
SHIM=$ROOT/build/tests/fault/fail_call.so
CACHE=$XDG_CACHE_HOME/kindling/sysroots
make_program "$WORK/root/bin/tool" -static
mkdir -p "$WORK/root/lib"
ln -s "$WORK/modules" "$WORK/root/lib/modules"
feature tool 'description a tool' 'program /bin/tool /bin/tool'
xz --check=crc32 "$TREE/kernel/lib/libalpha.ko"
# Of a file that was changed just now its times say nothing.
until_times_tell() {
    sleep 3
}
until_times_tell

# all IMAGE OPTION...: an image of all there is.
all() {
    build --sysroot "$WORK/root" -f tool -m kernel/ --layout lazy -o "$@"
}
check "without a cache" all "$WORK/out/first" --cache none
check "none was made" test ! -e "$XDG_CACHE_HOME"
# same_again OPTION...: the same image is made.
# shellcheck disable=SC2120
same_again() {
    rm -f "$IMAGE"
    all "$IMAGE" "$@" && cmp "$WORK/out/first" "$IMAGE"
}
check "with an empty one: the same" same_again
check "only its owner may look into it" test "$(stat -c %a "$CACHE" "$CACHE"/* | sort -u)" = 700
entries() {
    find "$CACHE" -type f
}
contents() {
    (cd "$TREE" && find . -name '*.ko*' -exec sha1sum {} + && sha1sum "$WORK/root/bin/tool") | cut -d ' ' -f 1 | sort -u
}
# A file holds what one run kept, and ends with the number of its entries, the index's checksum, and a word.
members() {
    local file sum=0
    for file in "$CACHE"/members/*.pack; do
        sum=$((sum + $(tail -c 16 "$file" | head -c 4 | od -An -tu4)))
    done
    echo $sum
}
check "each content is kept once" test "$(members)" -eq "$(contents | wc -l)"
check "in a file of its own" test "$(find "$CACHE/members" -type f | wc -l)" -eq 1
check "with a full one: the same" same_again

# What is used is what was kept: nothing is written again, and depmod is not asked.
mark() {
    find "$CACHE" -type f -printf '%i %p\n' | sort
}
mark >"$WORK/before"
same_again
mark >"$WORK/after"
check "the entries are those of before" cmp "$WORK/before" "$WORK/after"
mkdir "$WORK/path"
printf '#!/bin/sh\necho asked >"%s"\nexit 1\n' "$WORK/asked" >"$WORK/path/depmod"
chmod +x "$WORK/path/depmod"
with_other_depmod() {
    PATH=$WORK/path:$PATH all "$IMAGE"
}
# watched PATH-END COMMAND...: it cannot open such a file, and leaves $WORK/mark if it tries. A kindling that was built with
# ASan would have its own library be the first.
watched() {
    rm -f "$WORK/mark"
    ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 LD_PRELOAD=$SHIM FAULT_CALL=open FAULT_PATH=$1 \
        FAULT_NUMBER=1 FAULT_ERROR=5 FAULT_MARK=$WORK/mark "${@:2}"
}
# opens_none PATH-END...: none of these files is opened.
opens_none() {
    local path
    for path; do
        watched "$path" same_again && [ ! -e "$WORK/mark" ] || return
    done
}
# opens_each PATH-END...: without a cache each is. A compressed one is opened twice, and the second try tells what it is.
opens_each() {
    local path
    for path; do
        watched "$path" all "$WORK/out/second" --cache none 2>/dev/null
        [ -e "$WORK/mark" ] || { echo "$path"; return 1; }
    done
}
check "without a cache each module is read, and it is noticed" opens_each helper.ko libalpha.ko.xz beta.ko
check "no module is read again" opens_none helper.ko libalpha.ko.xz beta.ko
check "another depmod is asked" fails_with 1 'cannot run depmod' with_other_depmod
touched_module_runs_depmod() {
    touch "$TREE/kernel/fs/beta/beta.ko"
    same_again && mark >"$WORK/after" && ! cmp "$WORK/before" "$WORK/after"
}
check "a tree that was touched is indexed again" touched_module_runs_depmod

# Content counts, not time: the size and the times are what they were.
changed_in_place() {
    local file=$TREE/kernel/lib/helper.ko
    cp -p "$file" "$WORK/helper.ko"
    printf 'X' | dd of="$file" bs=1 seek=$(($(stat -c %s "$file") - 1)) conv=notrunc status=none
    touch -r "$WORK/helper.ko" "$file"
    all "$IMAGE" && ! cmp -s "$IMAGE" "$WORK/out/first" && all "$WORK/out/second" --cache none && cmp "$IMAGE" "$WORK/out/second"
}
check "a changed module is seen" changed_in_place
cp -p "$WORK/helper.ko" "$TREE/kernel/lib/helper.ko"
until_times_tell
same_again
check "and when its times tell" changed_in_place
cp -p "$WORK/helper.ko" "$TREE/kernel/lib/helper.ko"
until_times_tell
same_again

# damage COMMAND...: done to every entry, the image stays the same.
survives() {
    local file
    entries | while read -r file; do "$@" "$file"; done
    same_again || return 1
    # Now sound ones have taken their place.
    same_again
}
flip() {
    local position=$(($2 * ($(stat -c %s "$3") - 1) / 100)) byte
    byte=$(dd if="$3" bs=1 skip="$position" count=1 status=none | od -An -tu1)
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$3" bs=1 seek="$position" conv=notrunc status=none
}
for place in 0 30 70 100; do
    check "a bit flipped at $place %" survives flip of "$place"
done
check "truncated entries" survives truncate -s -1
check "nearly nothing left" survives truncate -s 3
check "empty entries" survives truncate -s 0
check "longer entries" survives truncate -s +5
swap() {
    local first='' file
    entries | sort | while read -r file; do
        [ -n "$first" ] && mv "$file" "$WORK/swap" && mv "$first" "$file" && mv "$WORK/swap" "$first"
        first=$file
    done
    same_again
}
check "entries under each other's names" swap
fifo() {
    rm "$1" && mkfifo "$1"
}
check "fifos in their place" survives fifo
directory() {
    rm -f "$1" && mkdir "$1"
}
check "directories in their place" survives directory
# Sound ones, but somebody else may write to where they lie.
symlink() {
    mv "$1" "$WORK/out/far-${1##*/}" && ln -s "$WORK/out/far-${1##*/}" "$1"
}
rm -rf "$CACHE"
same_again
check "symlinks to them in their place" survives symlink
check "are not followed, but replaced" test -z "$(find "$CACHE" -type l)"
rm "$WORK/out"/far-*
rm -rf "$CACHE"

# A tree of *.ko.gz: Debian's depmod takes no notice of these, they are inflated for it, once.
gzip -n "$TREE/kernel/drivers/bus/bus.ko" "$TREE/kernel/fs/alpha/alpha.ko"
mv "$WORK/out/first" "$WORK/out/plain"
all "$WORK/out/first" --cache none
check "*.ko.gz, with an empty cache" same_again
kept_for_gzip() {
    mark >"$WORK/before" && same_again && mark >"$WORK/after" && cmp "$WORK/before" "$WORK/after" &&
        find "$CACHE/indexes" -type f | grep .
}
check "with a full one" kept_for_gzip
check "flipped" survives flip of 50
gunzip "$TREE/kernel/drivers/bus/bus.ko.gz" "$TREE/kernel/fs/alpha/alpha.ko.gz"
mv "$WORK/out/plain" "$WORK/out/first"
rm -rf "$CACHE"

# 256 MiB at most: what was not used for longest goes, and only as much as must.
mkdir -p "$CACHE/members"
chmod 700 "$XDG_CACHE_HOME" "$CACHE" "$CACHE/members"
# aged DAYS SIZE: a file without entries.
aged() {
    local file=$CACHE/members/$1.pack
    truncate -s "$2" "$file" && printf kindling >>"$file" && touch -d "$1 days ago" "$file"
}
for age in 40 30 20 10; do
    aged $age 80M
done
check "a cache that is too large" same_again
check "the oldest file goes" test ! -e "$CACHE/members/40.pack"
check "others may stay" test "$(cd "$CACHE/members" && echo [0-9]0.pack)" = '10.pack 20.pack 30.pack'
check "and so does the new one" test "$(members)" -eq "$(contents | wc -l)"
used_again() {
    rm "$CACHE/members/"[0-9]0.pack
    local used
    used=$(find "$CACHE/members" -type f)
    touch -d '90 days ago' "$used"
    aged 60 255M
    cp "$WORK/root/bin/tool" "$WORK/tool"
    head -c 1100000 /dev/urandom >>"$WORK/root/bin/tool"
    all "$WORK/out/second" && test -e "$used" && test ! -e "$CACHE/members/60.pack"
}
check "what is used again is young again" used_again
cp "$WORK/tool" "$WORK/root/bin/tool"
rm -rf "$CACHE"

# Many runs that each keep something new.
kept_by_many() {
    local i
    for i in {1..40}; do
        echo "$i" >>"$WORK/root/bin/tool"
        all "$WORK/out/second" || return
    done
    [ "$(find "$CACHE" -type f | wc -l)" -le 64 ] && cp "$WORK/tool" "$WORK/root/bin/tool" &&
        opens_none helper.ko libalpha.ko.xz beta.ko
}
same_again
cp "$WORK/root/bin/tool" "$WORK/tool"
check "do not fill it with files, and lose nothing" kept_by_many
rm -rf "$CACHE"

# Somebody's tree with a program that has the checksums (CRC-32, Adler-32) and the size of the host's own.
planted() {
    mkdir -p "$WORK/theirs-root/bin"
    cp "$WORK/tool" "$WORK/theirs-root/bin/tool"
    cp "$WORK/tool" "$WORK/root/bin/tool"
    printf 'kindl*o\x1f\xbfm*o\x1f\xbfmkindl' >>"$WORK/root/bin/tool"
    printf '*o\x1f\xbfmkindlkindl*o\x1f\xbfm' >>"$WORK/theirs-root/bin/tool"
    [ "$(crc "$WORK/root/bin/tool")" = "$(crc "$WORK/theirs-root/bin/tool")" ] || return
    build --sysroot "$WORK/theirs-root" -f tool --layout lazy --cache "$WORK/common" -o "$WORK/out/theirs" &&
        build --sysroot "$WORK/root" -f tool --layout lazy --cache "$WORK/common" -o "$WORK/out/own" &&
        "$KINDLING" extract "$WORK/out/own" "$WORK/own-image" && zcat "$WORK/own-image/bin/tool.gz" >"$WORK/taken" &&
        cmp "$WORK/taken" "$WORK/root/bin/tool"
}
# A gzip stream's end: the checksum and the size.
crc() {
    gzip -1c "$1" | tail -c 8 | od -An -tx1
}
check "what has the checksums of another content is not taken for it" planted
cp "$WORK/tool" "$WORK/root/bin/tool"
own_cache() {
    rm -rf "$XDG_CACHE_HOME"
    build -o "$IMAGE" && build --sysroot "$WORK/root" -o "$IMAGE" &&
        [ "$(cd "$XDG_CACHE_HOME" && echo kindling/indexes/*.pack kindling/sysroots/indexes/*.pack | wc -w)" = 2 ]
}
check "the host's own images have a cache of their own" own_cache
rm -rf "$XDG_CACHE_HOME"

check "a cache elsewhere" same_again --cache "$WORK/elsewhere"
check "is used there" test -d "$WORK/elsewhere/members" -a ! -e "$CACHE"
chmod go+w "$WORK/elsewhere/members"
rm "$WORK/elsewhere/members/"*
# warned EXPRESSION OPTION...: the same image, and why nothing is kept, once.
warned() {
    local expression=$1
    shift
    same_again "$@" 2>"$WORK/stderr" && cat "$WORK/stderr" && [ "$(wc -l <"$WORK/stderr")" -eq 1 ] &&
        grep -qx "kindling: warning: no cache in .*/members: $expression" "$WORK/stderr"
}
check "one that others may write to" warned 'others may write to it' --cache "$WORK/elsewhere"
check "is left alone" test -z "$(ls "$WORK/elsewhere/members")"
rm -rf "$WORK/elsewhere"
mkdir "$WORK/elsewhere" "$WORK/far"
ln -s "$WORK/far" "$WORK/elsewhere/members"
check "one behind a symlink" warned 'Not a directory' --cache "$WORK/elsewhere"
check "is left alone too" test -z "$(ls "$WORK/far")"
check "one that cannot be made is no error" warned 'Not a directory' --cache "$WORK/tool/x"
check "nor is none at all" env -u XDG_CACHE_HOME -u HOME "$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" -o "$IMAGE"
XDG_CACHE_HOME=relative check "a relative XDG_CACHE_HOME is not one" same_again
check "nothing was made" test ! -e relative
if [ "$(id -u)" -eq 0 ]; then
    mkdir "$WORK/theirs"
    chown nobody "$WORK/theirs"
    XDG_CACHE_HOME=$WORK/theirs check "somebody else's" same_again
    check "is left alone as well" test -z "$(ls "$WORK/theirs")"
fi
at_once() {
    local i pids=()
    rm -rf "$CACHE"
    for i in 1 2 3 4 5 6; do
        all "$WORK/out/at-once-$i" &
        pids+=($!)
    done
    for i in "${pids[@]}"; do wait "$i" || return 1; done
    for i in 1 2 3 4 5 6; do cmp "$WORK/out/first" "$WORK/out/at-once-$i" || return 1; done
}
check "six writers at once" at_once
check "leave nothing unfinished" test -z "$(find "$CACHE" -name '.new-*')"
check "a writer that died" touch "$CACHE/members/.new-1-1"
exec 9>"$CACHE/members/.new-2-1"
flock 9
find "$CACHE/members" -type f -size +0 -delete
same_again
check "is cleaned up after" test ! -e "$CACHE/members/.new-1-1"
check "not one that lives" test -e "$CACHE/members/.new-2-1"
exec 9>&-
check "the option of a configuration file" sh -c "echo 'cache = none' >'$WORK/etc/kindling.conf' && rm -rf '$CACHE' &&
    '$KINDLING' build -k $KVER --modules-dir '$WORK/modules' -o '$IMAGE' && test ! -e '$CACHE'"
check "no debris" no_debris

done_testing
