#!/bin/bash
# A kernel of arm64 on QEMU's virt: its own /init, busybox and e2fsck, and 31 empty slots of virtio that nobody misses.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2034 # lib.sh's
ARCHITECTURE=arm64 MACHINE=virt
[ -x "$BUILD/init/arm64/init" ] || bail_out "there is no /init for arm64: make deps-arm64, then make"
use_kernel cloud
image arm64-vm -p vm
disk arm64-root -t ext4 -p gpt -L my-root --part-type B921B045-1DF0-41C3-AF44-4C6F280D3FAE

boots "virtio on PCI, by the type of its partition, and checked" "root=gpt-auto fsck.mode=force rd.info" "$DISK" -- \
    "real-root: root /dev/vda1 ext4 ro," "e2fsck"
fails "memory-mapped, and another one is named" "root=LABEL=nobody rd.timeout=2" "$DISK,bus=virtio-mmio" -- \
    "kindling: no device is root=LABEL=nobody"
check "empty slots are no devices that nobody took" log_lacks "virtio_mmio"
image arm64-no-mmio -p minimal -f ext4 -m virtio_pci,virtio_blk
fails "without their driver" "root=LABEL=my-root rd.timeout=2" "$DISK,bus=virtio-mmio" -- \
    "virtio_mmio: wants virtio_mmio, which this kernel has, but this image has not"
check "one of them stands for all" test "$(grep -ac 'wants virtio_mmio' "$LOG")" = 1

done_testing
