#!/bin/bash
# Roots on disks of iSCSI targets: by each tradition's words, with passwords, in a stack, and what goes wrong.
. "$(dirname "$0")/lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
MEMORY=512
image iscsi -f iscsi,lvm
disk plain -t ext4 -p gpt -L plain
cp "$DISK" "$SERVERS/plain"
IQN=iqn.2004-10.com.example:storage

fails "the server is away" "root=LABEL=plain netroot=iscsi:10.0.2.2::::$IQN.plain ip=dhcp rd.timeout=30" -- \
    "kindling: root=LABEL=plain may lie on a disk that did not come: cannot log in to the iSCSI target $IQN.plain of 10.0.2.2:3260, from ens2 (10.0.2.15): the server "
serve_targets
target 1 "$IQN.plain" "$SERVERS/plain"
boots "dracut's word" "root=LABEL=plain netroot=iscsi:10.0.2.2:::1:$IQN.plain ip=dhcp" -- "real-root: root /dev/sda1 ext4 ro,"
boots "its other words" "root=/dev/sda1 netroot=iscsi rd.iscsi.target.name=$IQN.plain rd.iscsi.target.ip=10.0.2.2 rd.iscsi.lun=1 rd.iscsi.initiator=iqn.2004-10.com.example:me ip=dhcp" -- \
    "real-root: root /dev/sda1 ext4 ro,"
boots "Debian's words" "root=LABEL=plain ISCSI_INITIATOR=iqn.2004-10.com.example:me ISCSI_TARGET_NAME=$IQN.plain ISCSI_TARGET_IP=10.0.2.2 ip=dhcp" -- \
    "real-root: root /dev/sda1 ext4 ro,"
fails "no such target" "root=iscsi:10.0.2.2::::$IQN.other ip=dhcp rd.timeout=20" -- \
    "kindling: cannot log in to the iSCSI target $IQN.other of 10.0.2.2:3260, from ens2 (10.0.2.15): the server has no such target, or refuses this initiator"

striped_volume
cp "${DISKS[0]}" "$SERVERS/one"
cp "${DISKS[1]}" "$SERVERS/two"
target 2 "$IQN.one" "$SERVERS/one"
target 3 "$IQN.two" "$SERVERS/two"
boots "a logical volume on two targets, beside one that is dead" \
    "root=/dev/vg0/root netroot=iscsi:10.0.2.2::3299::$IQN.dead netroot=iscsi:10.0.2.2::::$IQN.one netroot=iscsi:10.0.2.2::::$IQN.two ip=dhcp rd.timeout=100" -- \
    "real-root: root /dev/dm-0 ext4 ro,"

tgtadm --lld iscsi --op new --mode account --user user --password secret12secret
tgtadm --lld iscsi --op bind --mode account --tid 1 --user user
boots "with a password" "root=LABEL=plain netroot=iscsi:user:secret12secret@10.0.2.2::::$IQN.plain ip=dhcp" -- "real-root: root /dev/sda1 ext4 ro,"
fails "with a wrong password" "root=iscsi:user:wrong12wrong12@10.0.2.2:::1:$IQN.plain ip=dhcp rd.timeout=20" -- \
    "kindling: cannot log in to the iSCSI target $IQN.plain of 10.0.2.2:3260, from ens2 (10.0.2.15): the target does not take this user name or password"

image no-iscsi -f nbd
fails "an image without iscsistart" "root=iscsi:10.0.2.2::::$IQN.plain ip=dhcp" -- \
    "kindling: this image has no /sbin/iscsistart: make it with the feature iscsi (kindling build -f iscsi)"

done_testing
