#!/bin/bash
# Firmware that starts only what is signed: a medium by way of Debian's shim and GRUB, and a unified kernel image that is
# signed by a key which the firmware knows.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh

use_kernel cloud
TIMEOUT=900 # this firmware takes its time

medium() {
    "$KINDLING" iso -p vm -k "$KVER" --modules-dir "$KERNEL/lib/modules" --root "$WORK/root.squashfs" --secure-boot \
        --append "init=/sbin/live show=/sys/kernel/security/lockdown console=ttyS0 no_timer_check panic=-1" -o "$1" 2>/dev/null
}

# by_firmware NAME KEYS UNTIL DISK...: from the firmware on.
by_firmware() {
    local name=$1 keys=$2 until=$3 disk disks=()
    for disk in "${@:4}"; do
        disks+=(-d "$disk")
    done
    LOG=$LOGS/secure-boot-$tap_count.log
    qemu/run --firmware uefi --secure-boot "$keys" -M q35 -m 768 "${disks[@]}" --snapshot --log "$LOG" --timeout "$TIMEOUT" \
        --until "$until" 2>"$LOG.err"
    echo $? >"$LOG.status"
}

check "a medium is made" medium "$WORK/made.iso"
check "and once more" medium "$WORK/again.iso"
check "it has the same bytes" cmp "$WORK/made.iso" "$WORK/again.iso"
by_firmware "a disc" microsoft 'live: done' "$WORK/made.iso,bus=scsi-cd"
check "boots: a disc" log_shows 'secureboot: Secure boot enabled' 'live: wrote something' 'live: mount /run/live/medium iso9660 ro,'
by_firmware "a stick" microsoft 'live: done' "$WORK/made.iso"
check "boots: a stick" log_shows 'secureboot: Secure boot enabled' 'live: wrote something'

# A key of one's own, here that of which anybody has the other half; ovmf tells its passphrase.
openssl rsa -in /usr/share/ovmf/PkKek-1-snakeoil.key -passin pass:snakeoil -out "$WORK/key" 2>/dev/null
unified() {
    "$KINDLING" uki -p vm -k "$KVER" --modules-dir "$KERNEL/lib/modules" \
        --cmdline "root=LABEL=kindling-root console=ttyS0 no_timer_check panic=-1" -o "$@" 2>/dev/null
}
efi_disk() {
    rm -f "$1"
    truncate -s 64M "$1"
    mkfs.vfat -n ESP "$1" >/dev/null && mmd -i "$1" ::/EFI ::/EFI/BOOT && mcopy -i "$1" "$2" ::/EFI/BOOT/BOOTX64.EFI
}
disk ext4-gpt -t ext4 -p gpt -L kindling-root
check "a signed unified kernel image is made" unified "$WORK/signed.efi" --sign-key "$WORK/key" --sign-cert /usr/share/ovmf/PkKek-1-snakeoil.pem
check "and its disk" efi_disk "$WORK/signed.img" "$WORK/signed.efi"
by_firmware "signed" snakeoil 'real-root: done' "$WORK/signed.img" "$DISK"
check "it boots" log_shows 'secureboot: Secure boot enabled' 'real-root: done'
check "one that is not signed is made" unified "$WORK/unsigned.efi"
check "and its disk" efi_disk "$WORK/unsigned.img" "$WORK/unsigned.efi"
by_firmware "unsigned" snakeoil 'Access Denied|real-root: done' "$WORK/unsigned.img" "$DISK"
check "it does not boot" log_shows 'Access Denied'
done_testing
