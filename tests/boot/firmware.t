#!/bin/bash
# Firmware for a driver that runs before the root is there: the kernel finds it, in each form that it may have in an
# image. The kernel's own test module asks for what it is told to.
. "$(dirname "$0")/lib.sh"

use_kernel generic
export KINDLING_ETC=$MADE/etc-firmware
SYSROOT=$MADE/root-firmware
mkdir -p "$KINDLING_ETC/kindling/modules.d" "$SYSROOT/lib/firmware/deep"
echo 'require-firmware deep/plain.bin packed.bin' >"$KINDLING_ETC/kindling/modules.d/asked"
yes 'the plain firmware' | head -n 1000 >"$SYSROOT/lib/firmware/deep/plain.bin"
yes 'the packed firmware' | head -n 1000 | xz --check=crc32 >"$SYSROOT/lib/firmware/packed.bin.xz"
REQUEST=/sys/devices/virtual/misc/test_firmware/trigger_request

# finds NAME OPTIONS...: both files are there for the module.
finds() {
    local name=$1
    shift
    image "$@" --sysroot "$SYSROOT" --modules-dir "$KERNEL/lib/modules" -p minimal -f asked,busybox -a test_firmware
    RUN_OPTIONS=(
        --type "$SHELL_PROMPT => echo -n deep/plain.bin >$REQUEST; busybox head -n 1 /dev/test_firmware"
        --type "^the plain => echo -n packed.bin >$REQUEST; busybox tail -n 1 /dev/test_firmware"
    )
    PANIC='' run_machine "$name" '^the packed' "root=/dev/vdz rd.timeout=1 rd.break=pre-mount rd.shell"
    RUN_OPTIONS=()
    check "$name" log_shows 'the plain firmware' 'the packed firmware'
}
mkdir -p "$SYSROOT/bin"
cp "$(readlink -f /bin/busybox)" "$SYSROOT/bin/busybox"
finds "compressed for the kernel, stored in the image" firmware-lazy --layout lazy
check "as .xz" sh -c "'$KINDLING' ls '$IMAGE' 'plain.bin.xz' | grep ."
finds "plain, in a compressed archive" firmware-classic --layout classic
check "plain" sh -c "'$KINDLING' ls '$IMAGE' 'plain.bin' | grep ."

done_testing
