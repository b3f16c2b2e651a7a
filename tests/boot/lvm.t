#!/bin/bash
# A root on a logical volume: found with no option given, nothing else activated, handed over as the root's udev wants
# it. More layouts are in stacks/lvm.t.
. "$(dirname "$0")/lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
image lvm -f lvm

# /sbin/tell is an init that shows what a root inherits, and ends as a shutdown does.
# shellcheck disable=SC2016 # for the machine's shell
stack linear 1 '
lvm pvcreate -q /dev/vda
lvm vgcreate -q -s 1m vg-0 /dev/vda
lvm lvcreate -q -W n -Z n -n my-root -L 20m vg-0
lvm lvcreate -q -W n -Z n -n other -L 20m vg-0
fill /dev/vg-0/my-root -L in-lvm -U 6b6b6b6b-1111-4222-8333-0123456789ac
fill /dev/vg-0/other -L other
mkdir /tmp/root
mount -t ext4 /dev/vg-0/my-root /tmp/root
cat >/tmp/root/sbin/tell <<"INIT"
#!/bin/sh
export PATH=/bin:/sbin
for path in /dev/mapper/* /dev/vg-0/*; do
    echo "real-root: $path is $(readlink "$path" || echo no link)"
done
for path in /run/udev/data/*; do
    while read -r line; do echo "real-root: record $(cat "/sys/dev/block/${path##*/b}/dm/name") $line"; done <"$path"
    [ ! -k "$path" ] || echo "real-root: $path outlives a clean-up of the records"
done
echo "real-root: left in /run/lvm:" $(ls /run/lvm)
cd /run/initramfs && mkdir dev proc sys run oldroot && mount -o bind . . && cd /run/initramfs
for place in dev proc sys; do mount -o move /$place $place; done
pivot_root . oldroot
exec /shutdown poweroff <dev/console >dev/console 2>&1
INIT
chmod 755 /tmp/root/sbin/tell
umount /tmp/root
lvm vgchange -q -a n vg-0
'
LINEAR=("${DISKS[@]}")
boots "by the volume's path" "root=/dev/vg-0/my-root rd.info" "${LINEAR[@]}" -- \
    "kindling: the logical volume vg-0/my-root is active" "real-root: root /dev/dm-0 ext4 ro,"
check "and no other volume, without lvm" log_lacks "vg-0/other" "unpack lvm " "program lvm"
for root in /dev/mapper/vg--0-my--root /dev/disk/by-id/dm-name-vg--0-my--root; do
    boots "by $root" "root=$root" "${LINEAR[@]}" -- "real-root: root /dev/dm-0 ext4 ro,"
done
boots "by UUID" "root=UUID=6b6b6b6b-1111-4222-8333-0123456789ac rw rd.info" "${LINEAR[@]}" -- "real-root: root /dev/dm-0 ext4 rw,"
check "and no other volume, which was read without it" log_lacks "vg-0/other" "dm-1"
boots "as rd.lvm.lv= allows" "root=LABEL=in-lvm rd.lvm.lv=vg-0/my-root rd.info" "${LINEAR[@]}" -- "real-root: root /dev/dm-0 ext4 ro,"
check "and no other volume, again" log_lacks "vg-0/other"
fails "a volume that is not there" "root=/dev/vg-0/rot rd.timeout=1" "${LINEAR[@]}" -- \
    "in /dev/vda is a physical volume of the volume group vg-0, which is complete and has the volumes my-root, other"
fails "none where none is wanted" "root=LABEL=in-lvm rd.lvm=0 rd.timeout=1" "${LINEAR[@]}" -- "/dev/vda: an LVM2 physical volume"

run_machine "the hand-over" 'reboot: Power down' "root=/dev/vg-0/my-root init=/sbin/tell kindling.shutdown" "${LINEAR[@]}"
check "what the root's udev wants is handed over, and the shutdown takes the volume down" log_shows \
    "real-root: /dev/mapper/vg--0-my--root is ../dm-0" "real-root: /dev/vg-0/my-root is ../dm-0" \
    "real-root: record vg--0-my--root E:DM_UDEV_PRIMARY_SOURCE_FLAG=1" " outlives a clean-up of the records" "the old root is unmounted" \
    "kindling: the mapped device vg--0-my--root is removed"
check "and nothing that would mislead its lvm" grep -qax $'real-root: left in /run/lvm:\r*' "$LOG"

stack striped 2 '
lvm pvcreate -q /dev/vda /dev/vdb
lvm vgcreate -q -s 1m two /dev/vda /dev/vdb
lvm lvcreate -q -W n -Z n -n alone -L 20m two /dev/vdb
lvm lvcreate -q -W n -Z n -n both -i 2 -I 64k -L 20m two
fill /dev/two/alone -L alone
fill /dev/two/both -L both
lvm lvcreate -q -s -n snap -L 4m two/alone /dev/vdb
lvm vgchange -q -a n two
'
STRIPED=("${DISKS[@]}")
boots "striped over two disks" "root=LABEL=both" "${DISKS[@]}" -- "real-root: root /dev/dm-"
boots "a volume with a snapshot, which does not need the disk that is missing, by lvm" "root=/dev/two/alone" "${DISKS[1]}" -- \
    "real-root: root /dev/dm-" "program lvm"
fails "one that does" "root=LABEL=both rd.timeout=2" "${DISKS[0]}" -- \
    "in /dev/vda is a physical volume of the volume group two, which lacks 1 of 2: uuid "

# Where the root is elsewhere, and its name says so.
disk plain -t ext4 -p none -L plain
boots "a root that is on no volume" "root=/dev/vda" "$DISK" "${LINEAR[@]}" -- "real-root: root /dev/vda ext4"
check "lets volumes be" log_lacks "unpack lvm" "program lvm" "dm-0"

goes_through() {
    "$KINDLING" check --machine q35-virtio --root "${LINEAR[0]}" "$IMAGE"
}
names_lvm() {
    local said
    said=$("$KINDLING" check --machine q35-virtio --root "${STRIPED[1]}" "$IMAGE" 2>&1) && return 1
    grep -F 'a root on LVM2_member wants /sbin/lvm, which cannot run: it is not in this image (kindling build -f lvm)' <<<"$said"
}
check "kindling check goes through the layer" goes_through
image no-lvm -f layers
check "and where /init does all by itself, without lvm" goes_through
check "else it names what is missing" names_lvm
boots "an image without lvm" "root=LABEL=in-lvm" "${LINEAR[@]}" -- "real-root: root /dev/dm-"
fails "which does not open what lvm has to" "root=/dev/two/alone rd.timeout=10" "${STRIPED[@]}" -- \
    "kindling: cannot activate two/alone: this image has no /sbin/lvm (kindling build -f lvm)"
done_testing
