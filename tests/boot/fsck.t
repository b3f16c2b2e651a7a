#!/bin/bash
# File systems that were really damaged: what the checker says decides, and nothing is mounted against its word.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

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
        debugfs -w -R "$command" "$DISK" 2>/dev/null
    done
}

# crashed NAME SCRIPT: a copy of the good disk as a machine leaves it that loses its power after the script.
crashed() {
    DISK=$MADE/fsck-$1.img
    cp "$GOOD" "$DISK"
    SNAPSHOT='' run_machine "crash $1" '' "root=/dev/vda rw init=/bin/sh -- -c \"$2; echo b >/proc/sysrq-trigger\"" "$DISK"
}

state_of() {
    dumpe2fs -h "$1" 2>/dev/null | sed -n 's/^Filesystem \(state\|features\): *//p'
}

has_state() {
    state_of "$1"
    state_of "$1" | grep -qw "$2"
}

damaged unclean "set_super_value state 0"
boots "not cleanly unmounted: checked, then mounted" "root=/dev/vda rw show=/run/initramfs/fsck.log" "$DISK" -- \
    "kindling: checking /dev/vda, which was not cleanly unmounted" "real-root: root /dev/vda ext4 rw," "program e2fsck" \
    "real-root: file /run/initramfs/fsck.log /sbin/e2fsck -a -C"
check "its words are on the console and in the log" test "$(grep -ac "was not cleanly unmounted, check forced" "$LOG")" -eq 2
for word in fsck.mode=skip fastboot rd.skipfsck; do
    boots "the same with $word" "root=/dev/vda $word show=/run/initramfs/fsck-root" "$DISK" -- \
        "real-root: root /dev/vda ext4 ro," "can't open '/run/initramfs/fsck-root'"
    check "it was not checked" log_lacks "checking /dev/vda"
done
for word in fsck.mode=force forcefsck; do
    boots "a clean one, checked because of $word" "root=/dev/vda $word" "$GOOD" -- \
        "kindling: checking /dev/vda, which was asked to be checked" "real-root: root /dev/vda ext4 ro,"
done
boots "a clean one needs no check" "root=/dev/vda show=/run/initramfs/fsck-root show=/run/initramfs/fsck.log" "$GOOD" -- \
    "real-root: file /run/initramfs/fsck-root" "real-root: file /run/initramfs/fsck.log /dev/vda: clean, no check is due"
check "and tells the root's init so" log_lacks "can't open"

crashed journal "echo kept >/file; sync"
check "a crash leaves a journal to replay" has_state "$DISK" needs_recovery
JOURNAL=$DISK
boots "a journal to replay" "root=/dev/vda show=/file" "$DISK" -- "kindling: checking /dev/vda, which has a journal to replay" \
    "recovering journal" "real-root: file /file kept" "real-root: root /dev/vda ext4 ro,"
check "the kernel had nothing left to recover" log_lacks "EXT4-fs (vda): recovery complete" "EXT4-fs (vda): orphan cleanup"
boots "a journal to replay, on a write-protected disk" "root=/dev/vda rw" "$JOURNAL,readonly" -- \
    "kindling: /dev/vda has a journal to replay, but is write-protected: it is not checked" \
    "kindling: /dev/vda has a journal to replay and is write-protected: it is mounted without, and may look half written" \
    "real-root: root /dev/vda ext4 ro,"

crashed orphan "exec 3>/orphan; cat /bin/busybox >&3; rm /orphan; sync"
boots "a file that was open when it was deleted" "root=/dev/vda" "$DISK" -- "Clearing orphaned inode" "real-root: root /dev/vda ext4 ro,"

crashed errors "echo 1 >/sys/fs/ext4/vda/trigger_fs_error; sync"
check "the kernel has recorded an error" has_state "$DISK" errors
boots "errors that the kernel has recorded" "root=/dev/vda" "$DISK" -- "kindling: checking /dev/vda" \
    "contains a file system with errors, check forced" "real-root: root /dev/vda ext4 ro,"

# The smaller disk is one block group and has no copies.
disk ext4-whole-groups -t ext4 -p none -s 300M
cp --sparse=always "$DISK" "$MADE/fsck-checksum.img"
cp --sparse=always "$DISK" "$MADE/fsck-zeroed.img"
printf 'x' | dd of="$MADE/fsck-checksum.img" bs=1 seek=$((1024 + 120)) conv=notrunc status=none
dd if=/dev/zero of="$MADE/fsck-zeroed.img" bs=1024 seek=1 count=1 conv=notrunc status=none
for case in "checksum root=/dev/vda" "zeroed root=/dev/vda rootfstype=ext4"; do
    DISK=$MADE/fsck-${case%% *}.img
    fails "a damaged superblock (${case%% *}), which -p does not touch" "${case#* }" "$DISK" -- \
        "kindling: checking /dev/vda, which has a damaged superblock" \
        "kindling: the superblock of /dev/vda is damaged: boot with fsck.repair=yes, which makes e2fsck look for a copy of it"
    boots "its copies mend it (${case%% *})" "${case#* } fsck.repair=yes" "$DISK" -- \
        "trying backup blocks" "real-root: root /dev/vda ext4 ro,"
done
fails "no superblock, and nobody says what it was" "root=/dev/vda" "$DISK" -- \
    "kindling: cannot mount /dev/vda: there is nothing known on it"

damaged refused "clri /etc/passwd" "set_super_value state 0" "set_inode_field /bin/busybox links_count 7" "clri /bin"
fails "damage that -p refuses: never mounted" "root=/dev/vda rw" "$DISK" -- \
    "kindling: e2fsck left errors on /dev/vda that need a person" 'kindling: failed step=fsck object="/dev/vda" reason="errors left"'
check "not even read-only" log_lacks "EXT4-fs (vda): mounted"
fails "the same with fsck.repair=no" "root=/dev/vda rw fsck.repair=no" "$DISK" -- "kindling: e2fsck left errors on /dev/vda"
damaged passwd "unlink /etc/passwd" "set_super_value state 0"
for word in fsck.repair=yes fsckfix; do
    boots "repaired as $word allows" "root=/dev/vda $word" "$DISK" -- "FILE SYSTEM WAS MODIFIED" "real-root: root /dev/vda ext4 ro,"
done
fails "and not without" "root=/dev/vda" "$DISK" -- "kindling: e2fsck left errors on /dev/vda that need a person"

# A log that cannot be replayed: btrfs has one of what was synced since its last commit.
disk btrfs-whole -t btrfs -p none -U 6b6b6b6b-8888-4222-8333-0123456789ab
cp --sparse=always "$DISK" "$MADE/fsck-log.img"
DISK=$MADE/fsck-log.img
SNAPSHOT='' run_machine "crash btrfs" '' \
    "root=/dev/vda rw init=/bin/sh -- -c \"busybox dd if=/proc/version of=/file conv=fsync; echo b >/proc/sysrq-trigger\"" "$DISK"
boots "a btrfs with a log to replay, on a write-protected disk" "root=/dev/vda rw" "$DISK,readonly" -- \
    "kindling: /dev/vda has a journal to replay and is write-protected: it is mounted without, and may look half written" \
    "real-root: root /dev/vda btrfs ro,"

# An xfs whose log lies on another disk.
outside_log() {
    truncate -s 320M "$1" && truncate -s 64M "$1.log" && mkfs.xfs -q -f -l "logdev=$1.log" "$1"
}
once "$MADE/fsck-outside-log.img" outside_log "$MADE/fsck-outside-log.img"
fails "an xfs whose log is on another disk" "root=/dev/vda" "$MADE/fsck-outside-log.img" "$MADE/fsck-outside-log.img.log" -- \
    "kindling: cannot mount /dev/vda as xfs: its log lies on another device, which logdev= among its mount options has to name"
warns_of_log() {
    "$KINDLING" check --machine q35-virtio --root "$MADE/fsck-outside-log.img" "$1" 2>&1 | grep "warning: .*: the root's log lies on another device, which rootflags=logdev="
}
check "kindling check warns of that" warns_of_log "$IMAGE"
fails "and logdev= names what does not come" "root=/dev/vda rootflags=logdev=UUID=1234 rd.timeout=2" "$MADE/fsck-outside-log.img" -- \
    "kindling: rootflags=logdev=UUID=1234: no device that was seen has that name"
fails "and logdev= names it, by a link of udev's" "root=/dev/vda rootflags=logbufs=8,logdev=/dev/disk/by-id/virtio-log,nouuid" \
    "$MADE/fsck-outside-log.img" "$MADE/fsck-outside-log.img.log,serial=log" -- 'kindling: failed step=target-init'

# The same of the device of its realtime files.
outside_realtime() {
    truncate -s 320M "$1" && truncate -s 64M "$1.rt" && mkfs.xfs -q -f -m reflink=0 -r "rtdev=$1.rt" "$1"
}
once "$MADE/fsck-realtime.img" outside_realtime "$MADE/fsck-realtime.img"
fails "an xfs whose rtdev= names what does not come" "root=/dev/vda rootflags=rtdev=UUID=1234 rd.timeout=2" "$MADE/fsck-realtime.img" -- \
    "kindling: rootflags=rtdev=UUID=1234: no device that was seen has that name"
fails "and rtdev= names what is there" "root=/dev/vda rootflags=rtdev=/dev/vdb" "$MADE/fsck-realtime.img" \
    "$MADE/fsck-realtime.img.rt" -- "kindling: there is no /sbin/init, /etc/init or /bin/init on /dev/vda" \
    'kindling: failed step=target-init'

# An ext4 whose journal lies on another disk, as `mke2fs -J device=` makes it where both are devices: it has no journal's
# inode, and the superblock of the journal, in the block behind that of its device, names who uses it.
JOURNAL_UUID=6b6b6b6b-5555-4222-8333-0123456789ab
outside_journal() {
    rm -f "$1.journal" && cp "$GOOD" "$1" && mke2fs -q -F -O journal_dev -b 4096 -L log -U $JOURNAL_UUID "$1.journal" 8M &&
        tune2fs -O ^has_journal "$1" >/dev/null && printf '%s\n' 'feature has_journal' 'ssv journal_inum 0' \
        "ssv journal_uuid $JOURNAL_UUID" 'ssv journal_dev 0xfe90' | debugfs -w -f - "$1" >/dev/null 2>&1 &&
        printf '\0\0\0\1' | dd of="$1.journal" bs=1 seek=$((4096 + 64)) conv=notrunc status=none &&
        printf '\x6b\x6b\x6b\x6b\x44\x44\x42\x22\x83\x33\x01\x23\x45\x67\x89\xab' |
        dd of="$1.journal" bs=1 seek=$((4096 + 256)) conv=notrunc status=none
}
DISK=$MADE/fsck-outside-journal.img
outside_journal "$DISK"
SNAPSHOT='' run_machine "crash outside journal" '' \
    "root=/dev/vda rw rootflags=journal_path=LABEL=log init=/bin/sh -- -c \"echo kept >/file; sync; echo b >/proc/sysrq-trigger\"" \
    "$DISK" "$DISK.journal"
check "an ext4 whose journal is on another disk, by its label" has_state "$DISK" needs_recovery
boots "and by its UUID: replayed" "root=/dev/vda rw rootflags=journal_path=UUID=$JOURNAL_UUID show=/file" "$DISK" "$DISK.journal" -- \
    "kindling: checking /dev/vda, which has a journal to replay" "recovering journal" "real-root: file /file kept" \
    "real-root: root /dev/vda ext4 rw,"

# Nothing is written to what two file systems claim, until one of them is named.
disk btrfs-whole -t btrfs -p none -U 6b6b6b6b-8888-4222-8333-0123456789ab
cp --sparse=always "$DISK" "$MADE/fsck-claims.img"
DISK=$MADE/fsck-claims.img
dd if="$JOURNAL" of="$DISK" bs=1024 skip=1 seek=1 count=1 conv=notrunc status=none
cp --sparse=always "$DISK" "$DISK.kept"
SNAPSHOT=''
for root in "/dev/vda rw" UUID=6b6b6b6b-4444-4222-8333-0123456789ab "/dev/vda rw rootfstype=xfs"; do
    fails "ext4 and btrfs on one disk (root=$root)" "root=$root" "$DISK" -- \
        "kindling: both ext4 and btrfs claim /dev/vda: boot with rootfstype=ext4 or rootfstype=btrfs, whichever is true"
    check "no byte was written (root=$root)" cmp "$DISK" "$DISK.kept"
done
SNAPSHOT=--snapshot
boots "rootfstype= settles it" "root=UUID=6b6b6b6b-8888-4222-8333-0123456789ab rootfstype=btrfs" "$DISK" -- \
    "real-root: root /dev/vda btrfs ro,"

# A sector near the end that cannot be read might hold what makes it a member of an array.
tail_unread() {
    local error=file.inject-error.0
    RUN_OPTIONS=(-- -drive "if=none,id=bad,driver=raw,file.driver=blkdebug,file.image.filename=$1,$error.event=read_aio,$error.errno=5,$error.sector=$(($(stat -c %s "$1") / 512 - 5))"
        -device "virtio-blk-pci,drive=bad")
}
cp "$JOURNAL" "$MADE/fsck-unread.img"
tail_unread "$MADE/fsck-unread.img"
boots "an unreadable sector at the end: found, and never written" \
    "root=UUID=6b6b6b6b-4444-4222-8333-0123456789ab rw rootfstype=ext4" -- \
    "kindling: /dev/vda has sectors that cannot be read, where it might say what it is a member of: it is write-protected" \
    "real-root: root /dev/vda ext4 ro,"
check "no byte was written to it" cmp "$MADE/fsck-unread.img" "$JOURNAL"
RUN_OPTIONS=()

# A routine check is the fstab's to forbid; any other is not.
# with_fstab PASS: DISK, a root that was mounted too often.
with_fstab() {
    mkdir -p "$MADE/fsck-root"
    qemu/mkroot "$MADE/fsck-root"
    echo "/dev/vda / ext4 defaults 0 $1" >"$MADE/fsck-root/etc/fstab"
    DISK=$MADE/fsck-pass-$1.img
    qemu/mkdisk -t ext4 -p none "$DISK" "$MADE/fsck-root"
    tune2fs -c 5 -C 9 "$DISK" >/dev/null
}
with_fstab 1
boots "mounted too often" "root=/dev/vda" "$DISK" -- "kindling: checking /dev/vda, which was mounted too often without a check" \
    "real-root: root /dev/vda ext4 ro,"
with_fstab 0
boots "mounted too often, and the fstab wants no check" "root=/dev/vda" "$DISK" -- "real-root: root /dev/vda ext4 ro,"
check "there was none" log_lacks "checking /dev/vda"
debugfs -w -R "set_super_value state 0" "$DISK" 2>/dev/null
boots "not cleanly unmounted, whatever the fstab wants" "root=/dev/vda" "$DISK" -- "kindling: checking /dev/vda, which was not"

# Each exit status, by a program that ends with whatever it is told to.
fake=$MADE/fake_fsck
musl-gcc -static -Os -o "$fake" tests/boot/fake_fsck.c || bail_out "tests/boot/fake_fsck.c does not compile"
mkdir -p "$MADE/fake-etc/kindling/modules.d"
for name in e2fsck f2fs; do
    printf 'description a fake\nprogram /sbin/%s %s\n' "${name/#f2fs/fsck.f2fs}" "$(realpath "$fake")" >"$MADE/fake-etc/kindling/modules.d/fake-$name"
done
KINDLING_ETC=$MADE/fake-etc image fake-fsck -f -e2fsck,fake-e2fsck
damaged unclean "set_super_value state 0"
for status in 0 1 32; do
    boots "status $status: goes on" "root=/dev/vda rw FAKE=$status" "$DISK" -- "fake: -a" "real-root: root /dev/vda ext4 rw,"
done
check "status 32: it was cancelled" log_shows "kindling: the check of /dev/vda was cancelled"
for status in 8 16 128 9; do
    boots "status $status: read-only" "root=/dev/vda rw FAKE=$status show=/run/initramfs/fsck-root" "$DISK" -- \
        "kindling: the check of /dev/vda did not work (e2fsck status $status): it is mounted read-only" \
        "real-root: root /dev/vda ext4 ro," "can't open '/run/initramfs/fsck-root'"
done
boots "killed: read-only" "root=/dev/vda rw FAKE=signal" "$DISK" -- \
    "kindling: the check of /dev/vda did not work (e2fsck was killed by signal 9): it is mounted read-only" \
    "real-root: root /dev/vda ext4 ro,"
for status in 4 5 6; do
    fails "status $status: errors are left" "root=/dev/vda rw FAKE=$status" "$DISK" -- "kindling: e2fsck left errors on /dev/vda"
done
for status in 2 3; do
    run_machine "status $status" '' "root=/dev/vda rw FAKE=$status" "$DISK"
    check "status $status: reboots" log_shows "kindling: e2fsck has repaired /dev/vda and wants a reboot: rebooting"
    check "status $status: and mounts nothing" log_lacks "EXT4-fs (vda): mounted" "real-root:" "Kernel panic"
done
boots "a long check says how far it is" "root=/dev/vda FAKE=slow" "$DISK" -- "kindling: still checking /dev/vda: 35 %"

boots "on a write-protected disk: not checked, read-only" "root=/dev/vda rw" "$DISK,readonly" -- \
    "kindling: /dev/vda was not cleanly unmounted, but is write-protected: it is not checked" \
    "real-root: root /dev/vda ext4 ro,"

image no-e2fsck -f -e2fsck
damaged unclean "set_super_value state 0"
boots "an image without e2fsck says so" "root=/dev/vda" "$DISK" -- \
    "kindling: /dev/vda was not cleanly unmounted, but cannot be checked: this image has no e2fsck" "real-root: done"

# Other file systems: the real program of one, when the image has it.
use_kernel generic
image f2fs-fsck -f f2fs,fsck-f2fs
disk f2fs-whole -t f2fs -p none
boots "f2fs is checked by its own program" "root=/dev/vda" "$DISK" -- "kindling: checking /dev/vda, which is checked at each boot" \
    "real-root: root /dev/vda f2fs ro," "program fsck.f2fs"
image f2fs -f f2fs
boots "f2fs without it" "root=/dev/vda" "$DISK" -- "real-root: root /dev/vda f2fs ro,"
check "nothing was said of a check" log_lacks "kindling: checking"
KINDLING_ETC=$MADE/fake-etc image fake-f2fs -f f2fs,fake-f2fs
boots "a check of f2fs that failed" "root=/dev/vda rw FAKE=8" "$DISK" -- \
    "kindling: the check of /dev/vda did not work (fsck.f2fs status 8): it is mounted read-only" "real-root: root /dev/vda f2fs ro,"

done_testing
