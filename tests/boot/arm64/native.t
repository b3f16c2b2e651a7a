#!/bin/bash
# kindling itself for arm64: built as on a machine of that kind, with its headers and libraries, and run by an emulator of its
# processor. The image that it makes is the one that is made here, byte for byte.
. "$(dirname "$0")/../lib.sh"

ARCHITECTURE=arm64
SYSTEM=$(qemu/fetch-sysroot --arch arm64 libc6-dev libkmod-dev libarchive-dev libbz2-dev libblkid-dev libdeflate-dev nettle-dev \
    libjansson-dev zlib1g-dev liblzma-dev libzstd-dev liblz4-dev musl-dev linux-libc-dev kmod busybox-static e2fsck-static) ||
    bail_out "no libraries of arm64: see above"
command -v qemu-aarch64 >/dev/null || bail_out "there is no qemu-aarch64 (Debian's package qemu-user)"

# To make it is the architecture of the compiler that everything is for.
NATIVE=build/native-arm64
GCC=aarch64-linux-gnu-gcc
built() {
    local musl="$SYSTEM/usr/lib/aarch64-linux-musl" log=$LOGS/native-arm64.log
    make -j"$(nproc)" BUILD=$NATIVE CC="$GCC --sysroot=$SYSTEM" MUSL="$musl" INIT_ARCHITECTURES=arm64 HEADERS_arm64="$SYSTEM/usr/include" \
        MUSL_CC="$GCC -nostdinc -isystem $SYSTEM/usr/include/aarch64-linux-musl -isystem $($GCC -print-file-name=include)" \
        all >"$log" 2>&1 || cat_and_fail "$log"
}
native() {
    qemu-aarch64 -L "$SYSTEM" "$NATIVE/bin/kindling" "$@"
}
check "it is built, all of it" built
check "it runs" native --version
check "its native /init is arm64's" cmp "$NATIVE/share/kindling/arm64/init" "$BUILD/init/arm64/init"

# Below no lib/modules, or a root would be looked up around them by openat2(2), which this emulator has not.
TREES=$MADE/native-trees
tree_of() {
    use_kernel cloud
    rm -rf "$TREES" && mkdir "$TREES" && cp -al "$(readlink -f "$KERNEL/lib/modules")/$KVER" "$TREES/" && return
    bail_out "no tree of $KVER"
}
same_image() {
    local options=(build -q -k "$KVER" --modules-dir "$TREES" --cache none -p "$1")
    native "${options[@]}" -o "$MADE/native-arm64.img" && "$KINDLING" "${options[@]}" -o "$MADE/foreign-arm64.img" &&
        cmp "$MADE/native-arm64.img" "$MADE/foreign-arm64.img"
}
tree_of
check "the same image, vm" same_image vm
check "the same image, generic" same_image generic
check "it looks at images as well" native check --machine virt --rootfstype ext4 --modules-dir "$TREES" "$MADE/native-arm64.img"

# What is foreign here is what is not there.
ARCHITECTURE=''
tree_of
refused() {
    ! native build -q -k "$KVER" --modules-dir "$TREES" -o "$MADE/native-pc.img" 2>"$MADE/native-said" &&
        grep 'it is for x86-64, and kindling has no /init for that' "$MADE/native-said"
}
check "a PC's kernel there, without an /init for it" refused
rm -rf "$MADE"/{native,foreign}-arm64.img "$TREES"

done_testing
