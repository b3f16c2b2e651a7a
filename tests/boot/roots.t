#!/bin/bash
# A root on virtio-blk, named in each way, mounted as asked, handed over as a real init expects.
. "$(dirname "$0")/lib.sh"

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
use_kernel cloud
image vm
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U $UUID

boots "by path, read-only unless asked" "root=/dev/vda1 one two=2 SEEN=yes -- three" "$DISK" -- \
    "real-root: pid 1" \
    "real-root: init /sbin/init" \
    "real-root: args one three" \
    "real-root: mounted dev proc sys run" \
    "real-root: root /dev/vda1 ext4 ro," \
    "real-root: modprobe /sbin/modprobe" \
    "real-root: signals SigBlk: 0000000000000000" \
    "real-root: variable SEEN=yes"
check "the timing of all steps was kept" log_shows ' step mounts' ' step devices' ' step fsck' ' step mount' ' step hand-over'
check "no module but those of the way to the root was loaded" test "$(grep -ac ' module ' "$LOG")" -le 8
check "a clean root is not checked" log_lacks e2fsck
# The shell's own: its script and the pipe that it reads readlink's answer from.
check "nothing but the console is left open" test -z "$(sed -n 's/^real-root: fd \(.*\)/\1/p' "$LOG" | tr -d '\r' |
    grep -vE '^([012] /dev/console|[0-9]+ /sbin/init|[0-9]+ pipe:.*)$')"

boots "by UUID in capitals, read-write" "root=UUID=${UUID^^} rw" "$DISK" -- \
    "real-root: root /dev/vda1 ext4 rw,"
boots "by label, with mount options" "root=LABEL=kindling-root rw rootflags=noatime,nodev,commit=7" "$DISK" -- \
    "real-root: root /dev/vda1 ext4 rw,nodev,noatime,commit=7"
boots "by udev's link" "root=/dev/disk/by-uuid/$UUID" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"
boots "init= is another program" "root=/dev/vda1 init=/sbin/other-init" "$DISK" -- "real-root: init /sbin/other-init"
boots "a wrong rootfstype= gives way to what is there" "root=/dev/vda1 rootfstype=xfs" "$DISK" -- \
    "kindling: /dev/vda1 is not rootfstype=xfs: trying ext4" "real-root: root /dev/vda1 ext4 ro,"
boots "the last word wins" "root=/dev/vdz9 rw root=/dev/vda1 ro" "$DISK" -- "real-root: root /dev/vda1 ext4 ro,"

disk ext4-whole -t ext4 -p none -L "my root"
boots "a label with a blank, on a disk without partitions" 'root="LABEL=my root"' "$DISK" -- \
    "real-root: root /dev/vda ext4 ro,"

done_testing
