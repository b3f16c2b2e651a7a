#!/bin/bash
# Layers in the orders in which others test theirs (dracut's TEST-20, TEST-26), and deeper ones: with no word on the command
# line, and with dracut's.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
MEMORY=384
CREATE="mdadm --create --assume-clean --run --homehost=any --level=1 --raid-devices=2 --metadata=0.90"
VAULT=7c7c7c7c-1111-4222-8333-0123456789a

# The keys of all volumes are in the image, and a crypttab that names them.
with_keys() {
    local number
    rm -rf "$1" && cp -r template "$1" && mkdir -p "$1/etc" && printf 'open sesame' >"$1/etc/key" && chmod 600 "$1/etc/key" &&
        for number in 1 2 3; do
            echo "vault$number UUID=$VAULT$number /etc/key luks,initramfs"
        done >"$1/etc/crypttab"
}
once "$MADE/layouts-keys" with_keys "$MADE/layouts-keys"
image layouts -f crypt,lvm-thin,md --template "$MADE/layouts-keys"

# encrypt DEVICE NUMBER: opened as /dev/mapper/vaultNUMBER. group DEVICE...: with one volume, filled.
PREPARE="
printf 'open sesame' >/tmp/key
encrypt() {
    cryptsetup luksFormat -q --type luks2 --uuid $VAULT\$2 $FAST \$1 /tmp/key
    cryptsetup open --key-file /tmp/key \$1 vault\$2
}
group() {
    lvm pvcreate -q \"\$@\"
    lvm vgcreate -q -s 1m dracut \"\$@\"
    lvm lvcreate -q -W n -Z n -n root -l 100%FREE dracut
    fill /dev/dracut/root -L dracut
    lvm vgchange -q -a n dracut
}
"
ROOT="real-root: root /dev/dm-"

stack two-disks 2 "$PREPARE
group /dev/vda /dev/vdb
"
boots "two disks in a group" "root=LABEL=dracut rd.auto=1 rd.luks.crypttab=0 rd.md=0" "${DISKS[@]}" -- "$ROOT"
boots "with no word" "root=LABEL=dracut" "${DISKS[@]}" -- "$ROOT"

STACK_SIZE=96M
stack thin-on-two 2 "
modprobe dm-thin-pool
lvm pvcreate -q /dev/vda /dev/vdb
lvm vgcreate -q -s 1m dracut /dev/vda /dev/vdb
lvm lvcreate -q --type thin-pool -l 90%FREE -n pool dracut
lvm lvcreate -q -V 60m -T dracut/pool -n root
fill /dev/dracut/root -L dracut
lvm vgchange -q -a n dracut
"
STACK_SIZE=64M
boots "a thin volume over two disks" "root=LABEL=dracut rd.auto=1" "${DISKS[@]}" -- "$ROOT"
THIN=("${DISKS[@]}")

stack lvm-on-md 2 "$PREPARE
$CREATE /dev/md0 /dev/vda /dev/vdb
group /dev/md0
"
boots "a group on an array" "root=LABEL=dracut" "${DISKS[@]}" -- "$ROOT"
boots "by its name" "root=/dev/dracut/root" "${DISKS[@]}" -- "$ROOT"
boots "degraded" "root=LABEL=dracut" "${DISKS[1]}" -- "degraded: of its 2 members, counted from 0, there is no member 0" "$ROOT"

stack lvm-on-luks-on-md 2 "$PREPARE
$CREATE /dev/md0 /dev/vda /dev/vdb
encrypt /dev/md0 1
group /dev/mapper/vault1
cryptsetup close vault1
"
ARRAY=$(blkid -p -o value -s UUID "${DISKS[0]}")
boots "a group on LUKS on an array" "root=LABEL=dracut" "${DISKS[@]}" -- "$ROOT"
boots "degraded, rd.auto" "root=LABEL=dracut rd.auto" "${DISKS[0]}" -- "there is no member 1" "$ROOT"
boots "degraded, each named" "root=LABEL=dracut rd.luks.uuid=luks-${VAULT}1 rd.md.uuid=$ARRAY rd.md.conf=0 rd.lvm.vg=dracut" "${DISKS[0]}" -- "$ROOT"
boots "degraded, the volume named" "root=LABEL=dracut rd.luks.uuid=luks-${VAULT}1 rd.md.uuid=$ARRAY rd.lvm.lv=dracut/root" "${DISKS[0]}" -- "$ROOT"
check "no passphrase is asked for" log_lacks "passphrase"

stack lvm-on-md-on-luks 2 "$PREPARE
encrypt /dev/vda 1
encrypt /dev/vdb 2
$CREATE /dev/md0 /dev/mapper/vault1 /dev/mapper/vault2
group /dev/md0
mdadm --stop /dev/md0
cryptsetup close vault1
cryptsetup close vault2
"
boots "a group on an array of two LUKS volumes" "root=LABEL=dracut" "${DISKS[@]}" -- "$ROOT"
boots "each named" "root=LABEL=dracut rd.luks.uuid=luks-${VAULT}1 rd.luks.uuid=luks-${VAULT}2" "${DISKS[@]}" -- "$ROOT"
boots "one of them is missing" "root=LABEL=dracut" "${DISKS[0]}" -- "there is no member 1" "$ROOT"

stack luks-on-lvm-on-luks 1 "$PREPARE
encrypt /dev/vda 1
lvm pvcreate -q /dev/mapper/vault1
lvm vgcreate -q -s 1m middle /dev/mapper/vault1
lvm lvcreate -q -W n -Z n -n inner -l 100%FREE middle
encrypt /dev/middle/inner 2
fill /dev/mapper/vault2 -L dracut
cryptsetup close vault2
lvm vgchange -q -a n middle
cryptsetup close vault1
"
boots "LUKS in a group in LUKS" "root=LABEL=dracut" "${DISKS[@]}" -- "real-root: root /dev/dm-2 ext4"

# /usr in a group, the root elsewhere, and only its fstab tells.
stack usr-in-group 2 '
lvm pvcreate -q /dev/vda
lvm vgcreate -q -s 1m vg /dev/vda
lvm lvcreate -q -W n -Z n -n usr -L 20m vg
lvm lvcreate -q -W n -Z n -n other -L 20m vg
fill /dev/vg/usr -L usr
fill /dev/vg/other -L other
lvm vgchange -q -a n vg
fill /dev/vdb -L root
mkdir /tmp/root
mount -t ext4 /dev/vdb /tmp/root
mkdir -p /tmp/root/usr
echo "/dev/vg/usr /usr ext4 defaults 0 2" >/tmp/root/etc/fstab
umount /tmp/root
'
boots "/usr in a group" "root=/dev/vdb rd.info" "${DISKS[@]}" -- "kindling: the logical volume vg/usr is active" \
    "kindling: mounted /dev/dm-0 as ext4" "real-root: root /dev/vdb ext4"
check "and no more of it" log_lacks "vg/other"

# Without what would check it, a pool is activated all the same.
image no-checks -f lvm
boots "no thin_check in the image" "root=/dev/dracut/root" "${THIN[@]}" -- "$ROOT"

# Nothing in Debian makes one: as much of it as /init looks at.
bcachefs_member() {
    rm -f "$1" && truncate -s 16M "$1" &&
        printf '\306\205\163\366\146\316\220\251\331\152\140\317\200\075\367\357' | dd of="$1" bs=1 seek=$((4096 + 24)) conv=notrunc status=none &&
        printf 'ZZZZZZZZZZZZZZZZseveral' | dd of="$1" bs=1 seek=$((4096 + 56)) conv=notrunc status=none &&
        printf '%b' "\\0$2\\02" | dd of="$1" bs=1 seek=$((4096 + 122)) conv=notrunc status=none
}
for number in 0 1; do
    bcachefs_member "$MADE/bcachefs-$number.img" $number || bail_out "cannot make a disk"
done
fails "one of two devices of a bcachefs" "root=LABEL=several rd.timeout=1" "$MADE/bcachefs-1.img" -- \
    "kindling: only 1 of 2 devices of the bcachefs on /dev/vda have come, without device 0, counted from 0: attach it, or boot with rootflags=degraded"
# A kernel that has it, and what it says of the first that it is to open.
use_kernel cloud trixie
image bcachefs -f bcachefs
fails "both, by the kernel" "root=LABEL=several" "$MADE/bcachefs-1.img" "$MADE/bcachefs-0.img" -- \
    "bcachefs (/dev/vdb): error" "kindling: cannot mount /dev/vdb:/dev/vda as bcachefs"
use_kernel cloud
image layouts -f crypt,lvm-thin,md --template "$MADE/layouts-keys"

# mdadm.conf has its say about names.
with_names() {
    rm -rf "$1" && cp -r template "$1" && mkdir -p "$1/etc/mdadm" && echo "ARRAY /dev/md/by-its-line UUID=$2" >"$1/etc/mdadm/mdadm.conf"
}
stack named 2 '
mdadm --create /dev/md/elsewhere --assume-clean --run --level=1 --raid-devices=2 --metadata=1.2 --homehost=other --name=elsewhere /dev/vda /dev/vdb
fill /dev/md/elsewhere -L named
'
NAMED=$(blkid -p -o value -s UUID "${DISKS[0]}" | tr -d - | sed 's/......../&:/g; s/:$//')
once "$MADE/layouts-names" with_names "$MADE/layouts-names" "$NAMED"
image md-names -f md --template "$MADE/layouts-names"
boots "a line of mdadm.conf" "root=/dev/md/by-its-line" "${DISKS[@]}" -- "real-root: root /dev/md127 ext4"
boots "which rd.md.conf=0 does away with" "root=/dev/md/elsewhere rd.md.conf=0" "${DISKS[@]}" -- "real-root: root /dev/md127 ext4"
done_testing
