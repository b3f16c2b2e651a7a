#!/bin/bash
# A Raspberry Pi 3 with its SD card: the firmware's file system in front, the root behind it, both in an MBR's table.
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin

# shellcheck disable=SC2034 # lib.sh's
ARCHITECTURE=arm64 MACHINE=raspi3b

# The card's size is a power of 2.
make_card() {
    local parts=$1.parts
    qemu/mkdisk -t ext4 -p none -s 48M -L rootfs "$parts" "$ROOT_DIRECTORY" && rm -f "$1" && truncate -s 128M "$1" &&
        printf '%s\n' 'label: dos' 'label-id: 0x1e2f3a4b' 'start=8192, size=65536, type=c' 'start=73728, type=83' |
        sfdisk -q "$1" && dd if="$parts" of="$1" bs=512 seek=73728 conv=notrunc,sparse status=none &&
        truncate -s 32M "$parts.fat" && mkfs.vfat -F 32 -n BOOTFS "$parts.fat" >/dev/null &&
        dd if="$parts.fat" of="$1" bs=512 seek=8192 conv=notrunc,sparse status=none && rm "$parts" "$parts.fat"
}

pi() {
    use_kernel "$@"
    RUN_OPTIONS=(--dtb "$(find "$KERNEL/usr/lib/" -name bcm2837-rpi-3-b.dtb | head -n 1)")
}

boots_on() {
    "$KINDLING" check --machine "$1" "$IMAGE"
}
lacks_driver() {
    ! boots_on raspi3 2>"$MADE/arm64-said" && grep 'wants bcm2835, which kernel .* has, but this image has not' "$MADE/arm64-said"
}

test_root
CARD=$MADE/arm64-card.img
once "$CARD" make_card "$CARD"
CMDLINE="root=PARTUUID=1e2f3a4b-02 rootfstype=ext4"

pi generic
image arm64-generic -p generic
boots "a Pi, 6.1" "$CMDLINE rootwait" "$CARD,bus=sd" -- "real-root: root /dev/mmcblk0p2 ext4 ro,"
check "check says so" boots_on raspi3,raspi4
# Nothing of it for boards.
image arm64-vm -p vm
check "and of an image without it" lacks_driver
fails "without the driver the boot names it" "$CMDLINE rd.timeout=2" "$CARD,bus=sd" -- \
    "mmc: wants bcm2835, which this kernel has, but this image has not"
run_machine "with rootwait" 'still waiting for root=PARTUUID=1e2f3a4b-02 after 1[5-9] s' "$CMDLINE rootwait" "$CARD,bus=sd"
check "with rootwait it goes on to say what it waits for" test "$STATUS" = 0
pi generic trixie
image arm64-generic -p generic
boots "6.12" "$CMDLINE rootwait" "$CARD,bus=sd" -- "real-root: root /dev/mmcblk0p2 ext4 ro,"
pi generic trixie-backports
image arm64-generic -p generic
boots "7.x" "$CMDLINE rootwait" "$CARD,bus=sd" -- "real-root: root /dev/mmcblk0p2 ext4 ro,"

done_testing
