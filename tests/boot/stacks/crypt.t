#!/bin/bash
# Volumes whose header is elsewhere, or that have none, and those of other systems.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
MEMORY=512
image crypt -f crypt
UUID=7c7c7c7c-1111-4222-8333-0123456789ab

# opens NAME CMDLINE TYPED... -- LINES...: a line is typed at each prompt; the root's init runs.
opens() {
    typed "$@" 'real-root: done'
}

# /dev/vda has the data and nothing else, /dev/vdb the header alone, /dev/vdc a file system with it.
stack detached 3 "
printf secret >/tmp/key
truncate -s 16M /tmp/header
cryptsetup luksFormat -q --type luks2 --uuid $UUID $FAST --header /tmp/header /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key --header /tmp/header /dev/vda inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
cat /tmp/header >/dev/vdb
mke2fs -q -F -t ext4 -L headers /dev/vdc
mkdir /tmp/headers
mount /dev/vdc /tmp/headers
cp /tmp/header /tmp/headers/header.img
umount /tmp/headers
"
opens "a header on a device of its own, in systemd's words" \
    "root=LABEL=inside rd.luks.name=$UUID=vault rd.luks.data=$UUID=/dev/vda rd.luks.options=$UUID=header=/dev/vdb" secret -- \
    "kindling: passphrase for vault (/dev/vda): " "real-root: root /dev/dm-0 ext4 ro,"
opens "in a file on a device, in booster's" \
    "root=LABEL=inside rd.luks.name=$UUID=vault rd.luks.data=$UUID=/dev/vda rd.luks.header=$UUID=/header.img:LABEL=headers" secret -- \
    "kindling: passphrase for vault (/dev/vda): " "real-root: root /dev/dm-0 ext4 ro,"
opens "in Alpine's words" "root=/dev/mapper/vault cryptroot=/dev/vda cryptdm=vault cryptheader=/dev/vdb" secret -- \
    "real-root: root /dev/dm-0 ext4 ro,"
fails "the header's device does not come" \
    "root=LABEL=inside rd.luks.name=$UUID=vault rd.luks.data=$UUID=/dev/vda rd.luks.header=$UUID=/header.img:LABEL=other rd.luks.key.tout=0 rd.timeout=2" \
    "${DISKS[@]}" -- "kindling: cannot open the LUKS volume /dev/vda: its header is on LABEL=other, which has not come"
fails "the header's file is not there" \
    "root=LABEL=inside rd.luks.name=$UUID=vault rd.luks.data=$UUID=/dev/vda rd.luks.header=$UUID=/other:LABEL=headers rd.timeout=2" \
    "${DISKS[@]}" -- "kindling: cannot open the LUKS volume /dev/vda: cannot read its header /other on LABEL=headers: No such file or directory"
detached=("${DISKS[@]}")

# In the image, by crypttab.
with_header() {
    rm -rf "$1" && cp -r template "$1" && mkdir -p "$1/etc" && head -c 16M "${detached[1]}" >"$1/etc/header" &&
        echo "vault /dev/vda none luks,header=/etc/header" >"$1/etc/crypttab"
}
once "$MADE/with-header" with_header "$MADE/with-header" "${detached[1]}"
image header -f crypt --template "$MADE/with-header"
DISKS=("${detached[0]}")
opens "a header in the image" root=LABEL=inside secret -- "kindling: passphrase for vault (/dev/vda): " "real-root: root /dev/dm-0 ext4 ro,"

# No header at all: what comes out tells whether the key was right.
PLAIN='cipher=aes-xts-plain64,size=512,hash=sha256'
stack plain 1 "
printf secret | cryptsetup open --type plain --cipher aes-xts-plain64 --key-size 512 --hash sha256 /dev/vda inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
"
image crypt -f crypt
opens "a plain volume, by mkinitcpio's words" \
    "root=LABEL=inside cryptdevice=/dev/vda:vault crypto=sha256:aes-xts-plain64:512:0:0" wrong secret -- \
    "kindling: that was not it" "real-root: root /dev/dm-0 ext4 ro,"
opens "by Debian's" "root=/dev/mapper/vault cryptopts=source=/dev/vda,target=vault,plain,$PLAIN" secret -- \
    "real-root: root /dev/dm-0 ext4 ro,"
RUN_OPTIONS=(--type "$PROMPT => wrong" --type "$PROMPT => wrong")
fails "no passphrase of two" "root=LABEL=inside cryptopts=source=/dev/vda,target=vault,plain,$PLAIN,tries=2 rd.timeout=2" "${DISKS[@]}" -- \
    "kindling: no passphrase that was typed opens the plain dm-crypt volume /dev/vda: tried 2 times"
RUN_OPTIONS=()

# TrueCrypt's, which nothing tells from noise; its maker, which the factory has not, goes there with the script. It takes all
# that there is to read for the first answer.
stack tcrypt 1 "
$(carried tcplay)
mkfifo /tmp/answers
setsid /tmp/tcplay -c -d /dev/vda -w -z </tmp/answers >/tmp/asked 2>&1 &
exec 3>/tmp/answers
asked() {
    until grep -q \"\$1\" /tmp/asked; do sleep 0.1; done
}
asked Passphrase && echo secret >&3
asked Repeat && echo secret >&3
asked 'y/n' && echo y >&3
exec 3>&-
wait \$! || { cat /tmp/asked; false; }
printf secret | cryptsetup open --type tcrypt /dev/vda inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
"
# A wrong passphrase is tried with all that VeraCrypt can hash it with: three minutes, emulated.
TIMEOUT=1500
opens "TrueCrypt" "root=LABEL=inside cryptopts=source=/dev/vda,target=vault,tcrypt" wrong secret -- \
    "kindling: that was not it" "real-root: root /dev/dm-"
TIMEOUT=240
fails "nobody says what it is" "root=LABEL=inside rd.timeout=2" "${DISKS[@]}" -- "kindling: no device is root=LABEL=inside"

# BitLocker's, which is recognised.
bitlocker() {
    tests/boot/stacks/mkbitlocker secret 64 >"$1"
}
once "$MADE/bitlocker.lines" bitlocker "$MADE/bitlocker.lines" tests/boot/stacks/mkbitlocker
stack bitlocker 1 "
while read -r at text; do
    echo \"\$text\" | base64 -d | dd of=/dev/vda bs=512 seek=\$((at / 512)) conv=notrunc
done <<'LINES'
$(cat "$MADE/bitlocker.lines")
LINES
printf secret | cryptsetup open --type bitlk --key-file - /dev/vda inside
mke2fs -q -F -t ext4 -d /content -L inside /dev/mapper/inside 48m
cryptsetup close inside
"
opens "BitLocker" "root=LABEL=inside rd.info" wrong secret -- "kindling: passphrase for crypt-vda (/dev/vda): " \
    "kindling: that was not it" "kindling: the BitLocker volume /dev/vda is open as crypt-vda" "real-root: root /dev/dm-0 ext4 ro,"

# Integrity beside secrecy; a volume that is still being enciphered.
stack integrity 1 "
printf secret >/tmp/key
cryptsetup luksFormat -q --type luks2 $FAST --integrity hmac-sha256 --integrity-no-wipe /dev/vda /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda inside
dd if=/dev/zero of=/dev/mapper/inside bs=1M || true
fill /dev/mapper/inside -L inside
cryptsetup close inside
"
opens "LUKS2 with integrity" root=LABEL=inside secret -- "real-root: root /dev/dm-"
begun() {
    printf secret >"$1.key" && cp "$2" "$1" && truncate -s +32M "$1" &&
        cryptsetup reencrypt -q --encrypt --init-only --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
            --reduce-device-size 32M --key-file "$1.key" "$1"
}
disk inside -t ext4 -p none -L inside
once "$MADE/begun.img" begun "$MADE/begun.img" "$DISK"
DISKS=("$MADE/begun.img")
opens "a volume that is still being enciphered" root=LABEL=inside secret -- "real-root: root /dev/dm-"

# What the header asks for, `kindling check` looks for in the image.
without() {
    rm -rf "$1" && mkdir -p "$1/kindling/modules.d" && sed "s/ $2\\b//" modules.d/crypt >"$1/kindling/modules.d/crypt"
}
checks() {
    "$KINDLING" check --machine q35-virtio --root "$1" "$IMAGE" 2>&1 | tee "$LOGS/crypt-check" | grep -E "$2" || cat_and_fail "$LOGS/crypt-check"
}
stack headers 2 "
printf secret >/tmp/key
cryptsetup luksFormat -q --type luks2 $FAST --cipher xchacha12,aes-adiantum-plain64 --key-size 256 /dev/vda /tmp/key
cryptsetup luksFormat -q --type luks2 $FAST --integrity hmac-sha256 --integrity-no-wipe /dev/vdb /tmp/key
"
image crypt -f crypt
check "an image for Adiantum" checks "${DISKS[0]}" 'boots on q35-virtio'
check "and for integrity" checks "${DISKS[1]}" 'boots on q35-virtio'
for module in crypto-adiantum dm_integrity; do
    once "$MADE/without-$module" without "$MADE/without-$module" "$module"
    export KINDLING_ETC=$MADE/without-$module
    image "without-$module" -f crypt
    unset KINDLING_ETC
    [ "$module" = dm_integrity ] && disk=${DISKS[1]} || disk=${DISKS[0]}
    check "it has no $module" checks "$disk" 'wants .*, which kernel .* has, but this image has not'
done
done_testing
