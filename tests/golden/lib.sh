# What the golden tests of the generator share: a small kernel tree made on the spot, small data, a place to work in.
# shellcheck shell=bash

. "$(dirname "${BASH_SOURCE[0]}")/../tap.sh"

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
KINDLING=$(realpath "${KINDLING:-$ROOT/build/bin/kindling}")
EXPECTED=$ROOT/tests/golden/expected
KVER=6.9.0-golden

[ -x "$KINDLING" ] || bail_out "$KINDLING is not there: make it first"

WORK=$(mktemp -d) || bail_out "no directory to work in"
trap 'chmod -R u+rwx "$WORK"; rm -rf "$WORK"' EXIT
# Whatever a run leaves behind in its scratch directory, the tests see it.
mkdir "$WORK/tmp" "$WORK/etc"
export TMPDIR=$WORK/tmp XDG_CACHE_HOME=$WORK/cache KINDLING_ETC=$WORK/etc KINDLING_DATA=$WORK/data LC_ALL=C
unset SOURCE_DATE_EPOCH

# module PATH [exports=SYMBOL] [uses=SYMBOL] [code=BYTES] [KEY=VALUE]...: a file that depmod and libkmod take for a kernel module.
# KEY=VALUE pairs go into its .modinfo.
module() {
    local path=$1 source=$WORK/module.c word number=0
    shift
    : >"$source"
    for word; do
        case $word in
        exports=*)
            echo "static const char export${number}[] __attribute__((section(\"__ksymtab_strings\"), used)) = \"${word#*=}\";"
            ;;
        code=*) echo "char code[${word#*=}] = {1};" ;;
        uses=*) echo "extern char ${word#*=}[]; char *use$number = ${word#*=};" ;;
        *) echo "static const char info${number}[] __attribute__((section(\".modinfo\"), used, aligned(1))) = \"$word\";" ;;
        esac >>"$source"
        number=$((number + 1))
    done
    echo 'static const char info[] __attribute__((section(".modinfo"), used, aligned(1))) = "license=GPL";' >>"$source"
    mkdir -p "$(dirname "$TREE/$path")"
    gcc -c -o "$TREE/$path" "$source" || bail_out "the compiler cannot make a module"
}

# A kernel of a dozen modules below $WORK/modules/$KVER, as a package manager would unpack it: no modules.dep.
make_tree() {
    TREE=$WORK/modules/$KVER
    mkdir -p "$TREE"
    module kernel/drivers/bus/bus.ko exports=bus_register
    module kernel/drivers/bus/bus-ring.ko exports=ring_new
    module kernel/drivers/block/bus_disk.ko uses=bus_register uses=ring_new 'alias=bus:d00000002v*' 'alias=bus:d*[a-f]-x'
    module kernel/drivers/block/slow-disk.ko 'alias=pci:v00001AF4d*'
    module kernel/fs/alpha/alpha.ko uses=alpha_sum 'alias=fs-alpha' 'softdep=pre: sum-fast post: alpha-late'
    module kernel/fs/alpha/alpha-late.ko
    module kernel/fs/beta/beta.ko 'alias=fs-beta' 'weakdep=helper'
    module kernel/lib/libalpha.ko exports=alpha_sum
    module kernel/lib/helper.ko
    module kernel/crypto/sum-fast.ko 'alias=crypto-sum'
    module kernel/drivers/net/net-card.ko 'alias=pci:v00008086d*'
    echo kernel/fs/gamma/gamma.ko >"$TREE/modules.builtin"
    printf 'gamma.alias=fs-gamma\0gamma.file=fs/gamma/gamma\0' >"$TREE/modules.builtin.modinfo"
    : >"$TREE/modules.order"
}

# The data directory that $KINDLING_DATA names.
make_data() {
    mkdir -p "$KINDLING_DATA/modules.d/profiles" "$KINDLING_DATA/template/etc"
    echo 'NAME=golden' >"$KINDLING_DATA/template/etc/initrd-release"
    echo 'the init program' >"$KINDLING_DATA/init"
    feature disk 'description disks' 'module bus_disk slow-disk'
    feature alpha 'description the alpha file system' 'require fs-alpha'
    feature left-out 'description all' 'module drivers/ fs/'
    feature slow-drivers 'description slow ones' 'late slow-disk' 'last net-card'
    profile vm 'description the usual' 'feature disk alpha'
    profile minimal 'description nothing'
}

# modules_for MACHINE DIRECTORY: gives the modules below it the e_machine of another kind of processor.
modules_for() {
    local file
    while IFS= read -r file; do
        perl -e 'print pack "v", shift' "$1" | dd of="$file" bs=1 seek=18 conv=notrunc status=none || return
    done < <(find "$2" -name '*.ko')
}

# feature NAME LINE..., profile NAME LINE...
feature() {
    printf '%s\n' "${@:2}" >"$KINDLING_DATA/modules.d/$1"
}

profile() {
    printf '%s\n' "${@:2}" >"$KINDLING_DATA/modules.d/profiles/$1"
}

# build OPTION...: an image for the small kernel, from this tree and no other place.
build() {
    "$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" "$@"
}

# A static program of the host's own C library, at a path.
make_program() {
    mkdir -p "$(dirname "$1")"
    echo 'int main(void) { return 0; }' >"$WORK/program.c"
    gcc "${@:2}" -o "$1" "$WORK/program.c" || bail_out "the compiler cannot make a program"
}

# The index of an image, or another of its files, as text; sizes differ with the compiler, so they are left out.
dump_index() {
    local image=$1 member=${2:-lib/kindling/index}
    if [ ! -x "$WORK/dump_index" ]; then
        gcc -std=c11 -D_GNU_SOURCE -iquote "$ROOT/init" -o "$WORK/dump_index" "$ROOT/tests/golden/dump_index.c" \
            "$ROOT"/init/contract/*.c -ldeflate || bail_out "the compiler cannot make dump_index"
    fi
    rm -rf "$WORK/unpacked"
    unpack "$image" "$WORK/unpacked"
    case $member in
    *.gz) zcat "$WORK/unpacked/$member" >"$WORK/member" ;;
    *) cp "$WORK/unpacked/$member" "$WORK/member" ;;
    esac
    "$WORK/dump_index" "$WORK/member" | sed 's/ size=[0-9]*//'
}

# unpack IMAGE DIRECTORY, with the tools that everybody has. Device nodes need root, so they stay out.
unpack() {
    mkdir -p "$2"
    plain "$1" | (cd "$2" && cpio -idm --quiet --no-absolute-filenames -f dev/console)
}

# The archive in an image.
plain() {
    zcat "$1" 2>/dev/null || cat "$1"
}

# same_as NAME COMMAND...: what the command prints is what tests/golden/expected/NAME holds.
same_as() {
    "${@:2}" 2>&1 | diff -u "$EXPECTED/$1" -
}

# fails_with STATUS PATTERN COMMAND...: that exit status, and one line on standard error, which matches the pattern.
fails_with() {
    local status
    "${@:3}" >"$WORK/stdout" 2>"$WORK/stderr"
    status=$?
    cat "$WORK/stderr"
    [ "$status" -eq "$1" ] && [ "$(wc -l <"$WORK/stderr")" -eq 1 ] && grep -qE -- "$2" "$WORK/stderr"
}

# prints PATTERN COMMAND...: the command succeeds, and a line of what it prints matches.
prints() {
    local output
    output=$("${@:2}" 2>&1) || {
        echo "$output"
        return 1
    }
    echo "$output"
    grep -qE -- "$1" <<<"$output"
}

prints_not() {
    local output
    output=$("${@:2}" 2>&1) || return 1
    echo "$output"
    ! grep -qE -- "$1" <<<"$output"
}

# built_index OPTION...: the index of the image that build makes with these options; built_list: what ls says of it.
built_index() {
    build -o "$WORK/out/built" "$@" && dump_index "$WORK/out/built"
}

built_list() {
    build -o "$WORK/out/built" "$@" && "$KINDLING" ls -l "$WORK/out/built"
}

# Neither a temporary file beside the targets nor a scratch directory is left.
no_debris() {
    ! find "$WORK/out" "$WORK/tmp" -mindepth 1 -name '*kindling-*' | grep .
}

mkdir "$WORK/out"
make_tree
make_data
