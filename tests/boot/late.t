#!/bin/bash
# Roots that come late, or among many: nothing polls, nothing is lost.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image vm
UUID=6b6b6b6b-1111-4222-8333-0123456789ab
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U $UUID

# The machine starts without the disk; once /init says that it waits, about eight seconds after the start, it is
# plugged in.
plug_in_late() {
    local socket waited=0
    socket=$(mktemp -u /tmp/kindling-qmp.XXXXXX)
    RUN_OPTIONS=(--qmp "$socket")
    rm -f "$LOGS"/late.t-*-"${1// /_}"*.log
    (
        until grep -qs 'still waiting' "$LOGS"/late.t-*-"${1// /_}"*.log || [ $((waited += 1)) -gt 300 ]; do
            sleep 0.1
        done
        qemu/qmp "$socket" \
            blockdev-add "{\"driver\": \"raw\", \"node-name\": \"late\", \"read-only\": true,
                \"file\": {\"driver\": \"file\", \"filename\": \"$PWD/$DISK\"}}" \
            device_add '{"driver": "virtio-blk-pci", "drive": "late"}'
    ) >"$LOGS/late.qmp" 2>&1 &
    boots "$1" "root=UUID=$UUID ${2-}" -- \
        "still waiting for root=UUID=$UUID after 5 s" "real-root: root /dev/vda1 ext4 ro,"
    wait
    rm -f "$socket"
    RUN_OPTIONS=()
}

plug_in_late "plugged in late"
longest_wait() {
    sed -n 's/.*timing \([0-9]*\) \([0-9]*\) wait events.*/\1 \2/p' "$LOG" | awk '$2 - $1 > most { most = $2 - $1 } END { print most }'
}
check "it slept until the event came: nothing polls" test "$(longest_wait)" -ge 2000000
plug_in_late "waited for without end" "rootwait rd.timeout=1"

many=()
once "$MADE/small.img" truncate -s 4M "$MADE/small.img"
for _ in $(seq 20); do
    many+=("$MADE/small.img")
done
boots "forty-one disks on two buses" "root=UUID=$UUID" "${many[@]}" "${many[@]/%/,bus=virtio-scsi}" \
    "$DISK,bus=virtio-scsi" -- "real-root: done"
boots "more events than the socket takes" "root=UUID=$UUID kindling.uevent_buffer=2304 rd.info" "${many[@]}" \
    "$DISK,bus=virtio-scsi" -- "kindling: the kernel sent more events than fit: walking through /sys again" "real-root: done"
boots "rootdelay= costs no time when the root is there" "root=/dev/vda1 rootdelay=1000" "$DISK" -- "real-root: root /dev/vda1"
fails "and is waited for when it is not" "root=/dev/vdz1 rootdelay=6 rd.timeout=1" "$DISK" -- \
    "no device is root=/dev/vdz1: none of those seen within 6 s has that name"

# The power button's driver is wanted from the start, and no disk is behind it.
image button -m button
boots "a root on a slow bus does not wait for what no disk is behind" "root=UUID=$UUID" "$DISK,bus=ide" -- \
    "module libata" "real-root: root /dev/sda1"
check "whose driver is left to the real root" log_lacks "module button"

done_testing
