#!/bin/bash
# LUKS volumes whose keys a TPM gives out, by systemd's plugins; a TPM that is another, absent, or not asked; a FIDO2 key
# that is not there.
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin

use_kernel generic
MEMORY=512
BOOT_LOADER=yes # ACPI tells of a TPM
PROMPT='^kindling: passphrase for .*: (\[ *[0-9.]+\] .*)?$'
STATE=$PWD/$MADE/tpm # swtpm goes to / first

# volume FILE ROOT: a LUKS2 volume with the root's content, and the passphrase "secret".
volume() {
    printf secret >"$1.key" && cp "$2" "$1" && truncate -s +32M "$1" &&
        cryptsetup reencrypt -q --encrypt --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 \
            --reduce-device-size 32M --key-file "$1.key" "$1"
}

# with_tpm NAME: the next machine has the TPM of that name. It ends with the machine.
with_tpm() {
    local socket
    socket=$(mktemp -u "${TMPDIR:-/tmp}/tpm.XXXXXX") # the path of a socket may not be long
    mkdir -p "$STATE-$1"
    swtpm socket --tpm2 --tpmstate "dir=$STATE-$1" --ctrl "type=unixio,path=$socket" --terminate --daemon || bail_out "no TPM"
    RUN_OPTIONS+=(-- -chardev "socket,id=tpm,path=$socket" -tpmdev "emulator,id=tpm,chardev=tpm" -device "tpm-tis,tpmdev=tpm")
}

# enroll FILE VOLUME: the volume with a key in the TPM named "own", of any state of the machine.
enroll() {
    local directory status
    directory=$(mktemp -d) && cp "$2" "$1" && rm -rf "$STATE-own" && mkdir "$STATE-own" &&
        swtpm socket --tpm2 --tpmstate "dir=$STATE-own" --server "type=unixio,path=$directory/tpm" \
            --ctrl "type=unixio,path=$directory/tpm.ctrl" --flags not-need-init --daemon --pid "file=$directory/pid" &&
        PASSWORD=secret systemd-cryptenroll "--tpm2-device=swtpm:path=$directory/tpm" --tpm2-pcrs= "$1"
    status=$?
    kill "$(cat "$directory/pid")"
    rm -rf "$directory"
    return $status
}

# What systemd-cryptenroll --fido2-device= writes, but for the numbers.
with_fido2() {
    cp "$2" "$1" && cryptsetup token import --token-id 1 "$1" <<'JSON'
{"type":"systemd-fido2","keyslots":["0"],"fido2-credential":"AAAAAAAAAAAAAAAAAAAAAA==","fido2-salt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","fido2-rp":"io.systemd.cryptsetup","fido2-clientPin-required":false,"fido2-up-required":true,"fido2-uv-required":false}
JSON
}

disk inside -t ext4 -p none -L inside
once "$MADE/token-none.img" volume "$MADE/token-none.img" "$DISK"
once "$MADE/token-tpm2.img" enroll "$MADE/token-tpm2.img" "$MADE/token-none.img"
once "$MADE/token-fido2.img" with_fido2 "$MADE/token-fido2.img" "$MADE/token-none.img"

image tpm2 -f crypt-tpm2
with_tpm own
boots "the TPM has the key" "root=LABEL=inside" "$MADE/token-tpm2.img" -- "real-root: root /dev/dm-0 ext4 ro,"
check "nobody is asked" log_lacks "passphrase"

RUN_OPTIONS=(--type "$PROMPT => secret")
with_tpm other
boots "another TPM has not, and the passphrase is asked for" "root=LABEL=inside" "$MADE/token-tpm2.img" -- \
    "kindling: the TPM does not open the LUKS volume /dev/vda: cryptsetup says: " "real-root: root /dev/dm-0 ext4 ro,"
RUN_OPTIONS=(--type "$PROMPT => secret")
boots "there is no TPM" "root=LABEL=inside rd.luks.options=tpm2-device=auto" "$MADE/token-tpm2.img" -- \
    "kindling: the TPM does not open the LUKS volume /dev/vda: cryptsetup says: " "real-root: root /dev/dm-0 ext4 ro,"
boots "the volume has no key in one" "root=LABEL=inside" "$MADE/token-none.img" -- "real-root: root /dev/dm-0 ext4 ro,"
check "and no TPM is asked" log_lacks "TPM does not"

image fido2 -f crypt-fido2
boots "no FIDO2 key comes" "root=LABEL=inside rd.luks.options=token-timeout=1" "$MADE/token-fido2.img" -- \
    "kindling: the FIDO2 key does not open the LUKS volume /dev/vda: cryptsetup says: " "real-root: root /dev/dm-0 ext4 ro,"

image crypt -f crypt
boots "an image that cannot ask the TPM" "root=LABEL=inside rd.luks.options=tpm2-device=auto" "$MADE/token-tpm2.img" -- \
    "kindling: the key of the LUKS volume /dev/vda is in a TPM, which this image cannot ask: kindling build -f crypt-tpm2" \
    "real-root: root /dev/dm-0 ext4 ro,"
done_testing
