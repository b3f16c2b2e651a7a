#!/bin/bash
# A root on an md array, with no option given; more layouts are in stacks/md.t.
. "$(dirname "$0")/lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
image md -f md

stack mirror 2 '
mdadm --create /dev/md/system --assume-clean --run --level=1 --raid-devices=2 --metadata=1.2 --homehost=elsewhere --name=system /dev/vda /dev/vdb
fill /dev/md/system -L on-md -U 6b6b6b6b-1111-4222-8333-0123456789ab
'
MIRROR=("${DISKS[@]}")
boots "a mirror, by the UUID of what lies on it" \
    "root=UUID=6b6b6b6b-1111-4222-8333-0123456789ab rd.info show=/run/udev/data/b9:127 show=/sys/block/md127/md/array_state show=/sys/module/md_mod/parameters/start_ro" \
    "${MIRROR[@]}" -- "kindling: the md array elsewhere:system is /dev/md127" "real-root: root /dev/md127 ext4 ro," \
    "real-root: file /run/udev/data/b9:127 E:LVM_MD_PV_ACTIVATED=1" "real-root: file /sys/block/md127/md/array_state read-auto" \
    "real-root: file /sys/module/md_mod/parameters/start_ro 0"
check "and nothing was loaded for other levels" log_lacks "module raid456" "module raid10" "module raid0"
# The kernel asks for the level's module, which needs one that /init has loaded.
check "nor anything twice" test "$(grep -ac '^real-root: timing .* module md_mod' "$LOG")" = 1
boots "by the name that its superblock gives it" "root=/dev/md/system rw" "${MIRROR[@]}" -- "real-root: root /dev/md127 ext4 rw,"
boots "with a member missing" "root=LABEL=on-md" "${MIRROR[1]}" -- \
    "kindling: starting the md array elsewhere:system degraded: of its 2 members, counted from 0, there is no member 0" \
    "real-root: root /dev/md127 ext4 ro,"
fails "which may be forbidden" "root=/dev/md/system rd.md.degraded=never rd.timeout=5" "${MIRROR[1]}" -- \
    "only 1 of 2 members of the md array elsewhere:system have come, without member 0, counted from 0: rd.md.degraded=never keeps it from starting"
fails "none where none is wanted" "root=LABEL=on-md rd.md=0 rd.timeout=1" "${MIRROR[@]}" -- "/dev/vda: a member of an md RAID array"

fails "a member that is there twice" "root=LABEL=on-md rd.timeout=1" "${MIRROR[0]}" "${MIRROR[0]}" "${MIRROR[1]}" -- \
    "it and /dev/vdb are the same member of the md array elsewhere:system: detach one of them"

# Where the root is elsewhere, and its name says so.
disk plain -t ext4 -p none -L plain
boots "a root that is on no array" "root=/dev/vda" "$DISK" "${MIRROR[@]}" -- "real-root: root /dev/vda ext4"
check "lets arrays be" log_lacks "unpack mdadm" "program mdadm" "md127"

stack parity 3 '
mdadm --create /dev/md0 --assume-clean --run --homehost=any --level=5 --raid-devices=3 --metadata=1.2 /dev/vda /dev/vdb /dev/vdc
fill /dev/md0 -L on-parity
'
PARITY=("${DISKS[@]}")
boots "RAID 5" "root=/dev/md0" "${DISKS[@]}" -- "real-root: root /dev/md0 ext4 ro,"
boots "RAID 5 with a member missing" "root=LABEL=on-parity rd.md.degraded=0" "${DISKS[2]}" "${DISKS[0]}" -- \
    "degraded: of its 3 members, counted from 0, there is no member 1" "real-root: root /dev/md0 ext4 ro,"
fails "RAID 5 with two missing" "root=LABEL=on-parity rd.timeout=5" "${DISKS[1]}" -- \
    ":0 have come, without member 0, 2, counted from 0" "no device is root=LABEL=on-parity"

# The superblock at the end: what lies at the beginning shows on each member.
stack partitions 2 '
mdadm --create /dev/md/whole --assume-clean --run --level=1 --raid-devices=2 --metadata=1.0 --homehost=any --name=whole /dev/vda /dev/vdb
printf "label: gpt\nsize=8M\nsize=48M, uuid=01020304-0506-4708-890A-0B0C0D0E0F10\n" | sfdisk /dev/md/whole
fill /dev/md127p2 -L second
'
for root in LABEL=second PARTUUID=01020304-0506-4708-890A-0B0C0D0E0F10 /dev/md/whole2 /dev/disk/by-id/md-name-any:whole-part2; do
    boots "a partition of an array: $root" "root=$root" "${DISKS[@]}" -- "real-root: root /dev/md127p2 ext4 ro,"
done

# What lacks something, and what check says of that.
checks() {
    local sentence=$1
    shift
    if ! "$KINDLING" check "$IMAGE" --machine q35-virtio --root "$1" 2>"$LOGS/md-check"; then
        grep -qF -- "$sentence" "$LOGS/md-check" && return
    fi
    cat "$LOGS/md-check"
    return 1
}
check "check walks through an array" "$KINDLING" check "$IMAGE" --machine q35-virtio --root "${PARITY[0]}"
image no-mdadm -f layers
fails "an image without mdadm" "root=LABEL=on-md rd.timeout=1" "${MIRROR[@]}" -- \
    "kindling: /dev/vda holds a member of an md RAID array, but this image has no /sbin/mdadm"
check "check says so" checks "a root on linux_raid_member wants /sbin/mdadm, which cannot run: it is not in this image (kindling build -f md)" "${MIRROR[0]}"
export KINDLING_ETC=$MADE/etc-few-levels
mkdir -p "$KINDLING_ETC/kindling/modules.d"
sed 's/ raid456//' modules.d/md >"$KINDLING_ETC/kindling/modules.d/md"
image few-levels -f md
fails "an image without the array's level" "root=LABEL=on-parity rd.timeout=1" "${PARITY[@]}" -- \
    "personality for level 5 is not loaded" \
    "is a part of, a member of an md RAID array: I/O error"
check "check says so, of the array's own level" checks "linux_raid_member (which asks for md-level-5) wants raid456, which kernel $KVER has, but this image has not" "${PARITY[0]}"
done_testing
