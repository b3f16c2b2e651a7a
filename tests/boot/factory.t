#!/bin/bash
# The machine that makes the disks of storage stacks for the other tests.
. "$(dirname "$0")/lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
stack each-kind 4 '
mdadm --create /dev/md/one --assume-clean --run --level=1 --raid-devices=2 --metadata=1.2 /dev/vda /dev/vdb
fill /dev/md/one
lvm pvcreate -q /dev/vdc
lvm vgcreate -q vg0 /dev/vdc
lvm lvcreate -q -W n -Z n -n root -l 100%FREE vg0
fill /dev/vg0/root
lvm vgchange -q -a n vg0
printf secret >/tmp/key
cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vdd /tmp/key
cryptsetup open --key-file /tmp/key /dev/vdd inside
fill /dev/mapper/inside
cryptsetup close inside
'
has_types() {
    local disk types=
    for disk in "${DISKS[@]}"; do
        types+="$(blkid -p -o value -s TYPE "$disk") "
    done
    echo "$types"
    [ "$types" = "linux_raid_member linux_raid_member LVM2_member crypto_LUKS " ]
}
check "md, LVM and LUKS" has_types

says_what_failed() {
    (stack fails 1 'echo so far; false; echo too far') >"$LOGS/factory-fails" && return 1
    grep -q '^so far' "$LOGS/factory-fails" && ! grep -q '^too far' "$LOGS/factory-fails" && ! ls "$MADE"/stack-fails-*.recipe
}
check "a script that fails makes no disks, and is shown" says_what_failed
done_testing
