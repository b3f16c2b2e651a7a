#!/bin/bash
# A root in a LUKS volume, opened with what somebody types, or with a key.
. "$(dirname "$0")/lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
image crypt -f crypt

stack luks2 1 '
printf "open sesame" >/tmp/key
cryptsetup luksFormat -q --type luks2 --uuid 7c7c7c7c-1111-4222-8333-0123456789ab --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda inside
fill /dev/mapper/inside -L in-luks -U 6b6b6b6b-1111-4222-8333-0123456789ab
cryptsetup close inside
'
typed "no option: the passphrase is asked for, once more when it was wrong" \
    "root=UUID=6b6b6b6b-1111-4222-8333-0123456789ab rd.info" "sesame" "open sesame" -- \
    "kindling: passphrase for luks-7c7c7c7c-1111-4222-8333-0123456789ab (/dev/vda): " "kindling: that was not it" \
    "real-root: root /dev/dm-0 ext4 ro,"
check "it was not shown" log_lacks "sesame"
typed "by the volume's own UUID, which rd.luks.uuid= names too" \
    "root=UUID=7c7c7c7c-1111-4222-8333-0123456789ab rd.luks.uuid=luks-7c7c7c7c rd.luks.name=7c7c7c7c-1111-4222-8333-0123456789ab=system" \
    "open sesame" -- "kindling: passphrase for system (/dev/vda): " \
    "kindling: /dev/vda is a LUKS volume: what it holds is taken, /dev/mapper/system" "real-root: root /dev/dm-0 ext4 ro,"
typed "as mkinitcpio has it" "cryptdevice=/dev/vda:system:allow-discards root=/dev/mapper/system" "open sesame" -- \
    "kindling: passphrase for system (/dev/vda): " "real-root: root /dev/dm-0 ext4 ro,"
typed "one try" "root=LABEL=in-luks rd.luks.tries=1 rd.timeout=1" "sesame" -- \
    "kindling: no passphrase that was typed opens the LUKS volume /dev/vda: tried 1 times" "kindling: no device is root=LABEL=in-luks"
fails "nobody types" "root=LABEL=in-luks rd.luks.timeout=1 rd.timeout=1" "${DISKS[@]}" -- \
    "kindling: nobody has typed a passphrase for the LUKS volume /dev/vda within 1 s"
luks=${DISKS[0]}

# A key on a stick, in both orders of words; one that is wrong or does not come.
stick() {
    rm -rf "$MADE/stick" && mkdir "$MADE/stick" && printf 'open sesame' >"$MADE/stick/key" && printf 'sesame' >"$MADE/stick/wrong" &&
        rm -f "$1" && mkfs.vfat -C -n STICK "$1" 2048 >/dev/null && mcopy -i "$1" "$MADE/stick/key" "$MADE/stick/wrong" ::
}
once "$MADE/stick.img" stick "$MADE/stick.img"
boots "a key on another disk, in dracut's words" \
    "root=LABEL=in-luks rd.luks.uuid=7c7c7c7c rd.luks.key=/key:LABEL=STICK:UUID=7c7c7c7c-1111-4222-8333-0123456789ab" "$luks" "$MADE/stick.img" -- \
    "real-root: root /dev/dm-0 ext4 ro,"
check "nobody is asked" log_lacks "passphrase"
DISKS=("$luks" "$MADE/stick.img")
typed "in systemd's, and it is wrong" "root=LABEL=in-luks rd.luks.name=7c7c7c7c-1111-4222-8333-0123456789ab=system \
rd.luks.key=7c7c7c7c-1111-4222-8333-0123456789ab=/wrong:LABEL=STICK" "open sesame" -- \
    "kindling: the key /wrong on LABEL=STICK does not open the LUKS volume /dev/vda" "kindling: passphrase for system (/dev/vda): " \
    "real-root: root /dev/dm-0 ext4 ro,"
DISKS=("$luks")
typed "the key's disk does not come" "root=LABEL=in-luks rd.luks.uuid=7c7c7c7c rd.luks.key=/key:LABEL=STICK rd.luks.key.tout=1" \
    "open sesame" -- "kindling: the key of the LUKS volume /dev/vda is on LABEL=STICK, which has not come" "real-root: root /dev/dm-0 ext4 ro,"

# A crypttab and a key in the image.
with_crypttab() {
    rm -rf "$1" && cp -r template "$1" && mkdir -p "$1/etc" && printf 'open sesame' >"$1/etc/key" && chmod 600 "$1/etc/key" &&
        echo 'vault UUID=7c7c7c7c-1111-4222-8333-0123456789ab /etc/key luks,discard,initramfs' >"$1/etc/crypttab"
}
once "$MADE/with-crypttab" with_crypttab "$MADE/with-crypttab"
image crypttab -f crypt --template "$MADE/with-crypttab"
boots "a crypttab and its key in the image" "root=/dev/mapper/vault" "$luks" -- "real-root: root /dev/dm-0 ext4 ro,"
check "nobody is asked for that either" log_lacks "passphrase"

# A cipher that the image lacks: `kindling check` sees it before.
checks() {
    "$KINDLING" check --machine q35-virtio --root "$luks" "$IMAGE" 2>&1 | tee "$LOGS/luks-check" | grep -E "$1" || cat_and_fail "$LOGS/luks-check"
}
check "the check says that it boots" checks 'boots on q35-virtio \(crypto_LUKS\)'
without_xts() {
    rm -rf "$1" && mkdir -p "$1/kindling/modules.d" && sed 's/ crypto-xts / /' modules.d/crypt >"$1/kindling/modules.d/crypt"
}
once "$MADE/without-xts" without_xts "$MADE/without-xts"
export KINDLING_ETC=$MADE/without-xts
image no-xts -f crypt
unset KINDLING_ETC
check "or which module is missing" checks 'crypto_LUKS \(which asks for crypto-xts\) wants xts, which kernel .* has, but this image has not'
typed "the cipher is not in the image" "root=LABEL=in-luks rd.timeout=1" "open sesame" -- \
    "kindling: cannot open the LUKS volume /dev/vda" "its cipher is aes-xts-plain64" "kindling build -f crypt"
disk beside -t ext4 -p none -L beside
boots "a volume that the root does not need" "root=LABEL=beside" "$luks" "$DISK" -- "real-root: root /dev/vdb ext4 ro,"
check "is not asked for" log_lacks "passphrase"
image no-cryptsetup
fails "no cryptsetup in the image" "root=LABEL=in-luks rd.timeout=1" "$luks" -- \
    "kindling: /dev/vda is a LUKS volume, and this image has no cryptsetup to open it: kindling build -f crypt" \
    "kindling: no device is root=LABEL=in-luks"
done_testing
