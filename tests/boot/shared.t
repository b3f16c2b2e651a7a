#!/bin/bash
# A root that the host shares as a directory.
. "$(dirname "$0")/lib.sh"

use_kernel generic
image vm
once "$MADE/root" qemu/mkroot "$MADE/root"

RUN_OPTIONS=(--9p "$MADE/root,rootshare")
boots "9p by its tag" "root=rootshare rootfstype=9p rw" -- "real-root: root rootshare 9p rw," "real-root: done"
boots "9p with mount options" "root=rootshare rootfstype=9p rootflags=noatime,cache=none" -- "real-root: root rootshare 9p ro,"
fails "no such tag" "root=elsewhere rootfstype=9p rd.timeout=1" -- \
    "kindling: no directory is shared as 9p with the tag elsewhere (No such file or directory): check the hypervisor's options"
RUN_OPTIONS=(--virtiofs "$MADE/root,rootshare")
boots "virtiofs by its tag" "root=rootshare rootfstype=virtiofs rw" -- "real-root: root rootshare virtiofs rw," "real-root: done"
fails "no such tag of virtiofs" "root=elsewhere rootfstype=virtiofs rd.timeout=1" -- \
    "kindling: no directory is shared as virtiofs with the tag elsewhere"
RUN_OPTIONS=(--9p "$MADE/root,rootshare")
use_kernel cloud
image vm
fails "a kernel without 9p" "root=rootshare rootfstype=9p rd.timeout=1" -- \
    "kindling: cannot mount rootshare as 9p: neither this kernel nor this image has that file system"

done_testing
