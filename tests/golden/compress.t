#!/bin/bash
# An image's compressors: what they hold, in the form that the kernel reads, and when they are refused.
. "$(dirname "$0")/lib.sh"

IMAGE=$WORK/out/image
PLAIN=$WORK/out/plain
configured() {
    printf 'CONFIG_RD_%s=y\n' "$@" >"$TREE/config"
}
configured GZIP ZSTD XZ LZ4
build -z none -m kernel/ --layout classic -o "$PLAIN"
# The command that made an image is in its index and its seal: all else is the same.
names() {
    "$KINDLING" ls -l "$1" | grep -v kindling/
}
names "$PLAIN" >"$WORK/names"
dump_index "$PLAIN" >"$WORK/null" # makes dump_index
# holds METHOD MAGIC DECOMPRESSOR...: an independent decompressor gives back the archive.
holds() {
    build -z "$1" -m kernel/ --layout classic -o "$IMAGE" &&
        test "$(od -An -tx1 -N4 "$IMAGE" | tr -d ' ')" = "$2" && "${@:3}" <"$IMAGE" >"$WORK/archive" &&
        names "$WORK/archive" | diff "$WORK/names" - && cpio -it --quiet <"$WORK/archive" && names "$IMAGE" | diff "$WORK/names" -
}
check "gzip" holds gzip 1f8b0800 gzip -dc
check "zstd" holds zstd 28b52ffd zstd -dc
check "xz" holds xz fd377a58 xz -dc
cp "$IMAGE" "$WORK/image.xz"
check "the kernel knows no other check than CRC-32" prints ' CRC32 ' xz -l "$WORK/image.xz"
check "lz4: the legacy frame" holds lz4 02214c18 lz4 -dc
check "gzip's best" holds gzip:12 1f8b0800 gzip -dc
check "zstd's best" holds zstd:19 28b52ffd zstd -dc
check "xz's best" holds xz:9 fd377a58 xz -dc
check "lz4's best" holds lz4:12 02214c18 lz4 -dc
same_twice() {
    build -z "$1" -j 1 -o "$IMAGE" && build -z "$1" -j 8 -o "$WORK/out/second" && cmp "$IMAGE" "$WORK/out/second"
}
for method in zstd xz lz4; do
    check "$method: the same bytes twice" same_twice "$method"
    check "$method: modules lie plain in it" prints_not '\.gz$' sh -c "'$KINDLING' ls '$IMAGE' | grep -v kindling/"
    check "$method: the method is in the command" prints "^setting build=.* -z $method:2\$" sh -c \
        "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' -z $method:2 -o '$IMAGE' && rm -rf '$WORK/x' &&
        '$KINDLING' extract '$IMAGE' '$WORK/x' 2>/dev/null; '$WORK/dump_index' '$WORK/x/lib/kindling/index'"
done
# Blocks of 8 MiB, and what is left of the last one.
head -c 20000000 /dev/urandom >"$KINDLING_DATA/template/etc/large"
for method in zstd xz lz4; do
    check "$method: a large image" sh -c "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' -z $method:1 -o '$IMAGE' &&
        $method -dc <'$IMAGE' | cpio -i --quiet --to-stdout etc/large | cmp - '$KINDLING_DATA/template/etc/large'"
done
limited() {
    (
        trap '' XFSZ
        ulimit -f 5000
        exec "$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" -z zstd:1 -o "$IMAGE"
    )
}
check "no room for it" fails_with 1 'cannot write .*/image: File too large' limited
rm "$KINDLING_DATA/template/etc/large" "$IMAGE"

configured GZIP XZ
check "what the kernel lacks is refused" fails_with 1 "cannot compress with lz4: kernel $KVER could not read it \(.*/config has no CONFIG_RD_LZ4\)" \
    build -z lz4 -o "$IMAGE"
check "by force too" fails_with 1 'has no CONFIG_RD_LZ4' build -z lz4 --force-compress -o "$IMAGE"
check "what it has is not" build -z xz -o "$IMAGE"
configured XZ
rm "$IMAGE"
check "gzip is refused like any other" fails_with 1 'has no CONFIG_RD_GZIP' build -o "$IMAGE"
check "nothing was written" test ! -e "$IMAGE"
check "none is read by all" build -z none -o "$IMAGE"
rm "$TREE/config" "$IMAGE"
check "no configuration: refused" fails_with 1 "cannot compress with zstd: nobody knows whether kernel $KVER could" build -z zstd -o "$IMAGE"
check "unless forced" build -z zstd --force-compress -o "$IMAGE"
check "but gzip is taken for granted" build -z gzip -o "$IMAGE"
check "no debris" no_debris

done_testing
