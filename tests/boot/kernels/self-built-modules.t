#!/bin/bash
# A kernel out of its source with modules: `make modules_install INSTALL_MOD_PATH=` where there is no depmod; then the same
# with what `make localmodconfig` leaves of them, which is what the machine has loaded.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/self-built.sh"

OWN=$PWD/$MADE/self-built-modules
LSMOD=$MADE/self-built.lsmod
configure_with_modules() {
    configure_kernel <<'END'
CONFIG_LOCALVERSION="-modular"
CONFIG_MODULES=y
CONFIG_VIRTIO_PCI=m
CONFIG_VIRTIO_BLK=m
CONFIG_EXT4_FS=m
CONFIG_BLK_DEV_NVME=m
CONFIG_VFAT_FS=m
END
}
make_kernel() {
    unpack_source && configure_with_modules && installed "$1"
}
make_local_kernel() {
    { [ -e "$SOURCES/vmlinux" ] || unpack_source; } && configure_with_modules &&
        make_in_source LSMOD="$PWD/$LSMOD" localmodconfig && installed "$1" && drop_source
}
# shellcheck disable=SC2034 # lib.sh's
BOOT_LOADER=yes MACHINE=q35
disk self-built -t ext4 -p gpt -L self-built
boots_on() {
    boots "$1" "root=LABEL=self-built show=/proc/modules" "$DISK,bus=$2" -- "real-root: root $3 ext4 ro,"
}

once "$OWN" make_kernel "$OWN" "${RECIPE[@]}"
use_own "$OWN"
image self-built -p vm
check "kindling check lets it pass" "$KINDLING" check --machine q35-virtio,nvme --rootfstype ext4 "$IMAGE"
boots_on "on NVMe" nvme /dev/nvme0n1p1
boots_on "on virtio" virtio /dev/vda1
# As lsmod, which localmodconfig would call, prints them.
tr -d '\r' <"$LOG" | sed -nE 's/^(.* )?([a-z0-9_]+) [0-9]+ [0-9-]+ [^ ]+ (Live|Loading) 0x.*/\2 1 0/p' | sort >"$LSMOD"
check "its modules are loaded" grep -qx 'virtio_blk 1 0' "$LSMOD"

once "$OWN-local" make_local_kernel "$OWN-local" "${RECIPE[@]}"
use_own "$OWN-local"
check "what was not loaded is gone" test -z "$(find "$KERNEL/lib/modules" -name 'nvme*.ko' -o -name 'vfat.ko')"
check "what was is there" test "$(find "$KERNEL/lib/modules" -name 'virtio_blk.ko' -o -name 'ext4.ko' | wc -l)" = 2
image self-built-local -p vm
check "kindling check lets it pass on such a machine" "$KINDLING" check --machine q35-virtio --rootfstype ext4 "$IMAGE"
not_on_nvme() {
    ! "$KINDLING" check --machine nvme --rootfstype ext4 "$IMAGE" 2>"$MADE/self-built-said" && grep -i nvme "$MADE/self-built-said"
}
check "and on no other" not_on_nvme
boots_on "the local one" virtio /dev/vda1

done_testing
