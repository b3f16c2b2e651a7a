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

# secured KEYS UNTIL OPTIONS...
secured() {
    by_firmware "$2" --firmware uefi --secure-boot "$1" -m 768 "${@:3}"
}

check "a medium is made" medium "$WORK/made.iso"
check "and once more" medium "$WORK/again.iso"
check "it has the same bytes" cmp "$WORK/made.iso" "$WORK/again.iso"
secured microsoft 'live: done' -d "$WORK/made.iso,bus=scsi-cd"
check "boots: a disc" log_shows 'secureboot: Secure boot enabled' 'live: wrote something' 'live: mount /run/live/medium iso9660 ro,'
secured microsoft 'live: done' -d "$WORK/made.iso"
check "boots: a stick" log_shows 'secureboot: Secure boot enabled' 'live: wrote something'

# A key of one's own, here that of which anybody has the other half; ovmf tells its passphrase.
openssl rsa -in /usr/share/ovmf/PkKek-1-snakeoil.key -passin pass:snakeoil -out "$WORK/key" 2>/dev/null
unified() {
    "$KINDLING" uki -p vm -k "$KVER" --modules-dir "$KERNEL/lib/modules" \
        --cmdline "root=LABEL=kindling-root console=ttyS0 no_timer_check panic=-1" -o "$@" 2>/dev/null
}
disk ext4-gpt -t ext4 -p gpt -L kindling-root
check "a signed unified kernel image is made" unified "$WORK/signed.efi" --sign-key "$WORK/key" --sign-cert /usr/share/ovmf/PkKek-1-snakeoil.pem
check "and its disk" efi_disk "$WORK/signed.img" "$WORK/signed.efi"
secured snakeoil 'real-root: done' -d "$WORK/signed.img" -d "$DISK"
check "it boots" log_shows 'secureboot: Secure boot enabled' 'real-root: done'
check "one that is not signed is made" unified "$WORK/unsigned.efi"
check "and its disk" efi_disk "$WORK/unsigned.img" "$WORK/unsigned.efi"
secured snakeoil 'Access Denied|real-root: done' -d "$WORK/unsigned.img" -d "$DISK"
check "it does not boot" log_shows 'Access Denied'
done_testing
