#!/bin/bash
# What `kindling build` writes: entries, index, left-out table, seal, metadata.
. "$(dirname "$0")/lib.sh"

IMAGE=$WORK/out/initramfs.img
check "an image is built without a word" test -z "$(build --layout lazy -o "$IMAGE" 2>&1)"

names() {
    plain "$IMAGE" | cpio -it --quiet
}
check "cpio lists it as expected" same_as lazy.names names
check "cpio has nothing to complain of" test -z "$(zcat "$IMAGE" | cpio -it --quiet 2>&1 >"$WORK/null")"
check "kindling ls lists the same" same_as lazy.names "$KINDLING" ls "$IMAGE"
check "ls -l shows owner root, no time, canonical permissions" same_as lazy.details \
    sh -c "'$KINDLING' ls -l '$IMAGE' | sed 's/ *[0-9]* 1970/ SIZE 1970/'"
check "the index is as expected" same_as lazy.index dump_index "$IMAGE"
check "the left-out table is as expected" same_as lazy.left-out dump_index "$IMAGE" lib/kindling/left-out.gz
check "ls --why tells who asked" same_as lazy.why "$KINDLING" ls --why "$IMAGE" '*.ko.gz'

check "only its owner may read it" test "$(stat -c %a "$IMAGE")" = 600
check "it is one gzip stream from its first byte to its last" gzip -t "$IMAGE"
check "the gzip header has no time and no name" test "$(od -An -tx1 -N10 "$IMAGE" | tr -d ' ')" = 1f8b08000000000000ff
check "nothing is padded behind the trailer" test "$(zcat "$IMAGE" | tail -c 124 | tr -d '\0' | grep -c 'TRAILER!!!$')" = 1

hex() {
    od -An -v -tx1 "$1" | tr -d ' \n'
}

# Its bytes are found in the image as they are.
lies_stored() {
    rm -rf "$WORK/unpacked"
    unpack "$IMAGE" "$WORK/unpacked"
    hex "$IMAGE" | grep -qF "$(hex "$WORK/unpacked/lib/modules/$KVER/kernel/lib/libalpha.ko.gz")"
}
check "lazy members lie stored in the stream" lies_stored
check "a lazy member inflates to the module" sh -c "zcat '$WORK/unpacked/lib/modules/$KVER/kernel/fs/alpha/alpha.ko.gz' |
    cmp - '$TREE/kernel/fs/alpha/alpha.ko'"

# gzip's trailer is the CRC-32 of what it holds, then its length.
crc_of() {
    gzip -c "$1" | tail -c 8 | od -An -tx4 -N4 | tr -d ' '
}

seal_fits() {
    local entries size
    entries=$(plain "$IMAGE" | cpio -it --quiet | wc -l)
    size=$(stat -c %s "$WORK/unpacked/lib/kindling/index")
    test "$(head -c 8 "$WORK/unpacked/lib/kindling/seal")" = KNDLSEAL &&
        test "$(od -An -tu4 -j8 -N8 "$WORK/unpacked/lib/kindling/seal" | tr -s ' ')" = " $((entries - 1)) $size" &&
        test "$(od -An -tx4 -j16 "$WORK/unpacked/lib/kindling/seal")" = \
            " $(crc_of "$WORK/unpacked/lib/kindling/index") $(crc_of "$WORK/unpacked/init")"
}
check "the seal counts the entries and fits the index and /init" seal_fits

check "classic: plain modules, all deflated" build --layout classic -o "$IMAGE"
check "the classic image lists as expected" same_as classic.names names
check "the classic index says plain" prints 'format=0' dump_index "$IMAGE"
check "few modules and no tool make a classic image" same_as classic.names build -n

check "-z none writes a bare archive" build -z none --layout lazy -o "$IMAGE"
check "the bare archive lists the same" same_as lazy.names names
check "the bare archive's size is a multiple of 4" test $(($(stat -c %s "$IMAGE") % 4)) -eq 0

check "-n lists what would be written" same_as lazy.names build -n --layout lazy -o "$WORK/out/none"
check "-n writes nothing" test ! -e "$WORK/out/none"
cd "$WORK/out" || exit 1
check "without -o the image is named for its kernel" build
check "and lies here" test -f "initramfs-$KVER.img"
check "no debris" no_debris

check "SETTINGS hold the command in a canonical form" prints \
    "^setting build=kindling build -k $KVER -p minimal -f disk,-alpha -m beta --cmdline 'root=/dev/x o='\\\\''k'\\\\''' -z gzip:3 --layout lazy\$" \
    built_index -p minimal -f disk -f -alpha -m beta --cmdline "root=/dev/x o='k'" -z gzip:3 --layout lazy -v -j 1

# Beside directories, what a root can take are single drivers of one.
feature left-out 'description all' 'module drivers/ gamma'
build -p minimal -o "$WORK/out/by-name" || echo "no image"
check "what the kernel has built in of them, by name" prints '^gamma ' "$KINDLING" cat "$WORK/out/by-name" lib/kindling/built-in

done_testing
