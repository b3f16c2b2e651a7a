#!/bin/bash
# A disk whose driver cannot do without firmware: it is packed from wherever the kernel looks for it, the machine boots
# with it and not without, and kindling check knows that beforehand. None of QEMU's disks needs any, so that the driver
# is one of ours, for memory that a machine shares with a file (firmware_disk/).
. "$(dirname "$0")/lib.sh"
. tests/boot/agreement.sh

FIRMWARE=kindling/firmware-disk.bin
UUID=6b6b6b6b-1111-4222-8333-0123456789ab
FLAVOUR=cloud
use_kernel cloud bookworm
# The size of a PCI device's memory is a power of two.
disk ext4-gpt-64m -t ext4 -p gpt -L kindling-root -U $UUID -s 64M
EXT4=$DISK

# All that images are made of is made anew, and so are they.
WORK=$(realpath "$MADE")/firmware-disk
export KINDLING_ETC=$WORK/etc
MACHINES=$KINDLING_ETC/kindling/modules.d/machines
SYSROOT=$WORK/root
rm -rf "$WORK" "$MADE"/check-firmware-*
mkdir -p "$MACHINES" "$SYSROOT" "$WORK/module" "$WORK/kernel/lib/modules"

# A kernel that has the driver.
build_driver() {
    local headers
    headers=$(qemu/fetch-kernel --headers --suite bookworm) || return 1
    cp tests/boot/firmware_disk/* "$WORK/module"
    make -C "$headers/build" M="$WORK/module" CC=gcc modules
}
check "the driver is built" build_driver
[ -e "$WORK/module/firmware_disk.ko" ] || bail_out "no driver: see above"
cp -a "$KERNEL/lib/modules/$KVER" "$WORK/kernel/lib/modules/"
install -D -m 644 "$WORK/module/firmware_disk.ko" "$WORK/kernel/lib/modules/$KVER/updates/firmware_disk.ko"
cp -RL "$KERNEL/boot" "$KERNEL/vmlinuz" "$WORK/kernel/"
KERNEL=$WORK/kernel

# What somebody with such a disk writes: that its driver cannot do without the firmware, or only that it names some.
cat >"$KINDLING_ETC/kindling/modules.d/required" <<END
description a disk that needs firmware
require firmware_disk
require-firmware $FIRMWARE
feature ext4
END
cat >"$KINDLING_ETC/kindling/modules.d/named" <<END
description a disk whose driver names firmware
require firmware_disk
feature ext4 firmware
END
cat >"$MACHINES/some-disk" <<END
description a disk whose driver names firmware
device pci:v00001AF4d00001110sv00001AF4sd00001100bc05sc00i00 firmware_disk
END
cp "$MACHINES/some-disk" "$MACHINES/firmware-disk"
echo "require-firmware $FIRMWARE" >>"$MACHINES/firmware-disk"

# For agreement.sh.
# shellcheck disable=SC2034
declare -A qemu_machine=([firmware-disk]=pc) device_paths=([firmware-disk]=fwd0/device)
attach() {
    # shellcheck disable=SC2034
    attached=()
    RUN_OPTIONS=(-- -object "memory-backend-file,id=disk,share=off,mem-path=$2,size=$(stat -c %s "$2")"
        -device "ivshmem-plain,memdev=disk")
}

# firmware TEXT PLACE COMPRESSOR...: it lies there, below lib/firmware, and nowhere else.
firmware() {
    rm -rf "${SYSROOT:?}/lib/firmware"
    mkdir -p "$(dirname "$SYSROOT/lib/firmware/$2")"
    { echo "$1" && yes 'and the rest of it' | head -n 500; } | "${@:3}" >"$SYSROOT/lib/firmware/$2"
}
packs() {
    diff <(echo "lib/firmware/$1") <("$KINDLING" ls "$IMAGE" '*firmware-disk.bin*')
}
# take_firmware NAME FEATURE PLACE OPTIONS...: an image with the firmware of the sysroot, which lies at that place in it.
take_firmware() {
    take "firmware-$1" --sysroot "$SYSROOT" -p minimal -f "$2" "${@:4}"
    check "$image_name: packed at its place" packs "$3"
}
# What the last machine said.
machine_said() {
    LOG=$(<"$LOGS/${0##*/}.last")
    log_shows "$@"
}

RIGHT='firmware-disk 1'
firmware "$RIGHT" "$FIRMWARE" cat
take_firmware plain required "$FIRMWARE" --layout classic
passes_as_described firmware-disk
spoil "no firmware" without firmware-disk.bin
refuses firmware-disk "firmware_disk wants the firmware $FIRMWARE, which is not in this image"
check "the kernel says why, and /init whose driver it is" machine_said \
    "firmware_disk 0000:00:02.0: error -ENOENT: cannot do without the firmware $FIRMWARE" \
    'kindling:   0000:00:02.0: wants firmware_disk, which is in this image, but did not take it: the kernel'"'"'s messages tell why'
told_of() {
    "$KINDLING" check -v --machine some-disk --root "$EXT4" "$IMAGE" >"$WORK/said"
    cat "$WORK/said"
    grep -q 'boots on some-disk' "$WORK/said" && grep -q "firmware_disk: may ask for firmware .* $FIRMWARE\$" "$WORK/said"
}
check "what nobody calls required is only told of" told_of

firmware 'firmware-disk 0' "$FIRMWARE" cat
take_firmware wrong required "$FIRMWARE" --layout classic
attach firmware-disk "$EXT4"
fails "the driver looks at what the firmware holds" "root=UUID=$UUID rd.timeout=3" -- \
    "$FIRMWARE is no firmware of this disk"

# By the driver's own word, from each place, as distributions compress it; this kernel reads xz alone.
firmware "$RIGHT" "updates/$KVER/$FIRMWARE.xz" xz --check=crc32
take_firmware xz named "updates/$KVER/$FIRMWARE.xz"
passes firmware-disk
# The check that xz makes by itself the kernel does not know.
unknown_check() {
    xz -d lib/firmware/updates/*/"$FIRMWARE.xz"
    xz --check=crc64 lib/firmware/updates/*/"$FIRMWARE"
}
export FIRMWARE
spoil "an unknown check" unknown_check
refuses firmware-disk "firmware_disk wants the firmware $FIRMWARE, which is in this image, but damaged, or compressed as"
firmware "$RIGHT" "$KVER/$FIRMWARE.xz" xz --check=crc64
take_firmware check named "$KVER/$FIRMWARE"
passes firmware-disk
firmware "$RIGHT" "updates/$FIRMWARE.zst" zstd -q
take_firmware zst named "updates/$FIRMWARE.xz" --layout lazy
passes firmware-disk

done_testing
