#!/bin/bash
# Modules: asked for by devices, by the kernel, by people; with their parameters; and refused.
. "$(dirname "$0")/lib.sh"

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
use_kernel cloud
image vm
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U $UUID

boots "parameters of the command line" "root=/dev/vda1 virtio_blk.queue_depth=16 virtio-pci.force_legacy=1 show=/sys/module/virtio_blk/parameters/queue_depth show=/sys/module/virtio_pci/parameters/force_legacy" \
    "$DISK" -- "real-root: file /sys/module/virtio_blk/parameters/queue_depth 16" \
    "real-root: file /sys/module/virtio_pci/parameters/force_legacy Y"
for word in modprobe.blacklist rd.driver.blacklist blacklist; do
    fails "$word=" "root=/dev/vda1 rd.timeout=1 $word=foo,virtio-blk" "$DISK" -- "no block device was seen" \
        "wants virtio_blk, which is in this image, but blacklisted on the kernel command line"
done
boots "loaded first on demand" "root=/dev/vda1 rd.driver.pre=loop,virtio_console show=/proc/modules" "$DISK" -- "virtio_console"
boots "loaded last on demand" "root=/dev/vda1 rd.driver.post=9pnet_virtio,xfs show=/proc/modules" "$DISK" -- "xfs "
boots "and by booster's word" "root=/dev/vda1 rd.modules_force_load=virtio_console show=/proc/modules" "$DISK" -- "virtio_console"
boots "a module that the image lacks is named" "root=/dev/vda1 rd.driver.pre=nosuch" "$DISK" -- \
    "kindling: rd.driver.pre=: this image has no module nosuch"

# vfat needs the tables of its code page and character set, which the kernel itself asks for while it mounts.
once "$MADE/plain" mkdir -p "$MADE/plain"
once "$MADE/fat-plain.img" qemu/mkdisk -t vfat -p none "$MADE/fat-plain.img" "$MADE/plain"
fails "what the kernel asks for is loaded without modprobe" "root=/dev/vda" "$MADE/fat-plain.img" -- \
    "kindling: there is no /sbin/init, /etc/init or /bin/init on /dev/vda: is it the root file system?"

use_kernel generic
image bare -p minimal -f ext4
fails "the driver is in the kernel, but not in the image" "root=UUID=$UUID rd.timeout=1" "$DISK" "$DISK,bus=ahci" -- \
    "wants virtio_pci, which this kernel has, but this image has not" \
    "wants ahci, which this kernel has, but this image has not" \
    "kindling: to have them in the image: kindling build -k $KVER -p minimal -f ext4 -m"
line=$(sed -n 's/.*kindling: to have them in the image: //p' "$LOG" | tr -d '\r')
rebuild() {
    # The line as it stands, with the test's own place for the tree and the file.
    read -ra words <<<"$line"
    "$KINDLING" "${words[@]:1}" --modules-dir "$KERNEL/lib/modules" -m virtio_blk,ext4 -o "$MADE/mended.img"
}
check "the line that it gives builds an image" rebuild
IMAGE=$MADE/mended.img
boots "which boots" "root=UUID=$UUID" "$DISK" -- "real-root: root /dev/vda1 ext4"

other=$KERNEL
use_kernel cloud
image vm
KERNEL=$other
fails "an image for another kernel" "root=UUID=$UUID rd.timeout=1" "$DISK" -- \
    "kindling: this image holds modules for kernel $KVER, but $(<"$other/release") is running"

RUN_OPTIONS=(-- -device lsi53c895a)
KERNEL=$(qemu/fetch-kernel)
fails "a disk controller that this kernel has no driver for" "root=/dev/sdz rd.timeout=1" "$DISK" -- \
    "keeps disks, but no module of this kernel takes it"
RUN_OPTIONS=()

use_kernel cloud trixie
image vm
boots "modules that the distribution compressed (.ko.xz)" "root=UUID=$UUID" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"

done_testing
