#!/bin/bash
# A root in a LUKS volume, opened with what somebody types, or with a key.
. "$(dirname "$0")/lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
image crypt -f crypt
PROMPT='^kindling: passphrase for .*: (\[ *[0-9.]+\] .*)?$'

# typed NAME CMDLINE TYPED... -- LINES...: at each prompt a line is typed; the root's init runs, and the console shows the
# lines.
typed() {
    local name=$1 cmdline=$2
    shift 2
    RUN_OPTIONS=()
    while [ "$1" != -- ]; do
        RUN_OPTIONS+=(--type "$PROMPT => $1")
        shift
    done
    shift
    run_machine "$name" 'real-root: done|Kernel panic' "$cmdline" "${DISKS[@]}"
    RUN_OPTIONS=()
    check "$name" log_shows "$@"
}

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
disk beside -t ext4 -p none -L beside
boots "a volume that the root does not need" "root=LABEL=beside" "$luks" "$DISK" -- "real-root: root /dev/vdb ext4 ro,"
check "is not asked for" log_lacks "passphrase"
image no-cryptsetup
fails "no cryptsetup in the image" "root=LABEL=in-luks rd.timeout=1" "$luks" -- \
    "kindling: /dev/vda is a LUKS volume, and this image has no cryptsetup to open it: kindling build -f crypt" \
    "kindling: no device is root=LABEL=in-luks"
done_testing
