#!/bin/bash
# Arrays of every level and metadata format, whole and not: run by `make check-stacks`.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image md -f md
CREATE="mdadm --create --assume-clean --run --homehost=any"

for metadata in 0.90 1.0 1.1; do
    stack "metadata-$metadata" 2 "
$CREATE /dev/md7 --level=1 --raid-devices=2 --metadata=$metadata /dev/vda /dev/vdb
fill /dev/md7 -L on-md
"
    boots "metadata $metadata" "root=LABEL=on-md" "${DISKS[@]}" -- "real-root: root /dev/md7 ext4 ro,"
    boots "metadata $metadata, by the array, with a member missing" "root=/dev/md7 rd.md.degraded=0" "${DISKS[1]}" -- \
        "there is no member 0" "real-root: root /dev/md7 ext4 ro,"
done

# level LEVEL MEMBERS NEEDED: boots from all, and from as few as it needs; not from fewer.
level() {
    stack "level-$1" "$2" "
$CREATE /dev/md/root --level=$1 --raid-devices=$2 --metadata=1.2 --name=root $(printf '/dev/vd%s ' a b c d | cut -d ' ' -f "1-$2")
fill /dev/md/root -L on-md
"
    boots "level $1" "root=/dev/md/root" "${DISKS[@]}" -- "real-root: root /dev/md127 ext4 ro,"
    [ "$3" = "$2" ] || boots "level $1 of $3" "root=LABEL=on-md rd.md.degraded=0" "${DISKS[@]:$2-$3}" -- \
        "starting the md array any:root degraded" "real-root: root /dev/md127 ext4 ro,"
    fails "level $1 of $(($3 - 1))" "root=LABEL=on-md rd.md.degraded=0 rd.timeout=1" "${DISKS[@]:$2-$3+1}" -- \
        "$(($3 - 1)) of $2 members of the md array any:root have come"
}
level linear 2 2
level 0 2 2
level 4 3 2
level 6 4 2
level 10 4 3

stack far-copies 3 "
$CREATE /dev/md/root --level=10 --layout=f2 --raid-devices=3 --metadata=1.2 --name=root /dev/vda /dev/vdb /dev/vdc
fill /dev/md/root -L on-md
"
boots "far copies, two of three" "root=LABEL=on-md rd.md.degraded=0" "${DISKS[@]:1}" -- "real-root: root /dev/md127 ext4 ro,"
fails "far copies, one of three" "root=LABEL=on-md rd.md.degraded=0 rd.timeout=1" "${DISKS[@]:2}" -- "only 1 of 3 members"

stack in-partitions 2 "
for disk in vda vdb; do
    printf 'label: gpt\nsize=8M\nsize=+\n' | sfdisk /dev/\$disk
done
$CREATE /dev/md/root --level=1 --raid-devices=2 --metadata=0.90 /dev/vda2 /dev/vdb2
fill /dev/md/root -L on-md
"
boots "in the disks' last partitions" "root=LABEL=on-md" "${DISKS[@]}" -- "real-root: root /dev/md127 ext4 ro,"
boots "in one of them" "root=LABEL=on-md" "${DISKS[0]}" -- "there is no member 1" "real-root: root /dev/md127 ext4 ro,"

stack nested 4 "
$CREATE /dev/md1 --level=1 --raid-devices=2 --metadata=1.2 /dev/vda /dev/vdb
$CREATE /dev/md2 --level=1 --raid-devices=2 --metadata=1.2 /dev/vdc /dev/vdd
$CREATE /dev/md3 --level=0 --raid-devices=2 --metadata=1.2 /dev/md1 /dev/md2
fill /dev/md3 -L on-md
mdadm --stop /dev/md3
"
boots "arrays of arrays" "root=LABEL=on-md" "${DISKS[@]}" -- "real-root: root /dev/md3 ext4 ro,"
boots "with half of each missing" "root=LABEL=on-md" "${DISKS[0]}" "${DISKS[3]}" -- "real-root: root /dev/md3 ext4 ro,"

# The first went on without the second, which is not one of the array's members any more.
stack stale 2 "
$CREATE /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 /dev/vda /dev/vdb
fill /dev/md0 -L before
mdadm --stop /dev/md0
mdadm --assemble --run /dev/md0 /dev/vda
fill /dev/md0 -L after
"
boots "a member that was left behind is not needed" "root=LABEL=after" "${DISKS[0]}" -- "real-root: root /dev/md0 ext4 ro,"
check "nor waited for" log_lacks "degraded"
for disks in "0 1" "1 0"; do
    boots "and does not count when it is there ($disks)" "root=LABEL=after" "${DISKS[${disks% *}]}" "${DISKS[${disks#* }]}" -- \
        "md/raid1:md0: active with 1 out of 2 mirrors" "real-root: root /dev/md0 ext4 ro,"
done

# A spare is no member yet, and an array that was never in step may be resynchronised by the real root.
stack spare 3 "
mdadm --create /dev/md0 --run --homehost=any --level=1 --raid-devices=2 --spare-devices=1 --metadata=1.2 /dev/vda /dev/vdb /dev/vdc
fill /dev/md0 -L on-md
"
boots "with a spare, not in step" "root=LABEL=on-md show=/sys/block/md0/md/sync_action" "${DISKS[@]}" -- \
    "real-root: root /dev/md0 ext4 ro,"
boots "the spare comes first, a member is missing" "root=LABEL=on-md" "${DISKS[2]}" "${DISKS[1]}" -- \
    "there is no member 0" "real-root: root /dev/md0 ext4 ro,"
fails "the spare alone" "root=LABEL=on-md rd.timeout=5" "${DISKS[2]}" -- "only 0 of 2 members of the md array any:0 have come"

# Which arrays, and by whose names.
UUID=$(blkid -p -o value -s UUID "${DISKS[0]}")
boots "the array that is named" "root=/dev/md0 rd.md.uuid=01020304:05060708:090a0b0c:0d0e0f10 rd.md.uuid=${UUID//-/}" "${DISKS[@]}" -- \
    "real-root: root /dev/md0 ext4 ro,"
fails "no other" "root=/dev/md0 rd.info rd.md.uuid=01020304:05060708:090a0b0c:0d0e0f10 rd.timeout=1" "${DISKS[@]}" -- \
    "kindling: /dev/vda is a member of the md array any:0, which rd.md.uuid= does not name"
boots "without mdadm.conf" "root=/dev/md0 rd.md.conf=0" "${DISKS[@]}" -- "real-root: root /dev/md0 ext4 ro,"

# A member that is plugged in later.
late_member() {
    local socket waited=0
    socket=$(mktemp -u /tmp/kindling-qmp.XXXXXX)
    rm -f "$LOGS"/md.t-*-a_late_member.log
    RUN_OPTIONS=(--qmp "$socket")
    (
        until grep -qs 'still waiting' "$LOGS"/md.t-*-a_late_member.log || [ $((waited += 1)) -gt 600 ]; do
            sleep 0.1
        done
        qemu/qmp "$socket" \
            blockdev-add "{\"driver\": \"raw\", \"node-name\": \"late\", \"read-only\": false,
                \"file\": {\"driver\": \"file\", \"filename\": \"$PWD/$2\"}}" \
            device_add '{"driver": "virtio-blk-pci", "drive": "late"}'
    ) >"$LOGS/late-member.qmp" 2>&1 &
    boots "a late member" "root=LABEL=on-md rd.md.degraded=never" "$1" -- "still waiting for root=LABEL=on-md after 5 s" \
        "active with 2 out of 2 mirrors" "real-root: root /dev/md7 ext4 ro,"
    wait
    rm -f "$socket"
    RUN_OPTIONS=()
}
stack metadata-1.1 2 "
$CREATE /dev/md7 --level=1 --raid-devices=2 --metadata=1.1 /dev/vda /dev/vdb
fill /dev/md7 -L on-md
"
cp --sparse=always "${DISKS[1]}" "$MADE/late-member.img"
late_member "${DISKS[0]}" "$MADE/late-member.img"

# After a system that has written, however it ended.
is_clean_array() {
    local disk
    for disk in "$@"; do
        mdadm --examine "$disk" | grep -E 'State : (clean|active)' | tee "$LOGS/md-state" | grep -q 'State : clean' || { cat "$LOGS/md-state" && return 1; }
    done
}
COPIES=("$MADE/written-1.img" "$MADE/written-2.img")
written() {
    cp --sparse=always "${DISKS[0]}" "${COPIES[0]}" && cp --sparse=always "${DISKS[1]}" "${COPIES[1]}"
    SNAPSHOT='' run_machine "$@" "${COPIES[@]}"
}
written "written and powered off" '' "root=LABEL=on-md rw"
check "it was written to" log_shows "real-root: root /dev/md7 ext4 rw," "real-root: done"
check "an array is clean after that" is_clean_array "${COPIES[@]}"
# shellcheck disable=SC2016
written "taken down from outside" '' 'root=LABEL=on-md rw kindling.shutdown init=/bin/sh -- -c "cd /run/initramfs; busybox mkdir dev proc sys run oldroot; mount -o bind . .; cd /run/initramfs; for d in dev proc sys; do mount -o move /$d $d; done; busybox pivot_root . oldroot; exec /shutdown poweroff <dev/console >dev/console 2>&1"'
check "/run/initramfs/shutdown stops arrays" log_shows "the old root is unmounted" "the md array md7 is stopped"
check "and they are clean" is_clean_array "${COPIES[@]}"
done_testing
