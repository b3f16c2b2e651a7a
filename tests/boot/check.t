#!/bin/bash
# What kindling check says of an image and a machine is what happens: it passes, and boots; it fails, and does not boot.
. "$(dirname "$0")/lib.sh"
. tests/boot/agreement.sh

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U $UUID
EXT4=$DISK
disk xfs-gpt -t xfs -p gpt -U $UUID
XFS=$DISK
disk btrfs-gpt -t btrfs -p gpt -U $UUID
BTRFS=$DISK

# The machine that a description means: qemu's, and the disk's bus.
declare -A qemu_machine=(
    [q35-virtio]=q35 [virtio-scsi]=q35 [microvm]=microvm [pc-ide]=pc [q35-ahci]=q35 [nvme]=q35 [usb]=q35 [vmware]=q35
)
declare -A disk_bus=(
    [q35-virtio]=virtio [virtio-scsi]=virtio-scsi [microvm]=virtio [pc-ide]=ide [q35-ahci]=ahci [nvme]=nvme [usb]=usb
    [vmware]=pvscsi
)
# Where its devices lie in sysfs as seen from the disk, the bus first.
declare -A device_paths=(
    [q35-virtio]="vda/device/.. vda/device"
    [virtio-scsi]="sda/device/../../../.. sda/device/../../.. sda/device"
    [microvm]="vda/device/.. vda/device"
    [pc-ide]="sda/device/../../../.. sda/device"
    [q35-ahci]="sda/device/../../../.. sda/device"
    [nvme]="nvme0n1/device/device"
    [usb]="sda/device/../../../../../.. sda/device/../../.. sda/device"
    [vmware]="sda/device/../../.. sda/device"
)

FLAVOUR=cloud
use_kernel cloud
take vm -p vm
for machine in q35-virtio virtio-scsi microvm pc-ide nvme vmware; do
    passes_as_described $machine
done
refuses q35-ahci 'wants ahci, which neither this image nor kernel .* has'
refuses usb 'wants xhci_pci, which neither'
passes q35-virtio "$XFS"
passes microvm "$BTRFS"

take bare -p minimal
passes nvme
refuses q35-virtio 'wants virtio_pci, which kernel .* has, but this image has not'
refuses microvm 'wants virtio_mmio, which kernel .* has, but this image has not'

take busless -p minimal -m virtio_blk
refuses q35-virtio 'wants virtio_pci, which kernel'

take blacklist -p minimal -f virtio,xfs --cmdline 'modprobe.blacklist=virtio-blk rd.driver.blacklist=xfs'
refuses q35-virtio 'wants virtio_blk, which is blacklisted by this image.s own command line'
refuses virtio-scsi 'a root of type xfs wants xfs, which is blacklisted by this image.s own command line' "$XFS"
passes virtio-scsi

take virtio -p minimal -f virtio
passes q35-virtio
refuses pc-ide 'wants ata_piix, which kernel'
refuses q35-virtio 'a root of type xfs wants xfs, which kernel' "$XFS"
refuses microvm 'a root of type btrfs wants btrfs, which kernel' "$BTRFS"

spoil "a module gone" without virtio_blk
refuses q35-virtio 'module virtio_blk is in .*index, but its file .* is not there'
passes virtio-scsi
spoil "a dependency gone" without virtio_ring
refuses microvm 'module virtio_mmio needs virtio_ring: module virtio_ring is in'
# What the boot before said of it: one warning for the module that is gone, none for each that needs it.
warned_once() {
    [ "$(grep -c 'kindling: cannot load module' "$LOG")" = 1 ] && grep -q 'cannot load module virtio_ring: it is missing' "$LOG"
}
LOG=$(<"$LOGS/${0##*/}.last")
check "$image_name: it is warned of once" warned_once
spoil "sd_mod gone" without sd_mod
refuses virtio-scsi 'wants sd_mod'
passes microvm
spoil "the disk's alias cut" cut_alias virtio:d00000002v
refuses microvm 'wants virtio_blk, which is in this image, but its index does not name it'
passes virtio-scsi
spoil "the bus's alias cut" cut_alias pci:v00001AF4d
refuses q35-virtio 'wants virtio_pci, which is in this image'
passes microvm
damaged_module() {
    flip "$(find . -name 'virtio_blk.ko*')" "$1"
}
spoil "a module damaged" damaged_module 0
refuses microvm 'virtio_blk.ko is no kernel module'
spoil "no init" without init
refuses q35-virtio '/init cannot run: it is not in this image'
spoil "init not executable" chmod 644 init
refuses q35-virtio '/init cannot run: it is not executable'
spoil "no index" without index
refuses microvm 'it holds no index'
spoil "no seal" without seal
refuses microvm 'it has no seal'
spoil "a byte of the seal changed" flip lib/kindling/seal 17
refuses microvm 'does not belong to its seal'
spoil "a byte of the index changed" flip lib/kindling/index 400
refuses q35-virtio 'does not belong to its seal'
spoil "no directory above the modules" rm -r lib/modules
refuses q35-virtio 'is not there'

image_name="$FLAVOUR kernel, truncated"
IMAGE=$BROKEN
head -c $(($(stat -c %s "$WHOLE") / 2)) "$WHOLE" >"$IMAGE"
truncated() {
    "$KINDLING" check --machine microvm "$IMAGE"
    [ $? = 1 ] && {
        boot 1 microvm "$EXT4"
        [ $? = 1 ]
    }
}
check "$image_name: it cannot be read, and does not boot" truncated

# /init itself, linked with shared libraries. The same program, from the same sources.
DYNAMIC=$(realpath -e "$MADE/dynamic-init") || bail_out "$MADE/dynamic-init is not there: make it first"
export DYNAMIC
with_dynamic_init() {
    local library
    cp "$DYNAMIC" init
    for library in $(ldd "$DYNAMIC" | grep -o '/[^ ]*'); do
        mkdir -p ".${library%/*}"
        cp -L "$library" ".$library"
    done
    seal
    "$@"
}
damaged_init() {
    flip init 70000
}
spoil "a byte of init changed" damaged_init
refuses microvm 'its /init is damaged'
spoil "init with its libraries" with_dynamic_init true
passes microvm
spoil "a library of init gone" with_dynamic_init without libdeflate.so.0
refuses microvm '/init cannot run: it needs the library libdeflate.so.0, which is not in this image'
spoil "the loader of init gone" with_dynamic_init without ld-linux-x86-64.so.2
refuses microvm '/init cannot run: its interpreter /lib64/ld-linux'

# What a boot can do without is said, and no more.
take checked -p minimal -f virtio,e2fsck
spoil "a compressed module damaged" damaged_module 300
refuses microvm 'module virtio_blk is damaged'
spoil "no e2fsck" without e2fsck.gz
passes microvm "$EXT4" '/sbin/e2fsck cannot run'

OTHER=$KERNEL
FLAVOUR=generic
use_kernel generic
take vm -p vm
passes_as_described q35-ahci
passes_as_described usb
passes q35-virtio
spoil "a soft dependency gone" without crc32c-intel
passes q35-virtio
spoil "all of crc32c gone" without 'crc32c*'
refuses q35-virtio 'ext4 \(which asks for crypto-crc32c\) wants crc32c'
take ahci -p minimal -f ahci,ext4
passes q35-ahci
refuses usb 'wants xhci_pci, which kernel .* has, but this image has not'

# Another kernel than the image is for.
CLOUD=$OTHER
image_name="generic image, cloud kernel"
KERNEL=$CLOUD
refuses q35-virtio 'holds modules for kernel .*, and .* is to run' "$EXT4" -k "$KERNEL/vmlinuz"
passes nvme "$EXT4" 'boots on nvme' -k "$KERNEL/vmlinuz" --modules-dir "$KERNEL/lib/modules"

FLAVOUR=trixie
use_kernel cloud trixie
take half -p minimal -m virtio_blk
passes q35-virtio
refuses microvm 'wants virtio_mmio, which kernel'

done_testing
