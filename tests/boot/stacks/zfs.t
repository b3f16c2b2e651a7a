#!/bin/bash
# Roots in ZFS pools, by Debian's zfsutils-linux and zfs-dkms. The modules are built once, see qemu/fetch-zfs.
. "$(dirname "$0")/../lib.sh"

use_kernel cloud
if ! ZFS=$(qemu/fetch-zfs) || ! PROGRAMS=$(qemu/fetch-sysroot --component contrib zfsutils-linux busybox-static e2fsck-static); then
    bail_out "no zfs: see above"
fi
MEMORY=512

# The kernel with what DKMS would have put beside its own modules.
kernel_with_zfs() {
    rm -rf "$1" && mkdir -p "$1/lib/modules" && cp -r "$KERNEL/lib/modules/$KVER" "$1/lib/modules" &&
        mkdir -p "$1/lib/modules/$KVER/updates/dkms" && cp "$ZFS"/*.ko "$1/lib/modules/$KVER/updates/dkms" &&
        ln -s "$KERNEL/boot" "$1/boot" && ln -s "boot/vmlinuz-$KVER" "$1/vmlinuz" && cp "$KERNEL/release" "$1"
}
PLAIN=$KERNEL
once "$MADE/zfs-kernel" kernel_with_zfs "$MADE/zfs-kernel"
KERNEL=$MADE/zfs-kernel
image zfs -f zfs,overlay --sysroot "$PROGRAMS"

# zpool takes a whole disk only where udev tells it of the partitions that it makes.
make_disks() {
    local disk
    for disk in "$MADE"/zfs-pool-{a,b,c,d,e,f}.img; do
        rm -f "$disk" && truncate -s 256M "$disk" && echo 'label: gpt
start=1MiB' | PATH=$PATH:/usr/sbin:/sbin sfdisk -q "$disk" || return
    done
}

# Only a kernel can make pools. The last one stays another system's: it is not exported.
make_pools() {
    local root=$MADE/zfs-maker program library
    rm -rf "$root" && qemu/mkroot "$root" && mkdir -p "$root"/{mnt,lib64,lib/x86_64-linux-gnu} || return
    for program in zpool zfs; do
        cp "$PROGRAMS/sbin/$program" "$root/sbin/" || return
    done
    cp "$PROGRAMS"/lib64/ld-linux-x86-64.so.2 "$root/lib64/" || return
    while read -r library; do
        cp -L "$library" "$root/lib/x86_64-linux-gnu/" || return
    done < <("$PROGRAMS/lib64/ld-linux-x86-64.so.2" --library-path "$PROGRAMS/lib/x86_64-linux-gnu:$PROGRAMS/usr/lib/x86_64-linux-gnu" \
        --list "$PROGRAMS/sbin/zfs" | grep -o "$PROGRAMS/[^ ]*" | grep -v ld-linux)
    cp "$PROGRAMS/usr/lib/x86_64-linux-gnu/libgcc_s.so.1" "$root/lib/x86_64-linux-gnu/" 2>/dev/null
    for program in cp mkdir; do
        ln -s busybox "$root/bin/$program"
    done
    cat >"$root/sbin/make" <<'MAKE'
#!/bin/sh
set -ex
fill() {
    mount -t zfs "$1" /mnt
    cp -a /bin /sbin /lib /lib64 /etc /mnt
    mkdir /mnt/dev /mnt/proc /mnt/sys /mnt/run
    umount /mnt
}
make() {
    zpool create -o cachefile=none -O mountpoint=none -O canmount=off "$@"
}
make tank /dev/vdb1
zfs create -o mountpoint=none tank/ROOT
zfs create -o mountpoint=/ -o canmount=noauto tank/ROOT/debian
fill tank/ROOT/debian
zfs create -o mountpoint=legacy tank/legacy
fill tank/legacy
echo 'open sesame' | zfs create -o encryption=on -o keyformat=passphrase -o mountpoint=legacy tank/secret
zpool set bootfs=tank/ROOT/debian tank
make twins mirror /dev/vdc1 /dev/vdd1
zfs create -o mountpoint=legacy twins/root
fill twins/root
make striped /dev/vde1 /dev/vdf1
zfs create -o mountpoint=legacy striped/root
fill striped/root
zpool export -a
echo 3735928559 >/sys/module/spl/parameters/spl_hostid
make foreign /dev/vdg1
zfs create -o mountpoint=legacy foreign/root
fill foreign/root
sync
echo "pools: made"
poweroff -f
MAKE
    chmod 755 "$root/sbin/make"
    qemu/mkdisk -t ext4 -p none "$MADE/zfs-maker.img" "$root" && make_disks &&
        qemu/run -k "$(kernel_to_boot)" -i "$IMAGE" -m 768 -d "$MADE/zfs-maker.img,readonly" -d "$MADE/zfs-pool-a.img" \
            -d "$MADE/zfs-pool-b.img" -d "$MADE/zfs-pool-c.img" -d "$MADE/zfs-pool-d.img" -d "$MADE/zfs-pool-e.img" -d "$MADE/zfs-pool-f.img" \
            -a "root=/dev/vda init=/sbin/make rd.driver.pre=zfs panic=-1" \
            --log "$LOGS/zfs-maker.log" --timeout 400 --until 'pools: made' --fail 'Kernel panic' && touch "$MADE/zfs-pools"
}
once "$MADE/zfs-pools" make_pools
A=$MADE/zfs-pool-a.img B=$MADE/zfs-pool-b.img C=$MADE/zfs-pool-c.img D=$MADE/zfs-pool-d.img F=$MADE/zfs-pool-f.img

boots "by zfs:" "root=zfs:tank/ROOT/debian" "$A" -- "real-root: root tank/ROOT/debian zfs rw,"
boots "by ZFS=, a legacy mount point, read-write" "root=ZFS=tank/legacy rw" "$A" -- "real-root: root tank/legacy zfs rw,"
boots "by zfs=, read-write though GRUB writes ro" "root=zfs zfs=tank/legacy ro" "$A" -- "real-root: root tank/legacy zfs rw,"
boots "by boot=zfs" "root=tank/legacy boot=zfs" "$A" -- "real-root: root tank/legacy zfs rw,"
boots "by what the pool says" "root=zfs:AUTO" "$A" -- "real-root: root tank/ROOT/debian zfs rw,"
boots "by what one of two pools says" "root=zfs:AUTO" "$D" "$B" "$C" "$A" -- "real-root: root tank/ROOT/debian zfs rw,"
boots "a mirror" "root=zfs:twins/root rd.info" "$A" "$B" "$C" -- "kindling: the ZFS pool twins is imported" "real-root: root twins/root zfs rw,"
check "and no other pool" log_lacks "pool tank"
boots "under rd.overlay" "root=zfs:tank/ROOT/debian rd.overlay show=/proc/mounts" "$A" -- \
    "real-root: root overlay overlay rw," "tank/ROOT/debian /run/rootfsbase zfs ro,"
boots "half of a mirror" "root=zfs:twins/root" "$C" -- \
    "kindling: only 1 of 2 devices of the ZFS pool twins have come: it is degraded" "real-root: root twins/root zfs rw,"
fails "half of a stripe" "root=zfs:striped/root rd.timeout=5" "$D" -- \
    "kindling: only 1 of 2 devices of the ZFS pool striped have come, and zpool does not import it without the others: cannot import 'striped': "
fails "a pool of another system" "root=zfs:foreign/root" "$F" -- \
    "kindling: the ZFS pool foreign was previously in use from another system, and is not imported: boot with zfs_force=1 if that one no longer uses it"
boots "a pool of another system, by force" "root=zfs:foreign/root zfs_force=1" "$F" -- "real-root: root foreign/root zfs rw,"
fails "an enciphered dataset" "root=zfs:tank/secret" "$A" -- \
    "kindling: cannot mount the dataset tank/secret: it is enciphered, and kindling does not load its key"
fails "no such dataset" "root=zfs:tank/nothing" "$A" -- \
    "kindling: cannot mount the dataset tank/nothing as zfs: its pool has no such dataset"
fails "no such pool" "root=zfs:nowhere/root rd.timeout=2" "$A" -- \
    "kindling: no disk that was seen is of the ZFS pool of the root, nowhere/root"

KERNEL=$PLAIN
image plain
fails "an image without it" "root=zfs:tank/ROOT/debian" "$A" -- \
    "kindling: the root, tank/ROOT/debian, is in a ZFS pool, and this image has no /sbin/zpool: kindling build -f zfs, where its package zfsutils-linux and the module zfs are installed"
done_testing
