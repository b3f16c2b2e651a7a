#!/bin/bash
# Roots in LUKS volumes of each kind that is in use, alone and in stacks.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
MEMORY=512
image crypt-lvm-md -f crypt,lvm,md

# opens NAME CMDLINE PASSPHRASE LINES...: asked for once, the root's init runs.
opens() {
    typed "$1" "$2" "$3" -- 'real-root: done' "${@:4}"
}

stack luks1 1 "
printf secret >/tmp/key
cryptsetup luksFormat -q --type luks1 $FAST /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
"
DISKS=("${DISKS[0]},format=raw") # QEMU can open it by itself
opens "LUKS1" root=LABEL=inside secret "real-root: root /dev/dm-0 ext4 ro,"

stack argon2id 1 "
printf secret >/tmp/key
cryptsetup luksFormat -q --type luks2 --pbkdf argon2id --pbkdf-memory 32768 --pbkdf-force-iterations 4 --pbkdf-parallel 4 /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
"
opens "Argon2 in four threads" root=LABEL=inside secret "real-root: root /dev/dm-0 ext4 ro,"

stack essiv 1 "
printf secret >/tmp/key
cryptsetup luksFormat -q --type luks2 --hash sha512 --cipher aes-cbc-essiv:sha256 --key-size 256 $FAST /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
"
opens "an old cipher" root=LABEL=inside secret "real-root: root /dev/dm-0 ext4 ro,"

# As long as a terminal's passphrase may be for cryptsetup, and not of ASCII.
LONG=$(printf 'ü%.0s' {1..255})
stack long 1 "
printf %s '$LONG' >/tmp/key
cryptsetup luksFormat -q --type luks2 $FAST /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
"
opens "510 bytes of UTF-8" root=LABEL=inside "$LONG" "real-root: root /dev/dm-0 ext4 ro,"

stack lvm-in-luks 2 "
printf secret >/tmp/key
for disk in vda vdb; do
    cryptsetup luksFormat -q --type luks2 $FAST /dev/\$disk /tmp/key
    cryptsetup open --key-file /tmp/key /dev/\$disk \$disk
    lvm pvcreate -q /dev/mapper/\$disk
done
lvm vgcreate -q vg0 /dev/mapper/vda /dev/mapper/vdb
lvm lvcreate -q -W n -Z n -n root -l 100%FREE vg0
fill /dev/vg0/root -L inside
lvm vgchange -q -a n vg0
cryptsetup close vda
cryptsetup close vdb
"
opens "a volume group over two volumes, with one passphrase" root=/dev/vg0/root secret "real-root: root /dev/dm-"
opens "the same by its label" root=LABEL=inside secret "real-root: root /dev/dm-"
opens "once for both, after a key that is not there" "root=LABEL=inside rd.luks.key=/nowhere" secret \
    "kindling: cannot read the key /nowhere of the LUKS volume /dev/vda" "kindling: cannot read the key /nowhere of the LUKS volume /dev/vdb" \
    "real-root: root /dev/dm-"

stack luks-on-lvm 1 "
printf secret >/tmp/key
lvm pvcreate -q /dev/vda
lvm vgcreate -q vg0 /dev/vda
lvm lvcreate -q -W n -Z n -n vault -l 100%FREE vg0
cryptsetup luksFormat -q --type luks2 $FAST /dev/vg0/vault /tmp/key
cryptsetup open --key-file /tmp/key /dev/vg0/vault inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
lvm vgchange -q -a n vg0
"
opens "a volume on a logical one" root=LABEL=inside secret "real-root: root /dev/dm-1 ext4 ro,"

stack luks-on-md 2 "
printf secret >/tmp/key
mdadm --create /dev/md/vault --assume-clean --run --level=1 --raid-devices=2 --homehost=any --name=vault /dev/vda /dev/vdb
cryptsetup luksFormat -q --type luks2 $FAST /dev/md/vault /tmp/key
cryptsetup open --key-file /tmp/key /dev/md/vault inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
"
opens "a volume on an array" root=LABEL=inside secret "real-root: root /dev/dm-0 ext4 ro,"
DISKS=("${DISKS[1]}")
opens "the same, degraded" root=LABEL=inside secret "degraded" "real-root: root /dev/dm-0 ext4 ro,"
done_testing
