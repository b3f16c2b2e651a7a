#!/bin/bash
# A root on an NFS server: the few that `make check` boots. The rest is in network/nfs.t.
. "$(dirname "$0")/network/lib.sh"

use_kernel cloud
image nfs -f nfs,overlay
test_root
serve_nfs "$ROOT_DIRECTORY" root

boots "NFS by dracut's word, in the newest version" "root=nfs:10.0.2.2:/root ip=dhcp rw" -- \
    "real-root: root 10.0.2.2:/root nfs4 rw,relatime,vers=4.2," "real-root: done"
boots "by IPv6, in the network that a router tells of" "root=nfs:[fec0::2]:/root ip=auto6" -- \
    "real-root: root [fec0::2]:/root nfs4 ro," "real-root: done"
fails "there is no such export" "root=10.0.2.2:/other ip=dhcp" -- \
    "kindling: cannot mount 10.0.2.2:/other by NFS from ens2 (10.0.2.15): the server has no such directory, or does not export it"

done_testing
