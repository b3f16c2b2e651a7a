#!/bin/bash
# A kernel out of its source, as small as a boot lets it be, that cannot have modules: `make install` calls our hook,
# which makes its image. KERNEL_SOURCE=DIR is an unpacked source to build it in, where it need not be compiled anew each time.
[ "$(id -u)" -eq 0 ] || { echo "Bail out! only root can give a program another /etc and /boot"; exit 1; }
. "$(dirname "$0")/../lib.sh"

OWN=$PWD/$MADE/self-built
make_kernel() {
    local directory=$1 sources=$OWN.source root
    mkdir -p "$directory"
    if [ -z "${KERNEL_SOURCE-}" ]; then
        root=$(qemu/fetch-sysroot --alone linux-source-6.1) && rm -rf "$sources" && mkdir "$sources" &&
            tar -xf "$root"/usr/src/linux-source-6.1.tar.xz -C "$sources" --strip-components 1 || return
    fi
    sources=${KERNEL_SOURCE-$sources}
    make -s -C "$sources" tinyconfig >/dev/null 2>&1 && cat >>"$sources/.config" <<'END' || return
CONFIG_64BIT=y
CONFIG_LOCALVERSION="-own"
# CONFIG_LOCALVERSION_AUTO is not set
CONFIG_PRINTK=y
CONFIG_BLK_DEV_INITRD=y
CONFIG_RD_GZIP=y
CONFIG_DEVTMPFS=y
CONFIG_BINFMT_ELF=y
CONFIG_BINFMT_SCRIPT=y
CONFIG_TTY=y
CONFIG_SERIAL_8250=y
CONFIG_SERIAL_8250_CONSOLE=y
CONFIG_PROC_FS=y
CONFIG_PROC_SYSCTL=y
CONFIG_SYSFS=y
CONFIG_SHMEM=y
CONFIG_TMPFS=y
CONFIG_NET=y
CONFIG_UNIX=y
CONFIG_BLOCK=y
CONFIG_PARTITION_ADVANCED=y
CONFIG_EFI_PARTITION=y
CONFIG_MSDOS_PARTITION=y
CONFIG_PCI=y
CONFIG_VIRTIO_MENU=y
CONFIG_VIRTIO_PCI=y
CONFIG_BLK_DEV=y
CONFIG_VIRTIO_BLK=y
CONFIG_EXT4_FS=y
CONFIG_MULTIUSER=y
CONFIG_FUTEX=y
CONFIG_EPOLL=y
CONFIG_EVENTFD=y
CONFIG_SIGNALFD=y
CONFIG_TIMERFD=y
CONFIG_POSIX_TIMERS=y
CONFIG_FILE_LOCKING=y
CONFIG_INOTIFY_USER=y
CONFIG_MEMBARRIER=y
CONFIG_ADVISE_SYSCALLS=y
CONFIG_HIGH_RES_TIMERS=y
CONFIG_ACPI=y
# CONFIG_MODULES is not set
END
    make -s -C "$sources" olddefconfig 2>/dev/null &&
        make -s -j"$(nproc)" -C "$sources" bzImage >"$LOGS/self-built.log" 2>&1 &&
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
        make -s -C "$2" install' - "$directory" "$sources" >"$directory/said" 2>&1 || cat_and_fail "$directory/said" || return
    cp "$sources/include/config/kernel.release" "$directory/release"
    rm -rf "$OWN.source"
}

once "$OWN" make_kernel "$OWN"
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
