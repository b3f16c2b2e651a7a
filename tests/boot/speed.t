#!/bin/bash
# The boot's cost in guest time, against a hand-written init that knows the answer. The figures repeat to the
# millisecond, so these bounds guard against a change that costs, not against a busy host.
. "$(dirname "$0")/lib.sh"
. tests/bench/lib.sh

use_kernel cloud
image vm
disk ext4-whole-plain -t ext4 -p none -U 6b6b6b6b-3333-4222-8333-0123456789ab
once "$MADE/floor-$KVER.img" make_floor "$KERNEL" "$MADE/floor-$KVER.img"

boot_in_guest_time "$KERNEL" "$MADE/floor-$KVER.img" "$LOGS/floor.log" "root=/dev/vda" "$DISK" || bail_out "the floor does not boot"
check "the image boots" boot_in_guest_time "$KERNEL" "$IMAGE" "$LOGS/speed.log" \
    "root=UUID=6b6b6b6b-3333-4222-8333-0123456789ab" "$DISK"

floor=$(from_init "$LOGS/floor.log")
ours=$(from_init "$LOGS/speed.log")
floor_total=$(stamp "$LOGS/floor.log" 'real-root: reached')
ours_total=$(stamp "$LOGS/speed.log" 'real-root: reached')
echo "# from Run /init to the real init: $ours us, the floor $floor us"
echo "# from the kernel's start: $ours_total us, the floor $floor_total us"
check "from /init to the real init within 1.3 of the floor" test $((ours * 10)) -le $((floor * 13))
check "from the kernel's start within 1.1 of the floor" test $((ours_total * 10)) -le $((floor_total * 11))

done_testing
