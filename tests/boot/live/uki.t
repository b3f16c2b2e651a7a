#!/bin/bash
# A unified kernel image, started by the firmware and by qemu: from its own command line to the root, with a credential
# that lies beside it.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh
. tests/boot/systems.sh

use_kernel cloud
disk ext4-gpt -t ext4 -p gpt -L kindling-root

unified() {
    "$KINDLING" uki -p vm -k "$KVER" --modules-dir "$KERNEL/lib/modules" \
        --cmdline "root=LABEL=kindling-root console=ttyS0 no_timer_check panic=-1 show=/run/credentials/@encrypted/secret" -o "$1" 2>/dev/null
}
check "a unified kernel image is made" unified "$WORK/linux.efi"

# What the stub looks for beside it.
with_secret() {
    efi_disk "$1" "$WORK/linux.efi" || return
    mmd -i "$1" ::/EFI/BOOT/BOOTX64.EFI.extra.d
    echo "what nobody knows" >"$1.secret"
    mcopy -i "$1" "$1.secret" ::/EFI/BOOT/BOOTX64.EFI.extra.d/secret.cred
}
check "and a disk that the firmware boots" with_secret "$WORK/esp.img"

by_firmware 'real-root: done' --firmware uefi -m 512 -d "$WORK/esp.img" -d "$DISK"
check "boots: by the firmware, with a credential" log_shows 'real-root: done' 'real-root: root /dev/vdb1 ext4 ro,' \
    'real-root: file /run/credentials/@encrypted/secret what nobody knows'

by_firmware 'real-root: done' -k "$WORK/linux.efi" --firmware uefi -m 512 -d "$DISK"
check "boots: as qemu's kernel" log_shows 'real-root: done' 'real-root: root /dev/vda1 ext4 ro,'

# What systemd makes of one: the stub's archive follows the image, as it does in the firmware's way.
add_credential() {
    rm -rf "$1" "$1.tree"
    mkdir -p "$1.tree/.extra/credentials"
    printf 'what only systemd tells' |
        systemd-creds encrypt --name=secret --with-key=tpm2-absent - "$1.tree/.extra/credentials/secret.cred" &&
        cp "$IMAGE" "$1" && truncate -s %4 "$1" && (cd "$1.tree" && find .extra | cpio -o --quiet -H newc) >>"$1"
}
image vm -p vm
check "a credential is enciphered, and added to an image" add_credential "$WORK/extra.img"
IMAGE=$WORK/extra.img
TIMEOUT=1200
MEMORY=512
system_disk systemd
to_prompt_and_down "Debian with a credential" "root=/dev/vda console=ttyS0 systemd.show_status=0" \
    'systemd-run -q --wait --pipe -p LoadCredentialEncrypted=secret systemd-creds cat secret' "$DISK"
check "systemd gives it to a service" log_shows 'what only systemd tells'
done_testing
