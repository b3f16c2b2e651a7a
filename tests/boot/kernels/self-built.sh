# Kernels out of their source, as small as a boot lets them be: source it behind lib.sh. KERNEL_SOURCE=DIR is an unpacked
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

# For once, of which these are as well.
# shellcheck disable=SC2034 # for those who source it
RECIPE=(tests/boot/kernels/self-built.sh tests/boot/kernels/self-built.config)
