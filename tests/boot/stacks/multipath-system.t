#!/bin/bash
# A real system on a disk that two paths lead to: its multipathd goes on with the device that /init made, and its udev with
# the partition on it.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
. tests/boot/systems.sh
PATH=$PATH:/usr/sbin:/sbin

MEMORY=512
TIMEOUT=600
WWN=5000c50015ea71ac
WWID=3$WWN

make_questions() {
    rm -rf "$1" && mkdir -p "$1"/{usr/sbin,etc/multipath,etc/systemd/system.conf.d} && cat >"$1/usr/sbin/tell" <<'TELL'
#!/bin/sh
say() {
    while read -r line; do
        echo "system: $1 $line"
    done
}
systemctl is-system-running --wait | say running
systemctl --failed --plain --no-legend --no-pager | say failed
udevadm settle
multipathd show maps raw format '%w %t' | say known
multipathd show paths raw format '%w %t' | sort | say paths
for link in /dev/mapper/*; do
    echo "${link##*/} $(readlink "$link")"
done | grep -v '^control ' | sed 's/[0-9]*$//' | paste -sd ' ' | say mapper
awk '$2 == "/" && $1 ~ "^/dev/" { print $1 }' /proc/self/mounts | xargs readlink -f | sed 's/[0-9]*$//' | say root
for device in /sys/block/dm-*; do
    udevadm info -q property "$device" | sed -n "s/^SYSTEMD_READY=/${device##*/} /p"
done | grep ' 0$' | say "not ready"
echo "system: told"
TELL
    chmod 755 "$1/usr/sbin/tell" && echo "/$2/" >"$1/etc/multipath/wwids" &&
        printf '[Manager]\nDefaultDeviceTimeoutSec=600\n' >"$1/etc/systemd/system.conf.d/devices.conf" &&
        echo 'LABEL=poured / ext4 errors=remount-ro 0 1' >"$1/etc/fstab"
}

# in_a_partition FILE SYSTEM: the disk FILE, on which the file system of that image lies in a partition.
in_a_partition() {
    rm -f "$1" && truncate -s $(($(stat -c %s "$2") + (2 << 20))) "$1" && echo 'label: gpt
start=2048' | sfdisk -q "$1" && dd if="$2" of="$1" bs=1M seek=1 conv=notrunc,sparse status=none
}

use_kernel cloud
once "$MADE/multipath-questions" make_questions "$MADE/multipath-questions" "$WWID"
once "$MADE/multipath-poured.img" qemu/mkdebian -s bookworm -P multipath-tools -L poured "$MADE/multipath-poured.img" "$MADE/multipath-questions"
in_a_partition "$MADE/multipath-system.img" "$MADE/multipath-poured.img" || bail_out "cannot make a disk"
image multipath -f multipath,lvm
RUN_OPTIONS=(--)
for number in 1 2; do
    RUN_OPTIONS+=(-device "virtio-scsi-pci,id=adapter$number"
        -blockdev "driver=file,node-name=path$number,filename=$MADE/multipath-system.img,locking=off"
        -device "scsi-hd,bus=adapter$number.0,drive=path$number,wwn=0x$WWN,share-rw=on")
done
to_prompt_and_down "Debian 12" "root=LABEL=poured console=ttyS0" tell
check "up to its prompt and down again" down_again
check "it could tell" log_shows "system: told"
check "it is up without a failure" is "$(told running)" running
check "no unit failed" is "$(told failed)" ""
check "its multipathd knows the device" is "$(told known)" "$WWID active"
check "and both paths" is "$(told paths)" "$WWID active
$WWID active"
check "what is in /dev/mapper are links" is "$(told mapper)" "$WWID ../dm- $WWID-part1 ../dm-"
check "the root is on it" is "$(told root)" /dev/dm-
check "no device is kept from systemd" is "$(told 'not ready')" ""
done_testing
