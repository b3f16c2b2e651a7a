#!/bin/bash
# A kernel out of its source as its developers configure it, `make x86_64_defconfig kvm_guest.config`: what a guest needs is
# built in, and of the few modules that there are, `make modules_install INSTALL_MOD_PATH=` puts all where no depmod sees them.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/self-built.sh"

# It takes up to an hour, so that it is kept where the fetched kernels are, for as long as what it is made of is the same.
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/kindling/self-built
mkdir -p "$CACHE"
OWN=$CACHE/defconfig
make_kernel() {
    unpack_source && make_in_source x86_64_defconfig kvm_guest.config && installed "$1" && drop_source
}
SOURCE=$(qemu/fetch-sysroot --alone linux-source-6.1) || bail_out "no source of a kernel: see above"
made_by "$(cat "$SOURCE/packages" && gcc -dumpfullversion && declare -f make_kernel installed)" "$OWN" make_kernel "$OWN"
use_own "$OWN"
check "it has modules" test "$(find "$KERNEL/lib/modules" -name '*.ko' | wc -l)" -gt 5

# shellcheck disable=SC2034 # lib.sh's
BOOT_LOADER=yes MACHINE=q35 MEMORY=384
disk self-built -t ext4 -p gpt -L self-built
for PROFILE in vm generic; do
    image "self-built-$PROFILE" -p "$PROFILE"
    check "$PROFILE: kindling check lets it pass" "$KINDLING" check --machine q35-virtio --rootfstype ext4 "$IMAGE"
    boots "$PROFILE, virtio" "root=LABEL=self-built" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"
done
not_on_nvme() {
    ! "$KINDLING" check --machine nvme --rootfstype ext4 "$IMAGE" 2>"$MADE/self-built-said" && grep -i nvme "$MADE/self-built-said"
}
check "its developers give it no NVMe, which check says" not_on_nvme
boots "ahci" "root=LABEL=self-built" "$DISK,bus=ahci" -- "real-root: root /dev/sda1 ext4 ro,"
boots "usb" "root=LABEL=self-built" "$DISK,bus=usb" -- "real-root: root /dev/sda1 ext4 ro,"

done_testing
