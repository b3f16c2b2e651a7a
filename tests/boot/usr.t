#!/bin/bash
# /usr on a file system of its own, and the options that the root's fstab wants.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image vm

USR=6b6b6b6b-6666-4222-8333-0123456789ab
OTHER=6b6b6b6b-7777-4222-8333-0123456789ab

# A root whose init and all that it runs lie on /usr, as merged roots have it.
make_roots() {
    local root=$MADE/usr-root
    rm -rf "$root" "$root-usr"
    mkdir -p "$root"
    qemu/mkroot "$root"
    mkdir -p "$root-usr"
    mv "$root/bin" "$root/sbin" "$root-usr/"
    mkdir "$root/usr"
    ln -s usr/bin "$root/bin"
    ln -s usr/sbin "$root/sbin"
    # shellcheck disable=SC2016
    sed -i 's|^    \[ "$path" = / \] .*|    [ "$type" != rootfs ] \&\& say "mount $path $device $type $options"|' "$root-usr/sbin/init"
    qemu/mkdisk -t ext4 -p none -L "my usr" -U $USR "$MADE/usr.img" "$root-usr"
    qemu/mkdisk -t xfs -p none -U $OTHER "$MADE/usr-xfs.img" "$root-usr"
}
once "$MADE/usr-xfs.img" make_roots

# root_with NAME FSTAB-LINE...: ROOT, a root with that fstab.
root_with() {
    ROOT=$MADE/usr-root-$1.img
    printf '%b\n' "${@:2}" >"$MADE/usr-root/etc/fstab"
    qemu/mkdisk -t ext4 -p none "$ROOT" "$MADE/usr-root"
}

root_with by-uuid "# <file system> <mount point> <type> <options> <dump> <pass>" "UUID=$USR /usr ext4 defaults,nodev 0 2" \
    "UUID=00000000-0000-4000-8000-000000000000 none swap sw 0 0"
boots "named by the fstab" "root=/dev/vda show=/run/initramfs/fsck.log" "$ROOT" "$MADE/usr.img" -- \
    "real-root: mount /usr /dev/vdb ext4 ro,nodev," "real-root: mount / /dev/vda ext4 ro," "/dev/vdb: clean"
root_with long "$(yes '# a line of a long fstab' | head -n 4000)" "UUID=$USR /usr ext4 defaults 0 2"
boots "named at the end of a long fstab" "root=/dev/vda" "$ROOT" "$MADE/usr.img" -- "real-root: mount /usr /dev/vdb ext4 ro,"
root_with by-uuid "UUID=$USR /usr ext4 defaults,nodev 0 2"
boots "read-write with the root" "root=/dev/vda rw" "$ROOT" "$MADE/usr.img" -- "real-root: mount /usr /dev/vdb ext4 rw,nodev,"
boots "mount.usr= wins" "root=/dev/vda mount.usr=UUID=$OTHER mount.usrfstype=xfs mount.usrflags=noexec,exec,noatime" \
    "$ROOT" "$MADE/usr.img" "$MADE/usr-xfs.img" -- "real-root: mount /usr /dev/vdc xfs ro,noatime,"
fails "its device never comes" "root=/dev/vda rd.timeout=5" "$ROOT" -- \
    "kindling: cannot mount UUID=$USR on /usr: no device that was seen has that name" \
    "kindling: failed step=usr object=\"UUID=$USR\""
fails "two devices have its name" "root=/dev/vda" "$ROOT" "$MADE/usr.img" "$MADE/usr.img" -- \
    "kindling: cannot mount UUID=$USR on /usr: several devices have that name"

cp "$MADE/usr.img" "$MADE/usr-unclean.img"
debugfs -w -R "set_super_value state 0" "$MADE/usr-unclean.img" 2>/dev/null
boots "not cleanly unmounted: checked before it is mounted" "root=/dev/vda rw show=/run/initramfs/fsck-usr" \
    "$ROOT" "$MADE/usr-unclean.img" -- "kindling: checking /dev/vdb, which was not cleanly unmounted" \
    "real-root: file /run/initramfs/fsck-usr" "real-root: mount /usr /dev/vdb ext4 rw,"
check "the flag is there" log_lacks "can't open '/run/initramfs/fsck-usr'"

root_with escapes "LABEL=my\\\\040usr\t/usr/\tauto\tro\t0\t0"
boots "a label with a blank, read-only though the root is not; not to be checked" "root=/dev/vda rw" \
    "$ROOT" "$MADE/usr-unclean.img" -- "real-root: mount /usr /dev/vdb ext4 ro," "real-root: mount / /dev/vda ext4 rw,"
check "nobody checked it" log_lacks "kindling: checking"

# By its type alone: the root has an empty directory, and nobody says what for.
# usr_beside NAME TYPES...: DISK, a disk of a root and of a /usr for each type.
usr_beside() {
    local type at=40
    DISK=$MADE/usr-beside-$1.img
    shift
    rm -f "$DISK" && truncate -s 256M "$DISK"
    { printf 'label: gpt\nstart=1MiB, size=38MiB, type=linux\n' && for type; do
        printf 'start=%sMiB, size=38MiB, type=%s\n' $at "$type" && at=$((at + 40))
    done; } | sfdisk -q "$DISK"
    dd if="$ROOT" of="$DISK" bs=1M seek=1 conv=notrunc,sparse status=none
    at=40
    for type; do
        dd if="$MADE/usr.img" of="$DISK" bs=1M seek=$at conv=notrunc,sparse status=none && at=$((at + 40))
    done
}
USR_TYPE=8484680C-9521-48C6-9C11-B0720656F69E
root_with nothing ""
usr_beside one "$USR_TYPE"
boots "by its type" "root=/dev/vda1" "$DISK" -- "real-root: mount /usr /dev/vda2 ext4 ro,"
usr_beside no-auto "$USR_TYPE, attrs=GUID:63"
fails "which may forbid it" "root=/dev/vda1" "$DISK" -- "kindling: there is no /sbin/init, /etc/init or /bin/init on /dev/vda1"
usr_beside damaged "$USR_TYPE"
dd if=/dev/zero of="$DISK" bs=1M seek=40 count=1 conv=notrunc status=none
fails "one that cannot be mounted, which no fstab calls nofail" "root=/dev/vda1" "$DISK" -- "kindling: cannot mount /dev/vda2" \
    'kindling: failed step=usr'
usr_beside two "$USR_TYPE" "$USR_TYPE"
fails "two of the type" "root=/dev/vda1" "$DISK" -- \
    "kindling: both /dev/vda2 and /dev/vda3 are of the type of a /usr: none is mounted"
root_with elsewhere "server:/usr /usr nfs defaults 0 0"
usr_beside elsewhere "$USR_TYPE"
fails "the fstab says otherwise" "root=/dev/vda1" "$DISK" -- "kindling: there is no /sbin/init, /etc/init or /bin/init on /dev/vda1"

# The root has an init here, and what its fstab says of /usr is not the initramfs's business, or not to be insisted on.
disk ext4-whole -t ext4 -p none -L "my root"
root=$MADE/root-with-fstab
# own_root NAME FSTAB-LINE...: a root that needs no /usr.
own_root() {
    ROOT=$MADE/own-root-$1.img
    [ -L "$root/usr" ] || mkdir -p "$root/usr"
    qemu/mkroot "$root"
    printf '%b\n' "${@:2}" >"$root/etc/fstab"
    qemu/mkdisk -t ext4 -p none "$ROOT" "$root"
}
own_root nofail "UUID=$USR /usr ext4 nofail,x-systemd.device-timeout=1 0 2"
boots "nofail: the boot goes on" "root=/dev/vda rd.timeout=5" "$ROOT" -- \
    "kindling: the fstab does not insist on /usr (nofail): the boot goes on without it"
own_root others "server:/usr /usr nfs defaults 0 0"
boots "/usr on a network: left to the root's init" "root=/dev/vda" "$ROOT" -- "real-root: done"
rm -rf "${root:?}/usr"
mkdir -p "$root/srv"
ln -sfn ../../../srv "$root/usr"
own_root link "UUID=$USR /usr ext4 defaults 0 0"
boots "a /usr that leads out of the root stays in it" "root=/dev/vda show=/proc/mounts" "$ROOT" "$MADE/usr.img" -- \
    "/dev/vdb /srv ext4 ro,"
rm -rf "${root:?}/usr" "${root:?}/srv"
own_root nowhere "UUID=$USR /usr ext4 defaults 0 0"
rm -rf "${root:?}/usr"
qemu/mkdisk -t ext4 -p none "$ROOT" "$root"
fails "the root has no directory for it" "root=/dev/vda" "$ROOT" "$MADE/usr.img" -- \
    "kindling: the root has no directory /usr to mount UUID=$USR on: No such file or directory"

own_root options "/dev/vda / ext4 rw,noatime,nodev,data=journal,errors=remount-ro,x-systemd.growfs 0 1"
boots "the root's options of its fstab; its rw is for its own init" "root=/dev/vda" "$ROOT" -- \
    "real-root: root /dev/vda ext4 ro,nodev,noatime," "errors=remount-ro,data=journal"
boots "rootflags= wins" "root=/dev/vda rw rootflags=relatime" "$ROOT" -- "real-root: root /dev/vda ext4 rw,relatime"
own_root debian "/dev/vda / ext4 errors=remount-ro 0 1"
boots "Debian's usual options" "root=/dev/vda" "$ROOT" -- "real-root: root /dev/vda ext4 ro,relatime,errors=remount-ro"
own_root nonsense "/dev/vda / ext4 nosuch=option 0 1"
boots "options that make no sense are left out" "root=/dev/vda" "$ROOT" -- \
    "kindling: /dev/vda cannot be mounted with the options of its fstab, nosuch=option (Invalid argument): they are left out" \
    "real-root: root /dev/vda ext4 ro,relatime"

use_kernel generic
image vm
root_with late "UUID=$USR /usr ext4 defaults 0 2"
boots "on a slower bus than the root" "root=/dev/vda" "$ROOT" "$MADE/usr.img,bus=usb" -- "real-root: mount /usr /dev/sda ext4 ro,"

done_testing
