#!/bin/bash
# A real e2fsck that takes long says how far it is. What it reads comes slowly from a disk that qemu throttles, so that
# no machine is too fast for this test, and a slow one only says more.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image vm

# Without uninit_bg e2fsck has to read every inode there could be: 100 MB of them, and next to nothing of it is data.
make_long() {
    once "$MADE/root" qemu/mkroot "$MADE/root"
    truncate -s 4G "$1.new" && mke2fs -q -F -t ext4 -O ^metadata_csum,^uninit_bg,^has_journal -N 400000 -d "$MADE/root" "$1.new" &&
        mv "$1.new" "$1"
}
once "$MADE/fsck-long.img" make_long "$MADE/fsck-long.img"

figures() {
    sed -n 's/.*kindling: still checking \/dev\/vda: \([0-9]*\) %.*/\1/p' "$LOG"
}

rise() {
    figures
    [ "$(figures | sort -u | wc -l)" -ge 2 ] && [ "$(figures | sort -n)" = "$(figures)" ] && [ "$(figures | tail -n 1)" -le 100 ]
}

RUN_OPTIONS=(-- -drive "if=none,id=slow,file=$MADE/fsck-long.img,format=raw,snapshot=on,throttling.bps-read=5000000"
    -device "virtio-blk-pci,drive=slow")
TIMEOUT=300
boots "a long check" "root=/dev/vda fsck.mode=force" -- "kindling: checking /dev/vda, which was asked to be checked" \
    "/400384 files (" "real-root: root /dev/vda ext4 ro,"
check "what e2fsck says of its progress rises on the console" rise

done_testing
