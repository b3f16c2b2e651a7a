#!/bin/bash
# Asking for a passphrase: which ones there are, on which consoles, for how many volumes; a key that comes late.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image crypt-lvm -f crypt,lvm,vfat -m virtio_console

# opens NAME CMDLINE TYPED... -- LINES...: a line is typed at each prompt; the root's init runs.
opens() {
    typed "$@" 'real-root: done'
}

# A console that was cut off shows nothing of anything: the root's init has to have come to its end on it.
not_shown() {
    grep -aF 'real-root: done' "$2" && ! grep -a "$1" "$2"
}

# As long as a passphrase may be for cryptsetup, and others in other slots.
LONGEST=$(printf '%0512d' 0 | tr 0 'k')
stack slots 1 "
printf first >/tmp/first
printf %s '$LONGEST' >/tmp/longest
cryptsetup luksFormat -q --type luks2 --uuid 7c7c7c7c-1111-4222-8333-0123456789ab $FAST /dev/vda /tmp/first
cryptsetup luksAddKey -q --key-file /tmp/first --key-slot 3 $FAST /dev/vda /tmp/longest
cryptsetup open --key-file /tmp/first /dev/vda inside
fill /dev/mapper/inside -L inside
cryptsetup close inside
"
slots=("${DISKS[@]}")
opens "512 bytes" root=LABEL=inside "$LONGEST" -- "real-root: root /dev/dm-0 ext4 ro,"
opens "a wrong one and then the right one" root=LABEL=inside wrong first -- "kindling: that was not it"
opens "of another slot" "root=LABEL=inside rd.luks.options=key-slot=3" "$LONGEST" -- "real-root: root /dev/dm-0 ext4 ro,"
RUN_OPTIONS=(--type "$PROMPT => first")
fails "the passphrase of a slot that is not asked" "root=LABEL=inside rd.luks.options=key-slot=3,tries=1 rd.timeout=1" "${slots[@]}" -- \
    "kindling: no passphrase that was typed opens the LUKS volume /dev/vda: tried 1 times"
RUN_OPTIONS=(--type "$PROMPT => " --type "$PROMPT => ")
fails "an empty line is none" "root=LABEL=inside rd.luks.options=tries=2 rd.timeout=1" "${slots[@]}" -- "kindling: that was not it" \
    "kindling: no passphrase that was typed opens the LUKS volume /dev/vda: tried 2 times"
RUN_OPTIONS=()

fails "nobody is to be asked" "root=LABEL=inside rd.luks.options=headless=yes rd.timeout=1" "${slots[@]}" -- \
    "kindling: the LUKS volume /dev/vda is not opened: nobody is to be asked (headless)"
check "and nobody is" log_lacks "passphrase for"

# A shell after a prompt shows what is typed.
RUN_OPTIONS=(--type "$PROMPT => wrong" --type "$SHELL_PROMPT => stty -a")
PANIC='' run_machine "a shell after a prompt" ' echo echoe' "root=LABEL=inside rd.luks.tries=1 rd.timeout=1 rd.shell" "${slots[@]}"
check "a shell after a prompt" log_shows " echo echoe"
RUN_OPTIONS=()

# Typed at the one that is not /dev/console, where the root's init speaks.
SECOND=$LOGS/prompt-hvc0
RUN_OPTIONS=(--type "$PROMPT => first" -- -chardev "file,id=second,path=$SECOND" -device virtio-serial-pci -device "virtconsole,chardev=second")
run_machine "two consoles" '' "root=LABEL=inside console=ttyS0 console=hvc0" "${slots[@]}"
RUN_OPTIONS=()
check "two consoles" grep -qa "real-root: root /dev/dm-0 ext4 ro," "$SECOND"
check "the other one was asked too" grep -qa "kindling: passphrase for luks-7c7c7c7c" "$SECOND"
check "and shows no passphrase" not_shown first "$SECOND"

# The stick comes once somebody waits for it.
stick() {
    printf first >"$1.key" && rm -f "$1" && mkfs.vfat -C -n STICK "$1" 2048 >/dev/null && mcopy -i "$1" "$1.key" ::key
}
once "$MADE/prompt-stick.img" stick "$MADE/prompt-stick.img"
plug_in() {
    local waited=0
    until grep -qs 'still waiting' "$LOGS"/prompt.t-*-a_key_that_comes_late.log || [ $((waited += 1)) -gt 3000 ]; do
        sleep 0.1
    done
    qemu/qmp "$1" blockdev-add "{\"driver\": \"raw\", \"node-name\": \"late\", \"read-only\": true,
            \"file\": {\"driver\": \"file\", \"filename\": \"$PWD/$MADE/prompt-stick.img\"}}" \
        device_add '{"driver": "virtio-blk-pci", "drive": "late"}'
}
SOCKET=$(mktemp -u "${TMPDIR:-/tmp}/qmp.XXXXXX")
rm -f "$LOGS"/prompt.t-*-a_key_that_comes_late.log
plug_in "$SOCKET" >"$LOGS/prompt.qmp" 2>&1 &
RUN_OPTIONS=(--qmp "$SOCKET")
boots "a key that comes late" "root=LABEL=inside rd.luks.uuid=7c7c7c7c rd.luks.key=/key:LABEL=STICK rd.luks.key.tout=500 rd.timeout=500" \
    "${slots[@]}" -- "still waiting for root=LABEL=inside" "real-root: root /dev/dm-0 ext4 ro,"
check "nobody is asked" log_lacks "passphrase for"
wait
RUN_OPTIONS=()

# One after the other, and the same memory again and again.
TIMEOUT=600
STACK_SIZE=192M
stack twenty 1 "
printf secret >/tmp/key
for number in \$(seq 20); do echo ,8M; done | sfdisk -q --label gpt /dev/vda
for number in \$(seq 20); do
    cryptsetup luksFormat -q --type luks2 --luks2-metadata-size 16k --luks2-keyslots-size 256k --pbkdf argon2id \
        --pbkdf-memory 16384 --pbkdf-force-iterations 4 --pbkdf-parallel 1 /dev/vda\$number /tmp/key
    cryptsetup open --key-file /tmp/key /dev/vda\$number part\$number
    lvm pvcreate -q /dev/mapper/part\$number
done
lvm vgcreate -q -s 1M vg0 /dev/mapper/part*
lvm lvcreate -q -W n -Z n -n root -l 100%FREE vg0
fill /dev/vg0/root -L inside
lvm vgchange -q -a n vg0
for number in \$(seq 20); do cryptsetup close part\$number; done
"
opens "twenty volumes in 256 MB" root=/dev/vg0/root secret -- "real-root: root /dev/dm-20 ext4 ro,"
check "with one passphrase" test "$(grep -ac 'passphrase for' "$LOG")" = 1
done_testing
