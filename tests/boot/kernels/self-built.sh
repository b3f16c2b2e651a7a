# Kernels out of their source, most of them as small as a boot lets them be: source it behind lib.sh. KERNEL_SOURCE=DIR is an unpacked
# source to build them in, where they need not be compiled anew each time.
# shellcheck shell=bash

SOURCES=${KERNEL_SOURCE-$PWD/$MADE/source-of-${0##*/}}

unpack_source() {
    local root
    [ -z "${KERNEL_SOURCE-}" ] || return 0
    root=$(qemu/fetch-sysroot --alone linux-source-6.1) && rm -rf "$SOURCES" && mkdir "$SOURCES" &&
        tar -xf "$root"/usr/src/linux-source-6.1.tar.xz -C "$SOURCES" --strip-components 1
}

drop_source() {
    [ "${KERNEL_SOURCE-}" ] || rm -rf "$SOURCES"
}

make_in_source() {
    make -s -j"$(nproc)" -C "$SOURCES" "$@" >>"$LOGS/self-built.log" 2>&1 || cat_and_fail "$LOGS/self-built.log"
}

# configure_kernel: with standard input's lines behind those that every kernel has here.
configure_kernel() {
    make_in_source tinyconfig && { cat "$(dirname "${BASH_SOURCE[0]}")/self-built.config" - >>"$SOURCES/.config"; } && make_in_source olddefconfig
}

# installed DIRECTORY: built and put there, with its modules, as if it were copied to another machine, which has not the
# source.
installed() {
    local directory=$1 kver
    rm -rf "$directory"
    mkdir -p "$directory/boot" && make_in_source bzImage modules && make_in_source DEPMOD=no-depmod INSTALL_MOD_PATH="$directory" modules_install &&
        cp "$SOURCES/include/config/kernel.release" "$directory/release" || return
    kver=$(<"$directory/release")
    cp "$SOURCES/arch/x86/boot/bzImage" "$directory/boot/vmlinuz-$kver" && cp "$SOURCES/.config" "$directory/boot/config-$kver" &&
        ln -sf "boot/vmlinuz-$kver" "$directory/vmlinuz" && rm -f "$directory/lib/modules/$kver"/{build,source}
}

# use_own DIRECTORY: KERNEL and KVER.
use_own() {
    KERNEL=$1
    KVER=$(<"$KERNEL/release")
    check "depmod has not seen it" test ! -e "$KERNEL/lib/modules/$KVER/modules.dep"
}

# For once, of which these are as well.
# shellcheck disable=SC2034 # for those who source it
RECIPE=(tests/boot/kernels/self-built.sh tests/boot/kernels/self-built.config)
