#!/bin/bash
# shellcheck disable=SC2016 # the shell in the machine expands what stands in single quotes
# The first process: no signal ends, stops or diverts it, and whoever loses a parent is reaped by it.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image vm
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab
PANIC=

# Lines typed at the prompt of a shell in the initramfs.
types() {
    RUN_OPTIONS=(--fail 'Kernel panic')
    for line in "$@"; do
        RUN_OPTIONS+=(--type "$SHELL_PROMPT => $line")
    done
}

# Those a terminal, a supervisor or a fault would send, and the two that cannot be caught.
every="HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"

types "for s in $every; do kill -\$s 1 || echo no \$s; done; echo se\"\"nt" \
    'grep State /proc/1/status' exit
boots "signals at a shell" "root=/dev/vda1 rd.break" "$DISK" -- sent "State:	S (sleeping)"
check "each was sent" log_lacks "can't kill" "bad signal" "invalid signal"

# The root's disk is taken out before anybody has seen it, and put back only after the wait has told of itself; a storm
# of signals goes on all the while.
types 'p=$(grep -l 0x010000 /sys/bus/pci/devices/*/class) && echo 1 >${p%/*}/remove; echo gone' \
    "(until grep -q 'still waiting' /run/initramfs/log; do for s in $every; do kill -\$s 1; done; done; echo ca\"\"lm; echo 1 >/sys/bus/pci/rescan) & echo storm" \
    exit
boots "a storm of signals while the root is awaited" "root=/dev/vda1 rd.break=pre-trigger" "$DISK" -- \
    "still waiting for root=/dev/vda1" calm "real-root: root /dev/vda1 ext4"

# What a shell leaves behind falls to the first process. A dead one that nobody has waited for keeps its directory.
types '(sleep 1 & echo $! >/orphan); p=/proc/$(cat /orphan)' \
    'grep PPid $p/status; i=0; while [ -e $p ] && [ $i -lt 200 ]; do i=$((i + 1)); sleep 0.1; done; [ -e $p ] || echo re""aped' \
    'echo zombies $(cat /proc/[0-9]*/status | grep -c "^State:.Z")' exit
boots "orphans" "root=/dev/vda1 rd.break" "$DISK" -- "PPid:	1" reaped "zombies 0"

done_testing
