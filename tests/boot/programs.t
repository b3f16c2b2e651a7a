#!/bin/bash
# A check by the system's own e2fsck, with the libraries that it is linked with, in the place of a static one.
. "$(dirname "$0")/lib.sh"
BOOT_LOADER=yes

export KINDLING_ETC=$MADE/etc-dynamic
mkdir -p "$KINDLING_ETC/kindling/modules.d"
echo 'program /sbin/e2fsck /sbin/e2fsck /usr/sbin/e2fsck' >"$KINDLING_ETC/kindling/modules.d/e2fsck"

use_kernel cloud
image dynamic-e2fsck
check "its libraries are in the image" sh -c "'$KINDLING' ls '$IMAGE' 'libext2fs.so.*' | grep ."
disk ext4-whole-small -t ext4 -p none -U 6b6b6b6b-4444-4222-8333-0123456789ab
GOOD=$DISK
DISK=$MADE/programs-unclean.img
cp "$GOOD" "$DISK"
PATH=$PATH:/usr/sbin:/sbin debugfs -w -R "set_super_value state 0" "$DISK" 2>/dev/null
boots "a dynamic e2fsck checks the root" "root=/dev/vda rw" "$DISK" -- \
    "kindling: checking /dev/vda, which was not cleanly unmounted" "real-root: root /dev/vda ext4 rw," "program e2fsck"
check "and was able to" log_lacks "did not work"

done_testing
