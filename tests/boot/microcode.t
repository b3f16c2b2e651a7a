#!/bin/bash
# An image behind an archive of early microcode: the kernel takes both. Whether a processor takes the microcode cannot be
# seen in a virtual machine, for the kernel leaves that to the hypervisor.
. "$(dirname "$0")/lib.sh"

SYSROOT=$MADE/root-microcode
mkdir -p "$SYSROOT/lib/firmware/amd-ucode"
printf 'DMA\0%4092s' '' >"$SYSROOT/lib/firmware/amd-ucode/microcode_amd.bin"
use_kernel cloud trixie
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab
IMAGE=$MADE/microcode.img
check "an image with microcode" "$KINDLING" build -q -k "$KVER" --modules-dir "$KERNEL/lib/modules" --sysroot "$SYSROOT" \
    -f -busybox,-e2fsck --microcode all -o "$IMAGE"
boots "behind microcode" "root=LABEL=kindling-root" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"

done_testing
