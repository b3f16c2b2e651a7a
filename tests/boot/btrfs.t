#!/bin/bash
# A btrfs of several devices: no member alone can be mounted.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

use_kernel generic
image generic -p generic
UUID=6b6b6b6b-5555-4222-8333-0123456789ab
TWINS=6b6b6b6b-aaaa-4222-8333-0123456789ab
OTHER=6b6b6b6b-9999-4222-8333-0123456789ab

# The real mkfs in a machine of its own, because only a kernel can fill such a file system. Its /run is a subvolume, as
# some lay their systems out: another st_dev, but no mount.
make_members() {
    local root=$MADE/btrfs-maker library program
    rm -rf "$root" && qemu/mkroot "$root" && mkdir -p "$root/mnt" "$root/lib64" || return
    for program in mkfs.btrfs btrfs btrfstune; do
        cp "$(PATH=$PATH:/usr/sbin:/sbin command -v "$program")" "$root/sbin/" || return
    done
    while read -r library; do
        cp --parents "$library" "$root" || return
    done < <(ldd "$root"/sbin/{mkfs.btrfs,btrfs,btrfstune} | grep -o '/[^ ]*\.so[^ ]*' | sort -u)
    for applet in cp mkdir; do
        ln -s busybox "$root/bin/$applet"
    done
    cat >"$root/sbin/make" <<MAKE
#!/bin/sh
mkfs.btrfs -q -U $UUID -L members -d raid0 -m raid1 /dev/vdb /dev/vdc &&
    mount -t btrfs /dev/vdb /mnt && cp -a /bin /sbin /lib /lib64 /etc /mnt && mkdir /mnt/dev /mnt/proc /mnt/sys &&
    btrfs subvolume create /mnt/run && umount /mnt &&
    mkfs.btrfs -q -U $OTHER /dev/vdd && mount -t btrfs /dev/vdd /mnt && btrfs subvolume create /mnt/@data &&
    btrfs subvolume create /mnt/@ && cp -a /bin /sbin /lib /lib64 /etc /mnt/@ && mkdir /mnt/@/dev /mnt/@/proc /mnt/@/sys /mnt/@/run &&
    umount /mnt &&
    mkfs.btrfs -q /dev/vde && mount -t btrfs /dev/vde /mnt && cp -a /bin /sbin /lib /lib64 /etc /mnt && mkdir /mnt/dev /mnt/proc /mnt/sys /mnt/run &&
    umount /mnt && btrfstune -S 1 /dev/vde && mount -t btrfs /dev/vde /mnt && btrfs device add /dev/vdf /mnt &&
    umount /mnt && echo "members: made"
poweroff -f
MAKE
    chmod 755 "$root/sbin/make"
    qemu/mkdisk -t ext4 -p none "$MADE/btrfs-maker.img" "$root" &&
        rm -f "$MADE"/{member-a,member-b,subvolumes,seed,sprout}.img &&
        truncate -s 160M "$MADE"/{member-a,member-b,subvolumes,seed,sprout}.img &&
        qemu/run -k "$KERNEL/vmlinuz" -i "$IMAGE" -m 512 -d "$MADE/btrfs-maker.img,readonly" -d "$MADE/member-a.img" \
            -d "$MADE/member-b.img" -d "$MADE/subvolumes.img" \
            -d "$MADE/seed.img" -d "$MADE/sprout.img" -a "root=/dev/vda init=/sbin/make rd.driver.pre=btrfs panic=-1" \
            --log "$LOGS/btrfs-maker.log" --timeout 120 --until 'members: made' && touch "$MADE/members"
}

once "$MADE/members" make_members
A=$MADE/member-a.img
B=$MADE/member-b.img

boots "two devices, by UUID" "root=UUID=$UUID" "$A" "$B" -- "real-root: root /dev/vda btrfs ro," \
    "real-root: mounted dev proc sys run"
boots "two devices on two buses, by label, read-write" "root=LABEL=members rw" "$B,bus=virtio-scsi" "$A" -- "btrfs rw,"
fails "one of them is missing" "root=UUID=$UUID rd.timeout=1" "$A" -- \
    "kindling: only 1 of 2 devices of the btrfs on /dev/vda have come: attach the others, or boot with rootflags=degraded"
run_machine "degraded and rootwait" 'mounting it degraded, as asked' "root=UUID=$UUID rootwait rootflags=degraded" "$A"
check "rootwait does not wait for ever for members that degraded does without" \
    log_shows "kindling: not all members of the btrfs on /dev/vda have come: mounting it degraded, as asked"
fails "the same member twice: refused" "root=UUID=$UUID rd.timeout=8" "$A" "$A" "$B" -- "is ambiguous: /dev/vda and /dev/vdb"
fails "a system in a subvolume" "root=UUID=$OTHER" "$MADE/subvolumes.img" -- \
    "kindling: there is no /sbin/init, /etc/init or /bin/init on /dev/vda, but in these of its subvolumes: @: boot with rootflags=subvol= and one of them"
boots "a system in a subvolume that is named" "root=UUID=$OTHER rootflags=subvol=@" "$MADE/subvolumes.img" -- \
    "real-root: root /dev/vda btrfs ro,"

# A sprout has another UUID than the seed that it stands on.
for disks in "sprout seed" "seed sprout"; do
    boots "a sprout and its seed ($disks)" "root=UUID=$(blkid -p -o value -s UUID "$MADE/sprout.img") rw" \
        "$MADE/${disks% *}.img" "$MADE/${disks#* }.img" -- "real-root: root /dev/vd" "btrfs rw,"
done
fails "a sprout without its seed" "root=/dev/vda rd.timeout=1" "$MADE/sprout.img" -- \
    "kindling: only 1 of 2 devices of the btrfs on /dev/vda have come"
make_twins() {
    qemu/mkdisk -t btrfs -p none -U $TWINS "$1-1.img" && qemu/mkdisk -t btrfs -p none -U $TWINS "$1-2.img" && touch "$1"
}
once "$MADE/twins" make_twins "$MADE/twins"
fails "two of one UUID, each a whole of its own" "root=UUID=$TWINS" "$MADE/twins-1.img" "$MADE/twins-2.img" -- \
    "is ambiguous: /dev/vda and /dev/vdb"

done_testing
