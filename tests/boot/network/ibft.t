#!/bin/bash
# A root on a target that the firmware tells of: its table (iBFT) as ACPI has it, iSCSI Boot Firmware Table 1.03.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
MEMORY=512
image iscsi -f iscsi
disk plain -t ext4 -p gpt -L plain
cp "$DISK" "$SERVERS/plain"
IQN=iqn.2004-10.com.example:storage.plain

# table FILE TARGET: what is behind the header of 36 bytes. Offsets count from that one's beginning.
table() {
    # shellcheck disable=SC2016 # for perl
    perl -e '
        my ($file, $target) = @ARGV;
        my $initiator = "iqn.2004-10.com.example:me";
        my $nothing = "\0" x 16;
        my $table = "\0" x 400;
        sub address { "\0" x 10 . "\xff\xff" . pack("C4", split /\./, shift) }
        sub structure {
            my ($at, $id, $body) = @_;
            substr($table, $at, 6 + length $body) = pack("CCvCC", $id, 1, 6 + length $body, 0, 3) . $body; # valid, to boot from
        }
        sub string {
            my ($at, $text) = @_;
            substr($table, $at, length $text) = $text;
            return pack("vv", length $text, $at);
        }
        structure(48, 1, pack("v6", 0, 72, 152, 256, 0, 0));
        structure(72, 2, $nothing x 4 . string(312, $initiator));
        structure(152, 3, address("10.0.2.15") . pack("CC", 24, 1) . address("10.0.2.2") . $nothing x 3 . pack("v", 0) .
            pack("H12", "525400090002") . pack("v3", 9 << 3, 0, 0));
        structure(256, 4, address("10.0.2.2") . pack("v", 3260) . pack("n4", 1, 0, 0, 0) . pack("CC", 0, 0) . string(344, $target) . $nothing);
        open(my $out, ">", $file) or die "$file: $!";
        print $out substr($table, 36);' "$1" "$2"
}
table "$SERVERS/ibft" "$IQN" || bail_out "cannot make a table"
CARD=(-netdev "user,id=net0" -device "virtio-net-pci,netdev=net0,mac=52:54:00:09:00:02,addr=9")
serve_targets
target 1 "$IQN" "$SERVERS/plain"

RUN_OPTIONS=(-- "${CARD[@]}" -acpitable "sig=iBFT,data=$SERVERS/ibft")
boots "dracut's words" "root=LABEL=plain rd.iscsi.firmware ip=ibft rd.info show=/run/net-ens9.conf show=/run/systemd/network/zz-kindling-ens9.network" -- \
    "real-root: root /dev/sda1 ext4 ro," "ens9 has the address 10.0.2.15/24 (static), gateway 10.0.2.2" \
    "real-root: file /run/net-ens9.conf DEVICE='ens9'" "IPV4GATEWAY='10.0.2.2'" "KeepConfiguration=yes"
boots "without a word of the card" "root=LABEL=plain netroot=iscsi:ibft rd.info" -- "real-root: root /dev/sda1 ext4 ro," "ens9 has the address 10.0.2.15/24 (static)"
RUN_OPTIONS=(-- "${CARD[@]}")
fails "the firmware tells of no target" "root=iscsi:ibft rd.timeout=20" -- "kindling: no card is set up as the firmware has it: the firmware tells of no card (iBFT)" \
    "kindling: cannot log in to the iSCSI targets of the firmware (iBFT): the firmware tells of none"

done_testing
