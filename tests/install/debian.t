#!/bin/bash
# The package in a Debian: it comes, makes an image for a kernel that comes, which boots, and deletes it with the kernel.
. "$(dirname "$0")/lib.sh"

CMDLINE="root=LABEL=debian ro console=ttyS0 rd.info"

lintian_has_no_complaint() {
    local said
    said=$(lintian --tag-display-limit 0 --fail-on error,warning "$DEB" 2>&1 | grep -v 'running with root privileges')
    [ -z "$said" ] || {
        echo "$said"
        return 1
    }
}

same_bytes() {
    make --no-print-directory -s deb DEB_DIR="$WORK/again" >/dev/null && cmp "$DEB" "$WORK/again/${DEB##*/}"
}

# What the system has, to be compared; apt's and dpkg's own records and logs aside.
inventory() {
    (cd "$ROOT" && find . -xdev \( -path ./var/lib/apt -o -path ./var/lib/dpkg -o -path ./var/cache/apt -o -path ./var/log \
        -o -path ./var/cache/ldconfig -o -path ./root -o -path ./tmp \) -prune -o -printf '%p\n' | sort)
}

package
check "lintian has no complaint" lintian_has_no_complaint
check "the package is the same again" same_bytes

new_root debian
cp "$DEB" "$ROOT/tmp/kindling.deb"
apt install busybox-static e2fsck-static libkmod2 libdeflate0 >/dev/null 2>&1
inventory >"$WORK/before"
check "apt installs it" apt install /tmp/kindling.deb
check "without a kernel there is nothing to make" test ! -e "$ROOT"/boot/initrd.img-*
check "it is an initramfs tool" grep -q '^Provides:.*linux-initramfs-tool' <(in_root dpkg-query -s kindling)

# DKMS comes before us with a module of its own, boot loaders come after us.
mkdir -p "$ROOT/etc/initramfs/post-update.d"
cat >"$ROOT/etc/kernel/postinst.d/dkms" <<'END'
#!/bin/sh
mkdir -p "/lib/modules/$1/updates/dkms"
cp "/lib/modules/$1/kernel/drivers/block/virtio_blk.ko" "/lib/modules/$1/updates/dkms/"
depmod "$1"
END
cat >"$ROOT/etc/kernel/postinst.d/zz-loader" <<'END'
#!/bin/sh
[ ! -s "/boot/initrd.img-$1" ] || echo "loader sees the image of $1" >>/tmp/told
END
cat >"$ROOT/etc/initramfs/post-update.d/10-loader" <<'END'
#!/bin/sh
echo "updated $1 $2" >>/tmp/told
END
chmod 755 "$ROOT"/etc/kernel/postinst.d/* "$ROOT/etc/initramfs/post-update.d/10-loader"
check "apt installs a kernel" apt install linux-image-cloud-amd64
check "and no other initramfs tool" test ! -e "$ROOT/usr/sbin/mkinitramfs"
KVER=$(cd "$ROOT/boot" && echo vmlinuz-*) KVER=${KVER#vmlinuz-}
IMAGE=$ROOT/boot/initrd.img-$KVER
check "its image is there" test -s "$IMAGE"
# A processor of its own, which emulation has not, and what Debian's package has for it.
printf 'vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 158\nstepping\t: 13\n' >"$WORK/cpuinfo"
mount --bind "$WORK/cpuinfo" "$ROOT/proc/cpuinfo"
mkdir -p "$ROOT/lib/firmware/intel-ucode"
{ printf '\1\0\0\0' && head -c 2044 /dev/zero; } >"$ROOT/lib/firmware/intel-ucode/06-9e-0d"
packs_microcode() {
    in_root kindling build -k "$KVER" -n "$@" >"$WORK/list" && grep -x kernel/x86/microcode/GenuineIntel.bin "$WORK/list"
}
check "an image of any PC made by hand has this one's microcode" packs_microcode -p generic
lacks_microcode() {
    ! packs_microcode "$@" && [ -s "$WORK/list" ]
}
check "not one of a virtual machine" lacks_microcode -p vm
check "nor one of a foreign tree" lacks_microcode -p generic --modules-dir /lib/modules/.
umount "$ROOT/proc/cpuinfo"
check "for root's eyes only" test "$(stat -c %a "$IMAGE")" = 600
check "post-update.d was told, then the boot loaders" test "$(cat "$ROOT/tmp/told")" = "updated $KVER /boot/initrd.img-$KVER
loader sees the image of $KVER"
check "it has the module that dkms made" grep -q "updates/dkms/virtio_blk.ko" <(build/bin/kindling ls "$IMAGE")
check "and the drivers of any PC, as /etc/kindling.conf says" grep -q "megaraid_sas\|hpsa\|mpt3sas\|usb-storage\|sd_mod" <(build/bin/kindling ls "$IMAGE")
check "the cache lies where caches lie" test -d "$ROOT/var/cache/kindling/members"

# What other packages' scripts do.
check "update-initramfs -u" in_root update-initramfs -u
check "an image that would be the same is left alone" test ! -e "$IMAGE.old"
echo 'feature = -hid' >>"$ROOT/etc/kindling.conf"
check "a trigger" in_root dpkg-trigger --by-package=apt update-initramfs
check "is heard" in_root dpkg --triggers-only --pending
check "the previous image is kept" test -s "$IMAGE.old"
defers() {
    in_root env DPKG_MAINTSCRIPT_PACKAGE=other DPKG_MAINTSCRIPT_NAME=postinst update-initramfs -u | grep 'deferring update'
}
check "within another package's script it defers" defers
in_root dpkg --triggers-only --pending >/dev/null
all_again() {
    rm "$ROOT/tmp/told"
    in_root update-initramfs -u -k all && grep -c "updated $KVER" "$ROOT/tmp/told"
}
check "update-initramfs -u -k all, but not for *.old" all_again
check "once" test "$(grep -c updated "$ROOT/tmp/told")" = 1
check "update-initramfs -d" in_root update-initramfs -d -k "$KVER"
check "deletes both" test ! -e "$IMAGE" -a ! -e "$IMAGE.old"
check "update-initramfs -c" in_root update-initramfs -c -k all
check "makes it" test -s "$IMAGE"
refuses() {
    in_root update-initramfs "$@" 2>&1 | head -n 1 | grep -q '^update-initramfs: ' && ! in_root update-initramfs "$@" 2>/dev/null
}
check "update-initramfs without a mode" refuses -k all
check "with a mode and no version" refuses -c
check "with what it does not know" refuses -u -x

# A kernel that wants no image; other moments of a kernel package's life.
mv "$IMAGE" "$IMAGE.aside"
check "INITRD=No" in_root env INITRD=No /etc/kernel/postinst.d/kindling "$KVER" "/boot/vmlinuz-$KVER"
check "another script's turn" in_root env DEB_MAINT_PARAMS="abort-upgrade 1" /etc/kernel/postinst.d/kindling "$KVER"
check "make no image" test ! -e "$IMAGE"
mv "$IMAGE.aside" "$IMAGE"
check "an upgrade's removal" in_root env DEB_MAINT_PARAMS="upgrade 2" /etc/kernel/postrm.d/kindling "$KVER"
check "deletes none" test -e "$IMAGE"
names_no_version() {
    [ "$(in_root /etc/kernel/postinst.d/kindling 2>&1)" = "kindling: a kernel package named no kernel version" ]
}
check "a hook without a version" names_no_version
fails_aloud() {
    ! in_root /etc/kernel/postinst.d/kindling 9.9 /boot/vmlinuz-9.9 >"$WORK/stdout" 2>"$WORK/stderr" &&
        grep -q 'no kernel 9.9' "$WORK/stderr" && [ ! -s "$WORK/stdout" ]
}
check "a hook's failure is the kernel package's, and standard output is left alone" fails_aloud

# kernel-install(8), of systemd.
mkdir -p "$ROOT/etc/kernel" "$ROOT/efi"
in_root systemd-machine-id-setup >/dev/null 2>&1
ID=$(cat "$ROOT/etc/machine-id")
printf 'layout=bls\ninitrd_generator=kindling\n' >"$ROOT/etc/kernel/install.conf"
mkdir -p "$ROOT/boot/$ID" "$ROOT/boot/loader/entries"
kernel_install() {
    in_root kernel-install --verbose add "$KVER" "/boot/vmlinuz-$KVER" "$@"
}
check "kernel-install" kernel_install
check "makes an image" cmp "$ROOT/boot/$ID/$KVER/initrd" "$IMAGE"
check "which the boot loader's entry names" grep -q "^initrd .*/$ID/$KVER/initrd" "$ROOT/boot/loader/entries/$ID-$KVER.conf"
rm -rf "${ROOT:?}/boot/$ID/$KVER"
sed -i s/initrd_generator=.*/initrd_generator=other/ "$ROOT/etc/kernel/install.conf"
kernel_install >/dev/null 2>&1
check "another generator's turn is left to it" test ! -e "$ROOT/boot/$ID/$KVER/initrd"
sed -i '/initrd_generator/d' "$ROOT/etc/kernel/install.conf"
kernel_install "/boot/initrd.img-$KVER" >/dev/null 2>&1
check "so is an image that is there already" test ! -e "$ROOT/boot/$ID/$KVER/initrd"
rm -rf "${ROOT:?}/boot/$ID" "$ROOT/boot/loader" "$ROOT/etc/kernel/install.conf" "$ROOT/efi"

# At its prompt the system makes an image for the machine that it runs on, which comes out on its disk.
OWN=$WORK/own.img
boots_and_makes_its_own() {
    qemu/run -k "$ROOT/boot/vmlinuz-$KVER" -i "$IMAGE" -m 1024 -d "$DISK" -a "$CMDLINE" --log "$LOG" --timeout 600 \
        --type 'debian login: ?$ => root' --until 'reboot: Power down' --fail 'Kernel panic' --type \
        '# $ => kindling build -p host -o /own.img && kindling check --machine this-host /own.img; poweroff' || {
        tail -n 20 "$LOG"
        return 1
    }
}
console_shows() {
    grep -aE -- "$1" "$LOG" || {
        echo "$LOG"
        return 1
    }
}
own_image_comes_out() {
    debugfs -R "dump /own.img $OWN" "$DISK" && [ -s "$OWN" ] && [ "$(stat -c %s "$OWN")" -lt "$(stat -c %s "$IMAGE")" ]
}
boots_from_its_own() {
    qemu/run -k "$ROOT/boot/vmlinuz-$KVER" -i "$OWN" -m 1024 -d "$DISK" --snapshot -a "$CMDLINE" --log "$LOG" --timeout 240 \
        --until 'Welcome to .*Debian' --fail 'Kernel panic' || {
        tail -n 20 "$LOG"
        return 1
    }
}
image_is_of() {
    in_root kindling ls "/boot/initrd.img-$1" | grep "^lib/modules/$1/.*virtio_blk"
}
disk
LOG=$LOGS/${0##*/}-debian.log
check "the system boots, somebody logs in, it goes down again" boots_and_makes_its_own
check "by our image" console_shows 'kindling: '
check "by way of its login prompts" console_shows 'Reached target .*Login Prompts'
check "it made an image for its machine, and says that it boots" console_shows 'own.img boots on this-host'
check "which is smaller" own_image_comes_out
LOG=$LOGS/${0##*/}-own.log
check "and boots" boots_from_its_own

# A kernel of one's own: what `make modules_install install` in its tree comes to, by way of Debian's installkernel.
MINE=6.1.0-mine
cp -r "$ROOT/lib/modules/$KVER" "$ROOT/lib/modules/$MINE"
check "a self-built kernel's make install" in_root installkernel "$MINE" "/boot/vmlinuz-$KVER" "/boot/System.map-$KVER" /boot
check "makes its image" image_is_of "$MINE"
rm -rf "$ROOT/lib/modules/$MINE" "$ROOT"/boot/*-"$MINE"*

mkdir "$WORK/kept"
cp -r "$ROOT/lib/modules/$KVER" "$ROOT/boot/vmlinuz-$KVER" "$WORK/kept/"
check "apt removes the kernel" apt purge linux-image-cloud-amd64 "linux-image-$KVER"
check "its image goes with it" test -z "$(cd "$ROOT/boot" && find . -name 'initrd*')"
check "apt removes the package" apt remove kindling
check "its hooks are silent then" in_root /etc/kernel/postinst.d/kindling "$KVER" "/boot/vmlinuz-$KVER"
check "apt purges it" apt purge kindling
rm -rf "$ROOT/etc/kernel/postinst.d/dkms" "$ROOT/etc/kernel/postinst.d/zz-loader" "$ROOT/etc/initramfs"
nothing_is_left() {
    inventory | diff "$WORK/before" - | grep kindling && return 1
    return 0
}
check "nothing of it is left" nothing_is_left

# A Debian whose kernel is there before the package: its first installation makes the image, and says what it wrote.
new_root present
mkdir -p "$ROOT/lib/modules"
mv "$WORK/kept/$KVER" "$ROOT/lib/modules/"
mv "$WORK/kept/vmlinuz-$KVER" "$ROOT/boot/"
cp "$DEB" "$ROOT/tmp/kindling.deb"
says_what_it_wrote() {
    apt install /tmp/kindling.deb >"$WORK/said" 2>&1 || {
        tail -n 20 "$WORK/said"
        return 1
    }
    # dpkg has a terminal for it, on which how far it is stands before.
    tr '\r' '\n' <"$WORK/said" | sed 's/\x1b\[K//g' | grep '^kindling: ' | grep -v '^kindling: packing [0-9]* of [0-9]*$' >"$WORK/lines"
    cat "$WORK/lines"
    [ "$(wc -l <"$WORK/lines")" = 1 ] &&
        grep -qE "^kindling: wrote /boot/initrd\.img-$KVER: [0-9.]+ MB in [0-9.]+ s\$" "$WORK/lines"
}
check "the first installation with a kernel there says what it wrote, in one line" says_what_it_wrote
check "which is that kernel's image" image_is_of "$KVER"
done_testing
