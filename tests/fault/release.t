#!/bin/bash
# An image whose modules are for another kernel than the one that runs: it says so, and what is built into the kernel
# is enough where it is.
. "$(dirname "$0")/../boot/lib.sh"

use_kernel cloud trixie
image other-release
OTHER=$KVER OF_OTHER=$IMAGE
use_kernel cloud
IMAGE=$OF_OTHER
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab

says="kindling: this image holds modules for kernel $OTHER, but $KVER is running: none is loaded, only drivers built into the kernel work"
boots "a disk whose driver is built into the kernel" "root=LABEL=kindling-root" "$DISK,bus=nvme" -- "$says" \
    "real-root: root /dev/nvme0n1p1 ext4" "real-root: modprobe /sbin/modprobe"
fails "a disk whose driver is a module" "root=LABEL=kindling-root rd.timeout=1" "$DISK" -- "$says" \
    'wants ata_piix, which is in this image, but for another kernel' \
    'kindling: failed step=root object="LABEL=kindling-root"'
check "no module is said to have been tried" log_lacks "but did not take it" "cannot load module"

done_testing
