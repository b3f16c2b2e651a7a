#!/bin/bash
# qemu/vmlinux gives back the kernel that a vmlinuz holds, whatever it was compressed with, or says why it cannot.
. "$(dirname "$0")/../tap.sh"

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
WORK=$(mktemp -d) || bail_out "no directory to work in"
trap 'rm -rf "$WORK"' EXIT
cd "$WORK" || exit 1
cp "$(readlink -f /bin/true)" inner

# little_endian NUMBER BYTES
little_endian() {
    local byte
    for ((byte = 0; byte < $2; byte++)); do
        printf '%b' "\\x$(printf '%02x' $((($1 >> 8 * byte) & 255)))"
    done
}

# vmlinuz FILE TRAILER COMPRESSOR...: FILE as the kernel's build makes it, of "inner": three sectors of set-up code, whose
# header tells of the payload, code that inflates it, the payload itself, and more code.
vmlinuz() {
    local file=$1 trailer=$2
    shift 2
    "$@" <inner >payload
    [ -z "$trailer" ] || little_endian "$(stat -c %s inner)" 4 >>payload
    {
        head -c $((0x1f1)) /dev/zero
        little_endian 2 1
        head -c $((0x202 - 0x1f2)) /dev/zero
        printf HdrS
        little_endian $((${VERSION-0x20f})) 2
        head -c $((0x248 - 0x208)) /dev/zero
        little_endian 700 4
        little_endian "$(stat -c %s payload)" 4
        head -c $((3 * 512 - 0x250 + 700)) /dev/zero
        cat payload
        head -c 900 /dev/urandom
    } >"$file"
}

# gives_back FILE TARGET: the tool names TARGET, which is what was put in.
gives_back() {
    [ "$("$ROOT/qemu/vmlinux" "$1" "${@:3}")" = "$2" ] && cmp "$2" inner
}

# refuses FILE SENTENCE: exit status 1 or 2, that sentence alone, and no file.
refuses() {
    local said
    rm -f out
    said=$("$ROOT/qemu/vmlinux" "$1" out 2>&1) && return 1
    echo "$said"
    [ "$said" = "qemu/vmlinux: $2" ] && [ -z "$(find . -name 'out*')" ]
}

vmlinuz vmlinuz-1 '' gzip -9
check "gzip" gives_back vmlinuz-1 vmlinux-1
vmlinuz vmlinuz-2 size xz --check=crc32 --x86 --lzma2=
check "xz" gives_back vmlinuz-2 vmlinux-2
vmlinuz vmlinuz-3 size zstd -q -19
check "zstd" gives_back vmlinuz-3 vmlinux-3
vmlinuz vmlinuz-4 size lz4 -q -l -9 - -
check "lz4" gives_back vmlinuz-4 vmlinux-4
check "into a file that is named" gives_back vmlinuz-4 named named

touch -d '1 hour ago' vmlinuz-1
printf 'old' >vmlinux-1
stays() {
    [ "$("$ROOT/qemu/vmlinux" vmlinuz-1)" = vmlinux-1 ] && [ "$(<vmlinux-1)" = old ]
}
check "a newer file stays" stays
touch vmlinuz-1 && touch -d '1 hour ago' vmlinux-1
check "an older one is replaced" gives_back vmlinuz-1 vmlinux-1

head -c 2000 vmlinuz-3 >short
check "cut short" refuses short "cannot use short: it is cut short"
check "no vmlinuz" refuses inner "cannot use inner: it is no vmlinuz of x86"
: >empty
check "an empty file" refuses empty "cannot use empty: it is no vmlinuz of x86"
check "no file" refuses missing "cannot read missing: there is no such file, or not for you"
VERSION=0x207 vmlinuz ancient size xz
check "a header that does not tell of the payload" refuses ancient "cannot use ancient: its header is older than version 2.08"
vmlinuz bzip2 size bzip2
check "another method" refuses bzip2 "cannot use bzip2: it is compressed by a method that is not known"
damaged() {
    zstd -q -19 | head -c -100
}
vmlinuz damaged size damaged
says_damaged() {
    ! "$ROOT/qemu/vmlinux" damaged out 2>said && tail -n 1 said | grep -qx 'qemu/vmlinux: cannot use damaged: zstd did not manage to inflate it' &&
        [ -z "$(find . -name 'out*')" ]
}
check "a damaged payload" says_damaged
printf 'no program' >inner
vmlinuz text '' gzip
check "no ELF file in it" refuses text "cannot use text: what it holds is no ELF file"
refuses_to_guess() {
    [ "$("$ROOT/qemu/vmlinux" text 2>&1)" = "qemu/vmlinux: text is not called vmlinuz: what shall FILE be? (see --help)" ]
}
check "no name to take its own from" refuses_to_guess

done_testing
