#!/bin/bash
# A root on a disk by ATA over Ethernet, which needs a card and no address.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image aoe -f aoe
disk plain -t ext4 -p none -L plain
wire
RUN_OPTIONS=(-- "${WIRE[@]}")
vblade -r 0 1 wire "$DISK" >"$SERVERS/vblade.log" 2>&1 &
boots "by its own name" "root=aoe:e0.1" -- "real-root: root /dev/etherd/e0.1 ext4 ro,"
boots "by its label, in Alpine's word" "root=LABEL=plain aoe=e0.1" -- "real-root: root /dev/etherd/e0.1 ext4 ro,"
fails "no such disk" "root=aoe:e0.2 rd.timeout=5" -- "kindling: no server of the AoE disk e0.2 answers on any card"

done_testing
