#!/bin/bash
# An image for one machine: what the machine tells of itself is kept, an image is built of that, and boots that machine.
. "$(dirname "$0")/lib.sh"

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
ROOT=$MADE/root-capture

make_root() {
    qemu/mkroot "$ROOT"
    cat >"$ROOT/sbin/capture" <<'INIT'
#!/bin/sh
# Tells what a machine's /sys and /proc say of it: files as "capture: PATH: LINE", symlinks as ls has them.
echo 8 >/proc/sys/kernel/printk_devkmsg 2>/dev/null
for file in /proc/self/mountinfo /proc/cmdline /proc/swaps /proc/cpuinfo; do
    while read -r line; do
        echo "capture: $file: $line"
    done <$file
done
for file in $(busybox find /sys/devices -name modalias -o -name ev -path '*/capabilities/*'); do
    line=
    read -r line <$file
    echo "capture: $file: $line"
done
busybox find /sys/devices -type l -name driver | busybox xargs busybox ls -ld
busybox find /sys/bus -type l -name module | busybox xargs busybox ls -ld
busybox find /sys/class/block /sys/class/input /sys/dev/block -type l | busybox xargs busybox ls -ld
echo "real-root: done"
poweroff -f
INIT
    chmod 755 "$ROOT/sbin/capture"
}

# sysroot_of LOG DIRECTORY: the files and symlinks that the log tells of.
sysroot_of() {
    local path line
    rm -rf "$2"
    mkdir -p "$2/etc" "$2/bin" "$2/sbin"
    echo '/dev/sda1 / ext4 defaults 0 1' >"$2/etc/fstab"
    tr -d '\r' <"$1" | sed -n 's,^capture: \(/[^ ]*\): \(.*\),\1 \2,p' | while read -r path line; do
        mkdir -p "$2${path%/*}"
        echo "$line" >>"$2$path"
    done
    tr -d '\r' <"$1" | sed -n 's,^l.* \(/sys/[^ ]*\) -> \(.*\),\1 \2,p' | while read -r path line; do
        mkdir -p "$2${path%/*}" "$(realpath -m "$2${path%/*}/$line")"
        ln -sfn "$line" "$2$path"
    done
    cp "$(readlink -f /bin/busybox)" "$2/bin/busybox"
    cp "$(readlink -f /sbin/e2fsck.static)" "$2/sbin/e2fsck.static" 2>/dev/null
}

# host_image NAME: an image for the machine whose log is LOG.
host_image() {
    local vm=$IMAGE
    sysroot_of "$LOG" "$MADE/sysroot-$1"
    check "$1: all of it is understood" test -z "$("$KINDLING" build -q -k "$KVER" --sysroot "$MADE/sysroot-$1" \
        --modules-dir "$KERNEL/lib/modules" -p host -n 2>&1 >"$MADE/host-$1.names")"
    image "host-$1" --sysroot "$MADE/sysroot-$1" --modules-dir "$KERNEL/lib/modules" -p host
    check "$1: it is smaller than the profile vm" test "$(stat -c %s "$IMAGE")" -lt "$(stat -c %s "$vm")"
    echo "# $1: host $(stat -c %s "$IMAGE") bytes, vm $(stat -c %s "$vm")"
}

# on_machine NAME BUS EXPECTED
on_machine() {
    RUN_OPTIONS=(-c 1)
    image vm
    boots "$1 tells of itself" "root=UUID=$UUID init=/sbin/capture" "$DISK,bus=$2" -- "capture: /proc/self/mountinfo:"
    host_image "$1"
    boots "$1 boots from an image for itself" "root=UUID=$UUID" "$DISK,bus=$2" -- "real-root: root $3 ext4 ro,"
}

once "$ROOT.made" make_root
DISK=$MADE/capture.img
once "$DISK" qemu/mkdisk -t ext4 -p gpt -L kindling-root -U $UUID "$DISK" "$ROOT"
use_kernel cloud
MACHINE=pc
on_machine pc-virtio virtio /dev/vda1
use_kernel generic
MACHINE=q35
on_machine q35-ahci ahci /dev/sda1
check "it has that controller's driver" sh -c "'$KINDLING' ls '$IMAGE' 'ahci.ko*' | grep ."
check "and not those of other buses" sh -c "! '$KINDLING' ls '$IMAGE' '*nvme*' | grep ."
on_machine q35-usb usb /dev/sda1

done_testing
