#!/bin/bash
# Machines with little memory: the smallest that boots, and one too small, which ends in a panic and not half booted.
. "$(dirname "$0")/../boot/lib.sh"
BOOT_LOADER=yes

use_kernel cloud
image vm
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab

MEMORY=80
boots "80 MB, of which the kernel keeps 50" "root=/dev/vda1" "$DISK" -- "real-root: done"
MEMORY=68
run_machine "68 MB" 'Kernel panic|real-root: done' "root=/dev/vda1 rd.shell" "$DISK"
check "68 MB: the kernel panics" log_shows "Kernel panic"
check "and neither the real root nor a shell is started" log_lacks "real-root:" "a shell in"

done_testing
