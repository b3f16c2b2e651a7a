#!/bin/bash
# A shell is there when it was asked for, and only then.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image vm
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab

# shell_says NAME CMDLINE UNTIL LINES...: what the shell prints before it is left with exit.
shell_says() {
    local name=$1 cmdline=$2 until=$3
    shift 3
    RUN_OPTIONS=(--type '^/ # => echo pid $$; jobs; ls /lib/kindling /sysroot; tty' --type '^/dev/console => exit')
    run_machine "$name" "$until" "${cmdline}" "$DISK"
    RUN_OPTIONS=()
    check "$name" log_shows "$@"
}

PANIC=
shell_says "rd.break stops before the hand-over" "root=/dev/vda1 rd.break" "real-root: done" \
    "a shell in the initramfs, because rd.break asked for it" left-out.gz sbin /dev/console "real-root: done"
shell_says "rd.break=pre-mount stops before the mount" "root=/dev/vda1 rd.break=pre-mount" "real-root: done" \
    "a shell in the initramfs" "real-root: done"
shell_says "rd.shell gives one when the boot fails" "root=/dev/vdz rd.timeout=1 rd.shell" "Kernel panic" \
    "kindling: failed step=root" "a shell in the initramfs, because the boot has failed"
PANIC=panic=-1
fails "panic= on the command line: never a shell" "root=/dev/vdz rd.timeout=1 rd.shell rd.break" "$DISK" -- "failed step=root"
check "there was none" log_lacks "a shell in the initramfs"
fails "by default: no shell" "root=/dev/vdz rd.timeout=1" "$DISK" -- "failed step=root"
check "there was none by default" log_lacks "a shell in the initramfs" "/bin/sh"

image no-busybox -f -busybox
PANIC=
run_machine "no busybox" "Kernel panic" "root=/dev/vdz rd.timeout=1 rd.shell" "$DISK"
check "an image without busybox says so" log_shows "a shell was asked for, but this image has no busybox"

done_testing
