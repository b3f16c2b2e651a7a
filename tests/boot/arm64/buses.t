#!/bin/bash
# arm64 on every bus with Debian 12's kernel, 6.1.
. "$(dirname "$0")/buses.sh"

use_kernel generic
on_all vm
on_all generic
on_bus sd /dev/mmcblk0p1
boots "checked by e2fsck" "root=LABEL=kindling-root fsck.mode=force" "$DISK" -- \
    "kindling: checking /dev/vda1, which was asked to be checked" "program e2fsck" "real-root: root /dev/vda1 ext4 ro,"

done_testing
