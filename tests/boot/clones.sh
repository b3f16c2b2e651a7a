# Two disks of one name, one a copy of the other: source it behind lib.sh.
# shellcheck shell=bash disable=SC2034 # MACHINE is lib.sh's

use_kernel generic
image generic -p generic
MACHINE=q35
UUID=6b6b6b6b-1111-4222-8333-0123456789ab
disk ext4-gpt-64m -t ext4 -p gpt -L kindling-root -U $UUID -s 64M # SD cards come in powers of two

# refused BUS BUS DEVICE DEVICE [OPTION]
refused() {
    fails "$1 and $2${5:+, $5}" "root=UUID=$UUID $5" "$DISK,bus=$1" "$DISK,bus=$2" -- \
        "root=UUID=$UUID is ambiguous: $3 and $4 both have that name"
}
