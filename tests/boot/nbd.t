#!/bin/bash
# A root on a disk of an NBD server's: the few that `make check` boots. The rest is in network/nbd.t.
. "$(dirname "$0")/network/lib.sh"

use_kernel cloud
image nbd -f nbd
disk root -t ext4 -p gpt -L netroot
serve_nbd root "$DISK" 10809 --read-only

boots "a file system on a disk of a server's" "root=LABEL=netroot netroot=nbd:10.0.2.2:root ip=dhcp" -- \
    "real-root: root /dev/nbd0p1 ext4 ro," "real-root: done"
fails "there is no such export" "root=nbd:10.0.2.2:other ip=dhcp" -- \
    "kindling: cannot open the NBD export other of 10.0.2.2:10809, from ens2 (10.0.2.15): the server has no such export"

done_testing
