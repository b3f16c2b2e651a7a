#!/bin/bash
# The boot's cost in guest time, against a hand-written init that knows the answer. The figures repeat to the
# millisecond, so these bounds guard against a change that costs, not against a busy host.
. "$(dirname "$0")/lib.sh"
. tests/bench/lib.sh

# no_larger BYTES FILE
no_larger() {
    echo "$2 has $(bytes_of "$2") bytes, and may have $1"
    test "$(bytes_of "$2")" -le "$1"
}

use_kernel cloud
disk ext4-whole-plain -t ext4 -p none -U $UUID

# measured NAME IMAGE ROOT: boots it and sets TOTAL and FROM_INIT, in microseconds.
measured() {
    local log=$LOGS/speed-$1.log
    check "$1 boots" boot_in_guest_time "$KERNEL" "$2" "$log" "root=$3" "$DISK"
    TOTAL=$(stamp "$log" 'real-root: reached')
    FROM_INIT=$(from_init "$log")
    echo "# $1: $(stat -c %s "$2") bytes, from Run /init to the real init $FROM_INIT us, from the start $TOTAL us"
}

# within PERCENT FIGURE FLOOR
within() {
    test $(($2 * 100)) -le $(($3 * $1))
}

once "$MADE/floor-$KVER.img" make_floor "$KERNEL" "$MADE/floor-$KVER.img"
measured floor "$MADE/floor-$KVER.img" /dev/vda
floor_total=$TOTAL
floor_from_init=$FROM_INIT

# as_fast_as_the_floor PROFILE PERCENT
as_fast_as_the_floor() {
    image "speed-$1" -p "$1"
    measured "$1" "$IMAGE" "UUID=$UUID"
    check "$1: from /init to the real init within 1.12 of the floor" within 112 "$FROM_INIT" "$floor_from_init"
    check "$1: from the kernel's start within $2 % of the floor" within "$2" "$TOTAL" "$floor_total"
}
as_fast_as_the_floor vm 103
VM=$IMAGE
# Ten megabytes of modules take their time to be copied.
as_fast_as_the_floor generic 106
GENERIC=$IMAGE
many_modules() {
    local count
    count=$("$KINDLING" ls "$IMAGE" | grep -c '\.ko')
    echo "$count modules"
    test "$count" -ge 340
}
check "generic has 340 modules and more" many_modules

# Bytes are without any noise, but not without the compiler, the kernel, and Debian's busybox and e2fsck: these are a few
# per cent more than with Debian 12's. What /init may have is the boot's to say.
INIT_BYTES=$(bytes_of "$BUILD/init/init")
[ "$INIT_BYTES" -le 160000 ] || echo "# note: /init has grown to $INIT_BYTES bytes, past 160000: is it worth them?"
image speed-virtio -p minimal -m virtio_pci,virtio_blk,ext4
check "the image for a virtio disk is no larger than it was" no_larger 290000 "$IMAGE"
check "vm is no larger than it was" no_larger 5480000 "$VM"
check "generic is no larger than it was" no_larger 10600000 "$GENERIC"

# A q35 has SATA ports, whose links take a third of a second to tell that nothing is behind them. In the meantime USB is
# on its way.
use_kernel generic
image speed-generic -p generic
LOG=$LOGS/speed-usb.log
qemu/run -k "$KERNEL/vmlinuz" -i "$IMAGE" -M q35 -m 512 --snapshot -d "$DISK,bus=usb" --icount -a "root=UUID=$UUID panic=-1" \
    --log "$LOG" --timeout 300 --until 'SATA link down' 2>"$LOG.err"
check "USB is being set up while SATA links are awaited" \
    test "$(stamp "$LOG" 'bus type USB registered')" -lt "$(stamp "$LOG" 'SATA link down')"

done_testing
