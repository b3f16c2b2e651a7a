#!/bin/bash
# A check by the system's own e2fsck, with the libraries that it is linked with, in the place of a static one.
. "$(dirname "$0")/lib.sh"
. tests/mutilate.sh

export KINDLING_ETC=$MADE/etc-dynamic
mkdir -p "$KINDLING_ETC/kindling/modules.d"
echo 'program /sbin/e2fsck /sbin/e2fsck /usr/sbin/e2fsck' >"$KINDLING_ETC/kindling/modules.d/e2fsck"

use_kernel cloud
image dynamic-e2fsck
find_member() {
    "$KINDLING" ls "$IMAGE" "$1*.gz" | grep .
}
check "its libraries are in the image, compressed" find_member libext2fs.so.
disk ext4-whole-small -t ext4 -p none -U 6b6b6b6b-4444-4222-8333-0123456789ab
GOOD=$DISK
DISK=$MADE/programs-unclean.img
cp "$GOOD" "$DISK"
PATH=$PATH:/usr/sbin:/sbin debugfs -w -R "set_super_value state 0" "$DISK" 2>/dev/null
boots "a dynamic e2fsck checks the root" "root=/dev/vda rw" "$DISK" -- \
    "kindling: checking /dev/vda, which was not cleanly unmounted" "real-root: root /dev/vda ext4 rw," "program e2fsck"
check "and was able to" log_lacks "did not work"

check "each file of it was unpacked, the libraries too" log_shows " unpack e2fsck" " unpack libc.so.6" \
    " unpack ld-linux-x86-64.so.2" " unpack libext2fs.so.2."
not_unpacked() {
    log_lacks && ! grep -aE 'timing [0-9]+ [0-9]+ unpack ' "$LOG"
}
boots "where no check is due" "root=/dev/vda rw" "$GOOD" -- "real-root: done" "timing "
check "nothing is unpacked" not_unpacked

damaged_library() {
    flip "$(find . -name 'libext2fs.so.*.gz')" 5000
}
cut_library() {
    truncate -s 100 "$(find . -name 'libext2fs.so.*.gz')"
}
WHOLE=$IMAGE
for harm in damaged_library cut_library; do
    IMAGE=$MADE/$harm.img
    check "made: $harm" mutilate "$WHOLE" "$IMAGE" "$harm"
    boots "$harm: no check, in one sentence" "root=/dev/vda rw" "$DISK" -- \
        "kindling: /dev/vda was not cleanly unmounted, but cannot be checked: cannot unpack /usr/lib/x86_64-linux-gnu/libext2fs.so." \
        ": Illegal byte sequence" "real-root: done"
    check "$harm: and none was tried" log_lacks "program e2fsck"
done
IMAGE=$MADE/no-library.img
check "made: a library that is gone" mutilate "$WHOLE" "$IMAGE" without 'libext2fs.so.*.gz'
boots "a library that is gone: no check, in one sentence" "root=/dev/vda rw" "$DISK" -- \
    "but cannot be checked: cannot unpack /usr/lib/x86_64-linux-gnu/libext2fs.so." ": No data available" "real-root: done"

# At the shell all programs are there, each with its libraries.
unset KINDLING_ETC
image programs-shell -f fsck-vfat,fsck-f2fs
PANIC=
RUN_OPTIONS=(--type "$SHELL_PROMPT => fsck.vfat --help; fsck.f2fs -V; e2fsck -V; echo shared \$((\$(grep -c 'unpack libc.so.6' /run/initramfs/timing)))"
    --type "$SHELL_PROMPT => exit")
run_machine "a shell" 'real-root: done' "root=/dev/vda rd.break" "$GOOD"
check "a person finds all programs at the shell" log_shows "Usage: fsck.vfat" "fsck.f2fs 1." "Using EXT2FS Library version" \
    "shared 1" "real-root: done"

done_testing
