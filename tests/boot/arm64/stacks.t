#!/bin/bash
# arm64: roots in a LUKS volume and on LVM, with the programs of an unpacked root of that architecture. The disks are made
# on this host's own.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
FACTORY_BUSYBOX=build/sysroot/arm64/bin/busybox
stack arm64-luks 1 '
printf "open sesame" >/tmp/key
cryptsetup luksFormat -q --type luks2 --uuid 7c7c7c7c-1111-4222-8333-0123456789ab --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda inside
fill /dev/mapper/inside -L in-luks
cryptsetup close inside
'
LUKS=("${DISKS[@]}")
stack arm64-lvm 2 '
lvm pvcreate -q /dev/vda /dev/vdb
lvm vgcreate -q group /dev/vda /dev/vdb
lvm lvcreate -q -y -Zn -Wn --type striped -i 2 -L 40M -n root group
lvm vgmknodes
fill /dev/group/root -L in-lvm
lvm vgchange -q -an group
'
LVM=("${DISKS[@]}")

# shellcheck disable=SC2034 # lib.sh's
ARCHITECTURE=arm64 MACHINE=virt MEMORY=512
use_kernel cloud
SYSROOT=$(qemu/fetch-sysroot --arch arm64 cryptsetup-bin lvm2 dmsetup busybox-static e2fsck-static) ||
    bail_out "no root of arm64: see above"
image arm64-layers -f crypt,lvm --sysroot "$SYSROOT"

# shellcheck disable=SC2054
RUN_OPTIONS=(--type '^kindling: passphrase for .*: (\[ *[0-9.]+\] .*)?$ => open sesame')
boots "LUKS" "root=LABEL=in-luks" "${LUKS[@]}" -- "real-root: root /dev/dm-0 ext4 ro,"
RUN_OPTIONS=()
boots "LVM" "root=/dev/group/root" "${LVM[@]}" -- "real-root: root /dev/dm-0 ext4 ro,"

done_testing
