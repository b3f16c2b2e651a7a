#!/bin/bash
# A root on an md array: found with no option given, started with a member missing, in partitions or over the whole disk.
. "$(dirname "$0")/lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
image md -f md

stack mirror 2 '
mdadm --create /dev/md/system --assume-clean --run --level=1 --raid-devices=2 --metadata=1.2 --homehost=elsewhere --name=system /dev/vda /dev/vdb
fill /dev/md/system -L on-md -U 6b6b6b6b-1111-4222-8333-0123456789ab
'
boots "a mirror, by UUID" "root=UUID=6b6b6b6b-1111-4222-8333-0123456789ab rd.info" "${DISKS[@]}" -- \
    "kindling: the md array elsewhere:system is /dev/md127" "real-root: root /dev/md127 ext4 ro,"
boots "by the array's name" "root=/dev/md/system rw" "${DISKS[@]}" -- "real-root: root /dev/md127 ext4 rw,"
boots "one member is missing" "root=LABEL=on-md" "${DISKS[1]}" -- \
    "kindling: starting the md array elsewhere:system degraded: of its 2 members, counted from 0, there is no member 0" \
    "real-root: root /dev/md127 ext4 ro,"
done_testing
