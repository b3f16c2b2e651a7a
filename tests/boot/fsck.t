#!/bin/bash
# ext file systems that were really damaged: what e2fsck says decides, and nothing is mounted against its word.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image vm
disk ext4-whole-small -t ext4 -p none -U 6b6b6b6b-4444-4222-8333-0123456789ab
GOOD=$DISK

# damaged NAME DEBUGFS-COMMAND...: a copy of the good disk, damaged.
damaged() {
    local command
    DISK=$MADE/fsck-$1.img
    shift
    cp "$GOOD" "$DISK"
    for command in "$@"; do
        PATH=$PATH:/usr/sbin:/sbin debugfs -w -R "$command" "$DISK" 2>/dev/null
    done
}

damaged unclean "set_super_value state 0"
boots "not cleanly unmounted: checked, then mounted" "root=/dev/vda rw" "$DISK" -- \
    "kindling: checking /dev/vda, which was not cleanly unmounted" "real-root: root /dev/vda ext4 rw," "program e2fsck"
boots "the same with fsck.mode=skip" "root=/dev/vda fsck.mode=skip" "$DISK" -- "real-root: root /dev/vda ext4 ro,"
check "it was not checked" log_lacks "checking /dev/vda"

damaged refused "clri /etc/passwd" "set_super_value state 0" "set_inode_field /bin/busybox links_count 7" "clri /bin"
fails "damage that -p refuses: never mounted" "root=/dev/vda rw" "$DISK" -- \
    "kindling: e2fsck left errors on /dev/vda that need a person" 'kindling: failed step=fsck object="/dev/vda" reason="errors left"'

boots "a clean one, checked because it was asked for" "root=/dev/vda forcefsck" "$GOOD" -- \
    "kindling: checking /dev/vda, which was asked to be checked" "real-root: root /dev/vda ext4 ro,"
damaged protected "set_super_value state 0"
boots "on a write-protected disk: not checked, read-only" "root=/dev/vda rw" "$DISK,readonly" -- \
    "kindling: /dev/vda was not cleanly unmounted, but is write-protected: it is not checked" \
    "real-root: root /dev/vda ext4 ro,"

image no-e2fsck -f -e2fsck
boots "an image without e2fsck says so" "root=/dev/vda" "$DISK" -- \
    "kindling: /dev/vda was not cleanly unmounted, but cannot be checked: this image has no e2fsck" "real-root: done"

done_testing
