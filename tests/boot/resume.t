#!/bin/bash
# A system really put to sleep, its memory in swap space, wakes up by way of /init; what cannot wake up has its end.
. "$(dirname "$0")/lib.sh"
. tests/boot/sleeper.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image vm

# power_on NAME UNTIL CMDLINE: the root and the swap disk keep what the machine writes. What the kernel does not know
# of the command line is the environment of /init and of all after it.
power_on() {
    SNAPSHOT='' run_machine "$1" "$2" "root=/dev/vda $3" "$ROOT" "$SWAP"
}

# sleeps NAME CMDLINE: the machine powers itself off with its memory in swap space; MARK is the sleeper's.
sleeps() {
    power_on "$1 sleeps" '' "init=/sbin/sleeper $2"
    MARK=$(sed -nE 's/.*sleeper: mark ([-0-9a-f]+).*/\1/p' "$LOG" | tr -d '\r')
    check "$1: falls asleep" fell_asleep
}

fell_asleep() {
    [ "$STATUS" = 0 ] && log_shows "sleeper: mark $MARK" "PM: Image saving done" && log_lacks "woke" "could not sleep"
}

# wakes NAME CMDLINE DEVICE
wakes() {
    power_on "$1 wakes" 'sleeper: done' "init=/sbin/sleeper $2"
    check "$1: wakes up" log_shows "kindling: resuming the hibernated system on $3" "PM: Image loading done" \
        "sleeper: woke with mark $MARK, pid 1, file written" "sleeper: done"
    check "$1: and nothing was mounted or checked before" log_lacks 'EXT4-fs (vda): mounted' 'kindling: checking'
    check "$1: nor was init started anew" log_lacks 'sleeper: mark'
}

new_disks() {
    once "$MADE/sleeper.img" make_sleeper "$MADE/sleeper.img"
    cp --sparse=always "$MADE/sleeper.img" "$ROOT"
    rm -f "$SWAP"
    truncate -s 192M "$SWAP"
    mkswap -q -U $UUID "$SWAP" 2>/dev/null
}

# asleep_again: the disks as they were after the machine fell asleep.
asleep_again() {
    cp --sparse=always "$MADE/resume-asleep-root.img" "$ROOT"
    cp --sparse=always "$MADE/resume-asleep-swap.img" "$SWAP"
}

# ends NAME CMDLINE LINE...: a boot of the two disks that does not come to a root.
ends() {
    power_on "$1" 'Kernel panic - not syncing: Attempted to kill init' "$2"
    check "fails: $1" ended_as_it_should "${@:3}"
}

ROOT=$MADE/resume-root.img SWAP=$MADE/resume-swap.img
UUID=6b6b6b6b-5555-4222-8333-0123456789ab

new_disks
sleeps "a swap partition" "SWAP=/dev/vdb resume=UUID=$UUID"
cp --sparse=always "$ROOT" "$MADE/resume-asleep-root.img"
cp --sparse=always "$SWAP" "$MADE/resume-asleep-swap.img"
wakes "a swap partition" "SWAP=/dev/vdb resume=UUID=$UUID" /dev/vdb

power_on "afterwards" 'real-root: done' "resume=UUID=$UUID"
check "boots: the swap space that was woken up from" log_shows 'real-root: done'
check "and there was nothing to resume" log_lacks 'kindling: resuming'

asleep_again
power_on "noresume" 'real-root: done' "resume=UUID=$UUID noresume"
check "boots: noresume gives the sleeping system up" log_shows 'real-root: done'
check "and the kernel was not asked" log_lacks 'kindling: resuming'

asleep_again
ends "a kernel that must not resume" "resume=UUID=$UUID nohibernate" \
    "kindling: /dev/vdb holds a hibernated system, which this kernel refuses: boot it as it was put to sleep, or give it up with noresume" \
    'failed step=resume object="/dev/vdb" reason="hibernated"'
check "the sleeping system was not touched" cmp "$SWAP" "$MADE/resume-asleep-swap.img"
check "nor was its root" cmp "$ROOT" "$MADE/resume-asleep-root.img"

ends "no resume=" "" \
    "kindling: /dev/vdb holds a hibernated system, and no resume= names it: boot it as it was put to sleep, or give it up with noresume" \
    'failed step=resume object="/dev/vdb" reason="hibernated"'
check "nothing of the sleeping system was touched" cmp "$ROOT" "$MADE/resume-asleep-root.img"
power_on "noresume alone" 'real-root: done' noresume
check "boots: noresume without resume=" log_shows 'real-root: done'

asleep_again
dd if=/dev/zero of="$SWAP" bs=4096 seek=1 count=256 conv=notrunc status=none
power_on "broken" 'real-root: done' "resume=UUID=$UUID rw"
check "boots: an image that is broken" log_shows 'real-root: done' "kindling: resuming the hibernated system on /dev/vdb" \
    "kindling: the kernel could not resume the hibernated system on /dev/vdb and has given it up" \
    "kindling: checking /dev/vda, which has a journal to replay"

asleep_again
printf 'ULSUSPEND' | dd of="$SWAP" bs=1 seek=4086 conv=notrunc status=none
ends "put to sleep by another program" "resume=/dev/vdb" \
    "kindling: /dev/vdb holds a hibernated system, put to sleep by a program that kindling does not know"
check "its root was not touched" cmp "$ROOT" "$MADE/resume-asleep-root.img"

new_disks
# A file system of this size has blocks of 4 KiB, which is a page.
OFFSET=$(debugfs -R "bmap /swapfile 0" "$ROOT" 2>/dev/null)
sleeps "a swap file" "SWAP=/swapfile resume=/dev/vda resume_offset=$OFFSET"
wakes "a swap file" "SWAP=/swapfile resume=/dev/vda resume_offset=$OFFSET" /dev/vda

new_disks
power_on "missing" 'real-root: done' "resume=UUID=00000000-1111-4222-8333-0123456789ab"
check "boots: the swap space never comes" log_shows 'real-root: done' \
    "kindling: still waiting for resume=UUID=00000000-1111-4222-8333-0123456789ab after 5 s" \
    "kindling: resume=UUID=00000000-1111-4222-8333-0123456789ab: no device that was seen has that name; the boot goes on without it"

done_testing
