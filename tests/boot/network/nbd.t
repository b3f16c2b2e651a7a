#!/bin/bash
# Roots on disks of NBD servers: in each form, in stacks, and what goes wrong.
. "$(dirname "$0")/lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
image nbd -f nbd,lvm,crypt
disk plain -t ext4 -p none -L plain
plain=$DISK
disk parts -t ext4 -p gpt -L parts
parts=$DISK

fails "the server is away" "root=nbd:10.0.2.2:plain ip=dhcp rd.timeout=5" -- \
    "kindling: cannot connect to the NBD export plain of 10.0.2.2:10809, from ens2 (10.0.2.15): the server refuses connections"
LATER=the_server_is_late
later "the server refuses connections; it is tried again" serve_nbd plain "$plain" 10809 --read-only
boots "the server is late" "root=nbd:10.0.2.2:plain ip=dhcp rd.timeout=200" -- "real-root: root /dev/nbd0 ext4 ro,"

serve_nbd '' "$plain" 10810 --snapshot
serve_nbd parts "$parts" 10811 --read-only
boots "a port alone, and a file system said" "root=nbd:10.0.2.2:10810:ext4:noatime ip=dhcp rw" -- "real-root: root /dev/nbd0 ext4 rw,noatime"
boots "a URL" "root=LABEL=parts netroot=nbd://10.0.2.2:10811/parts ip=dhcp" -- \
    "real-root: root /dev/nbd0p1 ext4 ro,"
boots "by the device's name" "root=/dev/nbd0p1 netroot=nbd://10.0.2.2:10811/parts ip=dhcp" -- "real-root: root /dev/nbd0p1 ext4 ro,"
boots "Debian's word, and another device" "root=/dev/nbd3 nbdroot=10.0.2.2,plain,nbd3 ip=dhcp" -- "real-root: root /dev/nbd3 ext4 ro,"
boots "one of two servers is dead" "root=LABEL=parts netroot=nbd:10.0.2.2:10899 netroot=nbd://10.0.2.2:10811/parts ip=dhcp" -- \
    "real-root: root /dev/nbd1p1 ext4 ro,"
fails "no such export" "root=nbd:10.0.2.2:other ip=dhcp" -- \
    "kindling: cannot open the NBD export other of 10.0.2.2:10809, from ens2 (10.0.2.15): the server has no such export"
fails "the root is on none of the disks that come" "root=LABEL=nobody netroot=nbd:10.0.2.2:plain netroot=nbd:10.0.2.2:10899 ip=dhcp rd.timeout=5" -- \
    "kindling: root=LABEL=nobody may lie on a disk that did not come: cannot connect to the NBD export of 10.0.2.2:10899"
mute 10820
fails "the server is mute" "root=nbd:10.0.2.2:10820 ip=dhcp rd.timeout=4" -- \
    "the NBD export of 10.0.2.2:10820, from ens2 (10.0.2.15) did not come: the server does not answer"
speaks 10821 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3'
fails "another kind of server" "root=nbd:10.0.2.2:10821 ip=dhcp" -- \
    "kindling: cannot open the NBD export of 10.0.2.2:10821, from ens2 (10.0.2.15): that is no NBD server, or one that breaks the protocol"

striped_volume
serve_nbd one "${DISKS[0]}" 10831 --snapshot
serve_nbd two "${DISKS[1]}" 10832 --snapshot
boots "a logical volume on two disks from the network" \
    "root=/dev/vg0/root netroot=nbd://10.0.2.2:10831/one netroot=nbd://10.0.2.2:10832/two ip=dhcp" -- "real-root: root /dev/dm-0 ext4 ro,"

stack netluks 1 '
printf secret >/tmp/key
cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda inside
fill /dev/mapper/inside -L sealed
cryptsetup close inside'
serve_nbd sealed "${DISKS[0]}" 10833 --snapshot
MEMORY=512
RUN_OPTIONS=(--type '^kindling: passphrase for .*: (\[ *[0-9.]+\] .*)?$ => secret' -- "${CARD[@]}")
boots "a LUKS volume on a disk from the network" "root=LABEL=sealed netroot=nbd://10.0.2.2:10833/sealed ip=dhcp" -- \
    "real-root: root /dev/dm-0 ext4 ro,"

done_testing
