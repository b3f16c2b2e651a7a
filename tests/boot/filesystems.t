#!/bin/bash
# Every file system that a root may be, found by UUID or label and named by what it is.
. "$(dirname "$0")/lib.sh"

use_kernel generic
image generic -p generic

on() {
    local type=$1 spec=$2 expected=$3
    shift 3
    disk "fs-$type" -t "$type" -p gpt "$@"
    boots "$type by $spec" "root=$spec" "$DISK" -- "real-root: root /dev/vda1 $expected"
}

UUID=6b6b6b6b-2222-4222-8333-0123456789ab
on ext2 UUID=$UUID "ext2 ro," -U $UUID
on ext3 UUID=$UUID "ext3 ro," -U $UUID
on ext4 LABEL=ext4root "ext4 ro," -L ext4root
on xfs UUID=$UUID "xfs ro," -U $UUID
on btrfs UUID=$UUID "btrfs ro," -U $UUID
on f2fs LABEL=f2fsroot "f2fs ro," -L f2fsroot
on squashfs /dev/vda1 "squashfs ro,"
on erofs UUID=$UUID "erofs ro," -U $UUID
on iso9660 LABEL=ISOROOT "iso9660 ro," -L ISOROOT

done_testing
