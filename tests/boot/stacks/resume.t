#!/bin/bash
# A system that sleeps in swap space within a volume group, in a LUKS volume, wakes up; nothing of it is mounted before.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
. tests/boot/sleeper.sh
PATH=$PATH:/usr/sbin:/sbin

MEMORY=384
VAULT=7c7c7c7c-1111-4222-8333-0123456789ab

use_kernel cloud
image sleeping-stack -f crypt,lvm
STACK_POURED=$MADE/sleeper-poured.img
once "$STACK_POURED" make_sleeper "$STACK_POURED" -L poured
STACK_SIZE=1G
stack sleeper 1 "
printf 'open sesame' >/tmp/key
cryptsetup luksFormat -q --type luks2 --uuid $VAULT --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda vault
lvm pvcreate -q /dev/mapper/vault
lvm vgcreate -q -s 1m vg /dev/mapper/vault
lvm lvcreate -q -W n -Z n -n root -L 610m vg
lvm lvcreate -q -W n -Z n -n swap -L 300m vg
pour /dev/vg/root
mkswap -q -L sleep /dev/vg/swap
lvm vgchange -q -a n vg
cryptsetup close vault
"
DISK=$MADE/sleeper-in-use.img
cp --sparse=always "${DISKS[0]}" "$DISK" || bail_out "cannot copy a disk"

# power_on NAME UNTIL CMDLINE: the disk keeps what the machine writes; somebody types.
power_on() {
    RUN_OPTIONS=(--type "$PROMPT => open sesame")
    SNAPSHOT='' run_machine "$1" "$2" "root=/dev/vg/root init=/sbin/sleeper SWAP=/dev/vg/swap $3" "$DISK"
    RUN_OPTIONS=()
}

fell_asleep() {
    [ "$STATUS" = 0 ] && log_shows "sleeper: mark $MARK" "PM: Image saving done" && log_lacks "woke" "could not sleep"
}

for resume in /dev/vg/swap LABEL=sleep; do
    power_on "$resume sleeps" '' "resume=$resume"
    MARK=$(sed -nE 's/.*sleeper: mark ([-0-9a-f]+).*/\1/p' "$LOG" | tr -d '\r')
    check "$resume: falls asleep" fell_asleep
    power_on "$resume wakes" 'sleeper: done' "resume=$resume"
    check "$resume: wakes up" log_shows "kindling: resuming the hibernated system on /dev/dm-" "PM: Image loading done" \
        "sleeper: woke with mark $MARK, pid 1, file written" "sleeper: done"
    check "$resume: and nothing was mounted or checked before" log_lacks 'mounted filesystem' 'kindling: checking' 'sleeper: mark'
done
done_testing
