# A kernel on the buses of a PC, with both profiles: source it.
# shellcheck shell=bash

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# shellcheck disable=SC2034 # lib.sh's
MACHINE=q35 MEMORY=384
UUID=6b6b6b6b-1111-4222-8333-0123456789ab
disk ext4-gpt-64m -t ext4 -p gpt -L kindling-root -U $UUID -s 64M

on_bus() {
    boots "$KVER, $PROFILE, $1" "root=UUID=$UUID show=/proc/self/mountinfo" "$DISK,bus=$1" -- "real-root: root $2 ext4 ro,"
    # Below the initramfs, there is an immutable root, the first mount of all: the root took the initramfs's place on it.
    [ "${KVER%%.*}" -lt 7 ] || check "$KVER, $PROFILE, $1: by way of a pivot" grep -qaE '(^| )[0-9]+ 1 [0-9]+:[0-9]+ / / ' "$LOG"
}

both_on_all() {
    for PROFILE in vm generic; do
        image "$PROFILE" -p "$PROFILE"
        check "$KVER, $PROFILE: check says so" "$KINDLING" check --machine q35-virtio,nvme "$IMAGE"
        on_bus virtio /dev/vda1
        on_bus nvme /dev/nvme0n1p1
        # Cloud kernels have no drivers of the others.
        [[ $KVER != *cloud* ]] || continue
        on_bus ahci /dev/sda1
        on_bus usb /dev/sda1
    done
}
