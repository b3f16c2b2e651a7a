#!/bin/bash
# Firmware that modules name: what is packed of it, where, and in which form.
. "$(dirname "$0")/lib.sh"

SYSROOT=$WORK/root
module kernel/drivers/net/radio.ko firmware=radio/one.bin firmware=two.fw 'firmware=radio/family*-sdio.*.bin' \
    firmware=../../etc/secret firmware=absent.bin firmware=radio/none.fw
feature radio 'module radio' 'feature firmware'
feature firmware 'firmware *'
profile generic 'feature radio'

# firmware PATH [CONTENT]: below the sysroot's directory of firmware; much of it, so that it can be compressed.
firmware() {
    local file=$SYSROOT/lib/firmware/$1
    mkdir -p "${file%/*}"
    yes "${2:-$1}" | head -n 2000 >"$file"
}
fresh() {
    rm -rf "$SYSROOT"
    mkdir -p "$SYSROOT/etc"
    firmware radio/one.bin
    firmware two.fw
}
in_root() {
    build --sysroot "$SYSROOT" -p generic "$@"
}
packed() {
    in_root -n "$@" | grep -A99 '^lib/firmware' | grep ^lib/firmware/ | sort | tr '\n' ' '
}
kernel_reads() {
    printf 'CONFIG_RD_GZIP=y\n' >"$TREE/config"
    [ -z "$1" ] || printf 'CONFIG_FW_LOADER_COMPRESS_%s=y\n' "$@" >>"$TREE/config"
}
unpacked() {
    in_root -o "$WORK/out/i" "$@" || return 1
    rm -rf "$WORK/unpacked"
    unpack "$WORK/out/i" "$WORK/unpacked"
}
same_firmware() {
    unpacked "${@:3}" && cmp "$WORK/unpacked/lib/firmware/$1" "$SYSROOT/lib/firmware/$2"
}

fresh
check "plain, as it lies there" test "$(packed)" = "lib/firmware/radio lib/firmware/radio/one.bin lib/firmware/two.fw "
check "its bytes" same_firmware radio/one.bin radio/one.bin
check "--why names module and feature" prints 'one.bin.radio may ask for it \(modules.d/firmware:1\)$' \
    "$KINDLING" ls --why "$WORK/out/i" one.bin
check "what is missing is one note for all" prints \
    '4 firmware files .* are not in .*/root/lib/firmware: ../../etc/secret, absent.bin, radio/family.*bin, radio/none.fw$' \
    in_root -n -v
check "and nobody's complaint" test -z "$(in_root -n 2>&1 >"$WORK/null")"
check "not for modules that are not packed" prints_not lib/firmware build --sysroot "$SYSROOT" -p minimal -f firmware -n
check "not when the feature is taken out" test -z "$(packed -f -firmware)"
echo secret >"$SYSROOT/etc/secret"
check "no name leads out of the directory" prints_not secret in_root -n

# Where the kernel looks, in its order.
firmware "$KVER/two.fw"
check "the kernel's own directory" test "$(packed)" = \
    "lib/firmware/$KVER lib/firmware/$KVER/two.fw lib/firmware/radio lib/firmware/radio/one.bin "
firmware updates/two.fw
check "updates/ comes before" prints '^lib/firmware/updates/two.fw$' in_root -n
firmware "updates/$KVER/two.fw"
check "updates/KVER/ before that" prints "^lib/firmware/updates/$KVER/two.fw\$" in_root -n
check "the others are not packed" prints_not '^lib/firmware/(updates/)?two.fw$' in_root -n

# Families.
firmware radio/family1-sdio.a.bin
firmware radio/family2-sdio.b.bin
firmware radio/family2-pcie.b.bin
check "a family" prints '^lib/firmware/radio/family2-sdio.b.bin$' in_root -n
check "and no other" prints_not 'pcie' in_root -n

# Compressed by the distribution.
fresh
xz --check=crc32 "$SYSROOT/lib/firmware/two.fw"
zstd -q --rm "$SYSROOT/lib/firmware/radio/one.bin"
firmware plain/two.fw
kernel_reads ''
check "a kernel that decompresses nothing gets it plain" test "$(packed)" = \
    "lib/firmware/radio lib/firmware/radio/one.bin lib/firmware/two.fw "
unpacked
yes two.fw | head -n 2000 >"$WORK/two.fw"
check "decompressed" cmp "$WORK/unpacked/lib/firmware/two.fw" "$WORK/two.fw"
kernel_reads XZ ZSTD
check "one that reads both gets both untouched" test "$(packed)" = \
    "lib/firmware/radio lib/firmware/radio/one.bin.zst lib/firmware/two.fw.xz "
check "their bytes" same_firmware two.fw.xz two.fw.xz
kernel_reads XZ
check "zstd for a kernel of xz" test "$(packed --layout lazy)" = \
    "lib/firmware/radio lib/firmware/radio/one.bin.xz lib/firmware/two.fw.xz "
xz -d "$SYSROOT/lib/firmware/two.fw.xz"
xz --check=crc64 "$SYSROOT/lib/firmware/two.fw"
check "nor does it read what xz makes by itself" test "$(packed)" = \
    "lib/firmware/radio lib/firmware/radio/one.bin lib/firmware/two.fw "
unpacked --layout lazy
check "so that it is packed anew" prints 'CRC32' xz -l "$WORK/unpacked/lib/firmware/two.fw.xz"
check "with the same bytes" sh -c "xz -dc '$WORK/unpacked/lib/firmware/two.fw.xz' | cmp - '$WORK/two.fw'"
firmware two.fw
unpacked --layout lazy
check "a plain file comes before a compressed one" sh -c "xz -dc '$WORK/unpacked/lib/firmware/two.fw.xz' | cmp - '$WORK/two.fw'"

# Stored in the image, for the kernel to decompress when a driver asks.
fresh
kernel_reads XZ
check "lazy: compressed for the kernel" test "$(packed --layout lazy)" = \
    "lib/firmware/radio lib/firmware/radio/one.bin.xz lib/firmware/two.fw.xz "
unpacked --layout lazy
check "in a form that it reads" prints 'CRC32' xz -l "$WORK/unpacked/lib/firmware/two.fw.xz"
lies_stored() {
    od -An -v -tx1 "$WORK/out/i" | tr -d ' \n' |
        grep -qF "$(od -An -v -tx1 "$WORK/unpacked/lib/firmware/two.fw.xz" | tr -d ' \n')"
}
check "stored in the stream" lies_stored
check "its bytes, from the cache too" sh -c "xz -dc '$WORK/unpacked/lib/firmware/two.fw.xz' | cmp - '$WORK/two.fw'"
cp "$WORK/out/i" "$WORK/first"
unpacked --layout lazy --cache none
check "the same image without the cache" cmp "$WORK/out/i" "$WORK/first"
head -c 300 /dev/urandom >"$SYSROOT/lib/firmware/two.fw"
check "what does not shrink stays plain" same_firmware two.fw two.fw --layout lazy
check "classic: plain, for the whole archive is compressed" prints '^lib/firmware/two.fw$' in_root -n --layout classic

# A package that was merely unpacked, and errors.
mkdir "$SYSROOT/usr"
mv "$SYSROOT/lib" "$SYSROOT/usr/lib"
check "below /usr/lib without a symlink /lib" prints '^lib/firmware/two.fw$' in_root -n
ln -s usr/lib "$SYSROOT/lib"
check "with one" prints '^lib/firmware/two.fw$' in_root -n
rm "$SYSROOT/lib/firmware/two.fw"
mkdir "$SYSROOT/lib/firmware/two.fw"
check "what cannot be read is an error" fails_with 1 'cannot read .*/two.fw \(radio may ask for it .*Is a directory' in_root -n
rmdir "$SYSROOT/lib/firmware/two.fw"
head -c 5000 /dev/urandom | zstd -qc | head -c 3000 >"$SYSROOT/lib/firmware/two.fw.zst"
check "what is damaged is an error" fails_with 1 'cannot decompress .*/two.fw.zst' in_root -n
feature radio 'module radio' 'require-firmware three.fw'
check "what is required and missing is an error" fails_with 1 \
    'cannot find firmware three.fw in .*/root/lib/firmware: modules.d/radio:2 requires it' in_root -n
firmware three.fw
check "what is required is packed, whoever names it" test "$(packed)" = "lib/firmware/three.fw "
check "and an input" sh -c "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' --sysroot '$SYSROOT' -p generic \
    -o '$WORK/out/i' --depfile '$WORK/d' && grep -q '/firmware/three.fw:' '$WORK/d'"

# make sees what is added where there was none.
feature radio 'module radio' 'feature firmware'
cat >"$WORK/makefile" <<EOF
$WORK/out/made: ; @'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' --sysroot '$SYSROOT' -p generic -o \$@ \\
	--depfile '$WORK/made.d' && echo made
-include $WORK/made.d
EOF
# makes_again COMMAND...: once the command has changed something.
makes_again() {
    find "$SYSROOT" "$TREE" "$KINDLING_DATA" -exec touch -h -d '1 hour ago' {} +
    touch -d '30 minutes ago' "$WORK/out/made" "$WORK/made.d"
    "$@" || return 1
    prints '^made$' make -s -f "$WORK/makefile"
}
fresh
check "made" prints '^made$' make -s -f "$WORK/makefile"
check "not when nothing changes" eval '! makes_again true'
check "again for an update" makes_again firmware updates/two.fw
check "which is in it" prints 'lib/firmware/updates/two.fw$' "$KINDLING" ls "$WORK/out/made"
check "for a file beside others" makes_again firmware absent.bin
check "for one in a directory of its own" makes_again firmware "updates/$KVER/radio/none.fw"
check "for the first of a family" makes_again firmware radio/family1-sdio.a.bin
check "for a compressed one instead" makes_again xz --check=crc32 "$SYSROOT/lib/firmware/radio/one.bin"
check "for a plain one before that" makes_again firmware radio/one.bin
mkdir "$SYSROOT/lib/firmware/elsewhere"
check "not for what is added to that" eval '! makes_again firmware elsewhere/other.bin'
check "no debris" no_debris

done_testing
