#!/bin/bash
# A kernel out of its source, as small as a boot lets it be, that cannot have modules: `make install` calls our hook,
# which makes its image.
[ "$(id -u)" -eq 0 ] || { echo "Bail out! only root can give a program another /etc and /boot"; exit 1; }
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/self-built.sh"

OWN=$PWD/$MADE/self-built
make_kernel() {
    local directory=$1
    mkdir -p "$directory"
    unpack_source && configure_kernel <<'END' && make_in_source bzImage &&
CONFIG_LOCALVERSION="-own"
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_BLK=y
CONFIG_EXT4_FS=y
# CONFIG_MODULES is not set
END
        make -s --no-print-directory install PREFIX="$directory/usr" SYSCONFDIR="$directory/etc" \
            KERNEL_INSTALL_DIR="$directory/usr/lib/kernel/install.d" >"$LOGS/self-built-install.log" 2>&1 &&
        mkdir -p "$directory/boot" "$directory/lib/modules" || return
    printf 'modules-dir = %s\nprofile = vm\n' "$directory/lib/modules" >"$directory/etc/kindling.conf"
    # Debian's installkernel calls the hooks for /boot alone. An /etc with no hook but ours, and that /boot.
    # shellcheck disable=SC2016 # for the shell with mounts of its own
    unshare --mount sh -ec 'mount -t tmpfs -o mode=755 tmpfs /mnt
        cp -a /etc/. /mnt
        rm -rf /mnt/kernel /mnt/kindling*
        cp -a "$1/etc/." /mnt
        mount --move /mnt /etc
        mount --bind "$1/boot" /boot
        make -s -C "$2" install' - "$directory" "$SOURCES" >"$directory/said" 2>&1 || cat_and_fail "$directory/said" || return
    cp "$SOURCES/include/config/kernel.release" "$directory/release" && drop_source
}

once "$OWN" make_kernel "$OWN" "${RECIPE[@]}"
KVER=$(<"$OWN/release")
IMAGE=$OWN/boot/initrd.img-$KVER
check "make install calls the hook" grep -qF "kindling: making /boot/initrd.img-$KVER" "$OWN/said"
check "which makes an image" cpio_lists "$IMAGE"
check "without a module" test -z "$(unpacked "$IMAGE" | cpio -it --quiet | grep '^lib/modules/')"
check "kindling check lets it pass" "$KINDLING" check --machine q35-virtio --rootfstype ext4 --modules-dir "$OWN/lib/modules" "$IMAGE"

ln -sf "boot/vmlinuz-$KVER" "$OWN/vmlinuz"
KERNEL=$OWN
BOOT_LOADER=yes
disk self-built -t ext4 -p gpt -L self-built
boots "it boots" "root=LABEL=self-built" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"

done_testing
