#!/bin/bash
# DKMS itself, with a driver of ours for a disk that needs firmware (tests/boot/firmware_disk): what it builds for a kernel
# that comes is in that kernel's image, which boots from such a disk, and all of it goes with the kernel.
. "$(dirname "$0")/lib.sh"

MODULE=firmware_disk
FIRMWARE=kindling/firmware-disk.bin
UUID=6b6b6b6b-1111-4222-8333-0123456789ab
KERNEL=linux-image-cloud-amd64
HEADERS=linux-headers-cloud-amd64

# What a package of such a driver installs; its postinst registers it with DKMS.
driver_source() {
    local source=$ROOT/usr/src/$MODULE-1.0
    mkdir -p "$source" "$(dirname "$ROOT/lib/firmware/$FIRMWARE")"
    cp tests/boot/firmware_disk/* "$source"
    cat >"$source/dkms.conf" <<CONF
PACKAGE_NAME="$MODULE"
PACKAGE_VERSION="1.0"
BUILT_MODULE_NAME[0]="$MODULE"
DEST_MODULE_LOCATION[0]="/updates/dkms"
AUTOINSTALL="yes"
CONF
    echo 'firmware-disk 1' >"$ROOT/lib/firmware/$FIRMWARE"
}

# installs PACKAGE...: what was said is kept.
installs() {
    apt install "$@" >"$WORK/said" 2>&1 && return
    tail -n 20 "$WORK/said"
    return 1
}

# Sets KVER and IMAGE: the only kernel there.
find_kernel() {
    KVER=$(cd "$ROOT/boot" && echo vmlinuz-*) KVER=${KVER#vmlinuz-}
    IMAGE=$ROOT/boot/initrd.img-$KVER
}

in_order() {
    diff <(grep -oE '^/etc/kernel/postinst.d/[^:]*' "$WORK/said") <(printf '/etc/kernel/postinst.d/%s\n' dkms kindling)
}

# The very file that DKMS built and installed.
has_what_dkms_built() {
    local built=lib/modules/$KVER/updates/dkms/$MODULE.ko
    rm -rf "$WORK/unpacked"
    build/bin/kindling extract "$IMAGE" "$WORK/unpacked" || return 1
    zcat "$WORK/unpacked/$built.gz" | cmp - "$ROOT/$built" && cmp "$WORK/unpacked/lib/firmware/$FIRMWARE" "$ROOT/lib/firmware/$FIRMWARE"
}

# QEMU's own name for the disk: memory that the machine shares with a file, whose size is a power of two.
boots_from_its_disk() {
    local disk=$WORK/firmware-disk.img log=$LOGS/${0##*/}.log
    rm -f "$log"
    qemu/mkroot "$WORK/root" && qemu/mkdisk -t ext4 -p gpt -U $UUID -s 64M "$disk" "$WORK/root" || return 1
    qemu/run -k "$ROOT/boot/vmlinuz-$KVER" -i "$IMAGE" -a "root=UUID=$UUID panic=-1" --log "$log" --timeout 240 \
        --until 'real-root: done' --fail 'Kernel panic' -- \
        -object "memory-backend-file,id=disk,share=off,mem-path=$disk,size=$(stat -c %s "$disk")" \
        -device ivshmem-plain,memdev=disk && grep -a 'real-root: root /dev/fwd0p1 ext4 ro,' "$log" && return
    tail -n 20 "$log"
    return 1
}

nothing_is_left_of_the_kernel() {
    find "$ROOT/boot" "$ROOT/lib/modules" "$ROOT/var/lib/dkms" -name "*$KVER*" 2>/dev/null | grep . && return 1
    return 0
}

package
new_root dkms
cp "$DEB" "$ROOT/tmp/kindling.deb"
check "apt installs kindling, DKMS and its compiler" installs /tmp/kindling.deb dkms
[ -x "$ROOT/usr/sbin/dkms" ] || bail_out "no dkms: see above"
driver_source
echo "module = $MODULE" >>"$ROOT/etc/kindling.conf"

check "DKMS takes the driver" in_root dkms add "$MODULE/1.0"
check "apt installs a kernel and its headers" installs $KERNEL $HEADERS
find_kernel
[ -s "$ROOT/boot/vmlinuz-$KVER" ] || bail_out "no kernel: see above"
check "DKMS came first, then the image" in_order
check "the image has what DKMS built, and its firmware" has_what_dkms_built
check "it boots from such a disk" boots_from_its_disk
check "apt removes kernel and headers" apt purge $KERNEL "linux-image-$KVER" $HEADERS "linux-headers-$KVER"
check "image and driver go with them" nothing_is_left_of_the_kernel

# DKMS passes over a kernel without headers, and other initramfs tools make its image without the driver. DKMS forgot the
# driver with its last kernel.
fails_for_want_of_the_driver() {
    ! installs $KERNEL && grep -F "kindling: cannot find $MODULE in this kernel: --module requires it" "$WORK/said"
}
check "DKMS takes the driver again" in_root dkms add "$MODULE/1.0"
check "a kernel without its headers waits for the driver" fails_for_want_of_the_driver
check "it has no image, rather than one that lacks it" test ! -e "$IMAGE"
check "the headers come" installs $HEADERS
check "the kernel has its image now" has_what_dkms_built

# A driver that the boot can do without holds up no kernel. Like everywhere it comes with the next image.
sed -i '/^module =/d' "$ROOT/etc/kindling.conf"
echo "feature = spare" >>"$ROOT/etc/kindling.conf"
printf 'description a disk to spare\nmodule %s\n' $MODULE >"$ROOT/etc/kindling/modules.d/spare"
lacks_the_driver() {
    ! build/bin/kindling ls "$IMAGE" | grep "$MODULE"
}
check "the kernel loses its driver" in_root dkms uninstall "$MODULE/1.0" -k "$KVER"
check "update-initramfs -u" in_root update-initramfs -u
check "makes an image without it" lacks_the_driver
check "the kernel gets it back" in_root dkms install "$MODULE/1.0" -k "$KVER"
check "update-initramfs -u, again" in_root update-initramfs -u
check "packs it" has_what_dkms_built
done_testing
