#!/bin/bash
# What /init says, and where: every console, however many there are and however quiet; and the log that the root inherits.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image two-consoles -m virtio_console
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab

# Long enough for a busy host to load the driver of the second console; the serial port needs none.
failing="root=/dev/vdz rd.timeout=8"
failing_soon="root=/dev/vdz rd.timeout=1"
machine_line='kindling: failed step=root object="/dev/vdz" reason="not found"'

# with_two_consoles: gives the next boot a second console, hvc0, which writes to $SECOND. (The kernel has one console for
# all ports of a serial driver.)
with_two_consoles() {
    SECOND=$LOGS/consoles-second.log
    rm -f "$SECOND"
    RUN_OPTIONS=(-- -device virtio-serial-pci -chardev "file,id=second,path=$SECOND" -device "virtconsole,chardev=second")
}

# second_shows LINE...: what the second console shows.
second_shows() {
    local LOG=$SECOND
    log_shows "$@"
}

for order in "console=hvc0 console=ttyS0" "console=ttyS0 console=hvc0"; do
    with_two_consoles
    fails "$order" "$failing $order" "$DISK" -- "$machine_line"
    check "both show why: $order" second_shows "kindling: no device is root=/dev/vdz" "$machine_line"
done
for limit in off ratelimit; do
    with_two_consoles
    fails "printk.devkmsg=$limit" "$failing console=hvc0 console=ttyS0 printk.devkmsg=$limit" "$DISK" -- \
        "kindling: no device is root=/dev/vdz" "$machine_line"
    check "both consoles show it, though the kernel takes nothing: $limit" second_shows "$machine_line"
done
RUN_OPTIONS=()

image vm
# The machine of these has no serial port.
RUN_OPTIONS=(--hvc)
boots "console=hvc0 alone" "root=/dev/vda1 console=hvc0" "$DISK" -- "real-root: fd 0 /dev/console" "real-root: fd 2 /dev/console"
fails "console=hvc0 alone, and no root" "$failing console=hvc0" "$DISK" -- "kindling: no device is root=/dev/vdz" "$machine_line"
PANIC=
RUN_OPTIONS=(--type "$SHELL_PROMPT => ls -l /proc/1/fd/0; exit" --hvc)
for place in cmdline pre-mount; do
    boots "rd.break=$place at hvc0" "root=/dev/vda1 console=hvc0 rd.break=$place" "$DISK" -- \
        "a shell in the initramfs, because rd.break asked for it before the step" "/proc/1/fd/0 -> /dev/console"
done
PANIC=panic=-1
with_two_consoles
run_machine "the last one is process 1's" "" "root=/dev/vda1 console=ttyS0 console=hvc0" "$DISK"
check "the last one named is process 1's" second_shows "real-root: fd 0 /dev/console" "real-root: done"
RUN_OPTIONS=()

boots "console=hvc0, and no device for it" "root=/dev/vda1 console=hvc0 console=ttyS0 rd.info" "$DISK" -- \
    "kindling: console=hvc0 is not there yet" "real-root: fd 0 /dev/console"
warns_of_netconsole() { log_shows "kindling: netconsole= is of no use: neither this kernel nor this image has netconsole"; }
with_network() {
    PACKETS=$LOGS/consoles-packets
    rm -f "$PACKETS"
    RUN_OPTIONS=(-- -netdev "user,id=net,restrict=on" -device "virtio-net-pci,netdev=net"
        -object "filter-dump,id=dump,netdev=net,file=$PACKETS")
}
with_network
netconsole=netconsole=@10.0.2.15/eth0,6666@10.0.2.2/
boots "netconsole=, and the image has none" "root=/dev/vda1 $netconsole" "$DISK" -- "real-root: done"
check "it says so" warns_of_netconsole
image netconsole -m netconsole -f network-virtio
with_network
boots "netconsole=" "root=/dev/vda1 $netconsole" "$DISK" -- "real-root: done"
check "what the kernel logs goes over the network" grep -qa "real-root: reached" "$PACKETS"
RUN_OPTIONS=()
image vm
fails "a console that is not there, beside one that is" "$failing_soon console=ttyS0 console=ttyUSB0" "$DISK" -- "$machine_line" \
    "kindling: console=ttyUSB0 is not there: neither this kernel nor this image has its driver, usbserial"
PANIC=
run_machine "no console at all" "" "root=/dev/vda1 console=ttyUSB0" "$DISK"
powered_off() { test "$STATUS" = 0 && ! [ -s "$LOG.err" ]; }
check "without any console the boot goes its way, until the root powers the machine off" powered_off
PANIC=panic=-1

fails "quiet" "$failing_soon quiet" "$DISK" -- "kindling: no device is root=/dev/vdz" "$machine_line"
fails "loglevel=1" "$failing_soon loglevel=1" "$DISK" -- "kindling: no device is root=/dev/vdz" "$machine_line"

# rootfstype= is wrong, which is worth a warning.
log=show=/run/initramfs/log
boots "by default warnings are shown" "root=/dev/vda1 rootfstype=xfs,vfat $log" "$DISK" -- \
    "kindling: /dev/vda1 is not rootfstype=xfs,vfat: trying ext4" "<4>[" "<6>["
only_kept() { log_lacks && ! grep -q '^\[.*kindling: mounted' "$LOG"; }
check "what is only told is kept, not shown" only_kept
check "the log has level, stamp and text" grep -qE '<6>\[ +[0-9]+\.[0-9]{6}\] kindling: mounted /dev/vda1 as ext4' "$LOG"
boots "quiet: nothing is shown" "root=/dev/vda1 rootfstype=xfs,vfat quiet" "$DISK" -- "real-root: done"
check "no warning either" log_lacks "kindling:"
boots "quiet: all is kept" "root=/dev/vda1 rootfstype=xfs,vfat quiet $log" "$DISK" -- \
    "kindling: /dev/vda1 is not rootfstype=xfs,vfat: trying ext4" "kindling: mounted"
boots "rd.info" "root=/dev/vda1 rd.info" "$DISK" -- "] kindling: mounted /dev/vda1 as ext4"
check "no debugging" log_lacks "kindling: step"
for word in rd.debug debug; do
    boots "$word" "root=/dev/vda1 $word $log" "$DISK" -- "] kindling: step devices" "] kindling: module virtio_blk" \
        "] kindling: device add /devices/" "<7>["
done
boots "console levels are the root's own again" \
    "root=LABEL=missing rootfallback=/dev/vda1 rd.timeout=1 loglevel=3 show=/proc/sys/kernel/printk" "$DISK" -- \
    "real-root: file /proc/sys/kernel/printk 3"

done_testing
