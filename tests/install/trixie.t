#!/bin/bash
# Debian 13, its compiler, its libraries and its depmod: the sources are built there and what the golden tests say holds;
# the package that comes of it makes the image of a kernel that apt installs, which boots, and goes with the kernel.
SUITE=trixie
. "$(dirname "$0")/lib.sh"

CMDLINE="root=LABEL=debian ro console=ttyS0 rd.info"

# What builds it, and what the golden tests call.
new_root builder
SOURCES=$ROOT/root/kindling
mkdir "$SOURCES"
cp -a .dev Makefile README.md LICENSE init generator template modules.d qemu tests "$SOURCES"
mapfile -t PACKAGES < <(.dev/deps --list build)
check "apt installs what building takes" apt install "${PACKAGES[@]}" perl cpio dpkg-dev lintian kbd console-data console-setup \
    xkb-data xz-utils zstd lz4 mandoc time jq zsh fish e2fsprogs fakeroot debian-archive-keyring libasan8 libubsan1 \
    squashfs-tools xorriso grub-common grub-pc-bin grub-efi-amd64-bin grub-efi-amd64-signed shim-signed mtools systemd-boot-efi \
    binutils fdisk sbsigntool openssl cryptsetup-bin
in_sources() {
    in_root sh -c 'cd /root/kindling && exec "$@"' - "$@"
}
check "it is built without a warning" in_sources make -j2 KINDLING_STRICT=1 all build/tests/fault/fail_call.so build/tests/golden/alias_differential build/asan/bin/kindling
golden() {
    in_sources sh -c 'prove -j2 --exec "" tests/golden/*.t' >"$LOGS/trixie-golden.log" 2>&1 || {
        grep -E '^not ok|Failed|Result' "$LOGS/trixie-golden.log"
        return 1
    }
}
check "the golden tests" golden
check "the package" in_sources env "SOURCE_DATE_EPOCH=1763700000" make -s deb DEB_DIR=/root/deb
DEB=$(echo "$ROOT"/root/deb/*.deb)
[ -f "$DEB" ] || bail_out "no package"

new_root debian
cp "$DEB" "$ROOT/tmp/kindling.deb"
check "apt installs it" apt install /tmp/kindling.deb
check "apt installs a kernel" apt install linux-image-cloud-amd64
KVER=$(cd "$ROOT/boot" && echo vmlinuz-*) KVER=${KVER#vmlinuz-}
IMAGE=$ROOT/boot/initrd.img-$KVER
newer() {
    echo "$KVER"
    [ "${KVER%%.*}" -gt 6 ] || [[ $KVER = 6.1[2-9].* ]]
}
check "6.12 or newer" newer
check "its image is there" test -s "$IMAGE"
check "and no other initramfs tool" test ! -e "$ROOT/usr/sbin/mkinitramfs"
check "kindling check says that it boots" in_root kindling check "/boot/initrd.img-$KVER" --machine q35-virtio --rootfstype ext4
disk
check "it boots to the prompts of Debian's init" boots_to_login trixie "$KVER" "$CMDLINE" 'kindling: '
# Systemd is asked when its start is done, which is a while after the prompt.
knows_of_initramfs() {
    local log=$LOGS/trixie-analyze.log
    qemu/run -k "$ROOT/boot/vmlinuz-$KVER" -i "$IMAGE" -m 1024 -d "$DISK" --snapshot -a "$CMDLINE" --log "$log" --timeout 600 \
        --type 'debian login: ?$ => root' --type '# ?$ => systemctl is-system-running --wait; systemd-analyze time' \
        --until '\(initrd\) \+ .*\(userspace\)' --fail 'Kernel panic' || {
        tail -n 20 "$log"
        return 1
    }
}
check "its systemd-analyze knows of the initramfs" knows_of_initramfs
check "apt removes the kernel" apt purge linux-image-cloud-amd64 "linux-image-$KVER"
check "its image goes with it" test -z "$(cd "$ROOT/boot" && find . -name 'initrd*')"
done_testing
