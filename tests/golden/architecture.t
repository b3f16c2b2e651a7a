#!/bin/bash
# Images for kernels of another architecture than the host's: what tells it, what goes in, and what does not fit.
. "$(dirname "$0")/lib.sh"

elf() {
    mkdir -p "$(dirname "$1")"
    perl "$ROOT/tests/golden/make-elf" "$1" "${@:2}" || bail_out "no ELF file can be made"
    chmod 755 "$1"
}
holds() {
    rm -rf "$WORK/unpacked"
    unpack "$1" "$WORK/unpacked" && cmp "$WORK/unpacked/$2" "$3"
}
built_with() {
    build -o "$WORK/out/i" "${@:3}" && holds "$WORK/out/i" "$1" "$2"
}
feature tool 'program /bin/tool /bin/tool'
FOREIGN=$KINDLING_DATA/arm64
ARM64=(class=64 order=le machine=183)

# The native one, by its modules and by nothing.
mkdir "$KINDLING_DATA/x86-64"
echo 'of the architecture' >"$KINDLING_DATA/x86-64/init"
[ "$(uname -m)" != x86_64 ] || check "/init in the architecture's directory goes first" built_with init "$KINDLING_DATA/x86-64/init"
rm -r "$KINDLING_DATA/x86-64"
check "and then the one beside it" built_with init "$KINDLING_DATA/init"

modules_for 183 "$WORK/modules"
check "without an /init for it there is no image" fails_with 1 \
    "no image for kernel $KVER: it is for arm64, and kindling has no /init for that \(.*/data/arm64/init\)" build -o "$WORK/out/none"
check "nor a file" test ! -e "$WORK/out/none"
elf "$FOREIGN/init" "${ARM64[@]}"
check "that /init is packed" built_with init "$FOREIGN/init" -p minimal
# The host's own /bin/tool cannot be the one that is found.
check "of a root beside it, programs" fails_with 1 'cannot find a program for /bin/tool .*: No such file' build -n -f tool
elf "$FOREIGN/sysroot/bin/tool" "${ARM64[@]}"
check "which are packed" prints '^bin/tool' build -n -f tool
elf "$FOREIGN/sysroot/bin/tool"
check "unless they are for another processor" fails_with 1 \
    'cannot find a program for /bin/tool .*: it is for another kind of processor than the kernel$' build -n -f tool
elf "$WORK/root/bin/tool" "${ARM64[@]}"
check "a sysroot that is named goes first" prints '^bin/tool' build -n -f tool --sysroot "$WORK/root"
elf "$KINDLING_DATA/template/bin/mine"
check "a template's program of the host's" fails_with 1 \
    'cannot pack .*/template/bin/mine: it is for another kind of processor than the kernel$' build -n
rm -r "$KINDLING_DATA/template/bin"

# Compressed modules tell too, and those of the kernel go before what others added.
mkdir "$TREE/updates"
cp "$(find "$TREE/kernel" -name helper.ko)" "$TREE/updates/added.ko"
modules_for 62 "$TREE/updates"
check "modules from elsewhere do not count" built_with init "$FOREIGN/init" -p minimal
rm -r "$TREE/updates"
find "$TREE" -name '*.ko' -exec xz -q --check=crc32 {} +
check "modules in .xz" built_with init "$FOREIGN/init" -p minimal
find "$TREE" -name '*.ko.xz' -exec unxz {} +

# A kernel without modules.
mv "$TREE" "$WORK/kept"
mkdir "$TREE"
printf '# CONFIG_MODULES is not set\nCONFIG_ARM64=y\nCONFIG_RD_GZIP=y\n' >"$TREE/config"
check "of a kernel without modules its configuration tells" built_with init "$FOREIGN/init" -p minimal
rm -r "$TREE"
mv "$WORK/kept" "$TREE"

modules_for 40 "$WORK/modules"
check "a kernel that nothing is made for" fails_with 1 "no image for kernel $KVER: its modules are for 32-bit ARM$" build -n
modules_for 243 "$WORK/modules"
check "one that there is no /init for" fails_with 1 \
    "no image for kernel $KVER: it is for riscv64, and kindling has no /init for that \(.*/data/riscv64/init\)" build -o "$WORK/out/none"
check "nor a file of that" test ! -e "$WORK/out/none"
modules_for 258 "$WORK/modules"
check "and one that nobody here has heard of" fails_with 1 "no image for kernel $KVER: its modules are for another processor$" build -n
modules_for 183 "$WORK/modules"

# Files of modules.d for some architectures.
feature boards 'architecture arm64' 'module net-card'
feature pcs 'architecture x86-64' 'module helper'
check "a feature for it" prints '^lib/modules/.*/net-card.ko' build -p minimal -n -f boards,pcs
check "and one for another" prints_not 'helper.ko' build -p minimal -n -f boards,pcs
feature wrong 'architecture vax'
check "one for none" fails_with 1 'modules.d/wrong:1: vax: there are x86-64, arm64 and riscv64$' build -n -f wrong
rm "$KINDLING_DATA/modules.d/wrong"
mkdir -p "$KINDLING_DATA/modules.d/machines" "$KINDLING_DATA/modules.d/filesystems"
echo 'description alpha' >"$KINDLING_DATA/modules.d/filesystems/alpha"
printf '%s\n' 'architecture arm64' 'device bus:d00000002v1 bus_disk' >"$KINDLING_DATA/modules.d/machines/board"
printf '%s\n' 'architecture x86-64' 'device bus:d00000002v1 bus_disk' >"$KINDLING_DATA/modules.d/machines/pc"
profile both 'feature disk alpha' 'machine board pc'
build -p both -o "$WORK/out/both"
prints_only() {
    [ "$("${@:2}" 2>&1 | grep -c boots)" = 1 ] && prints "$1" "${@:2}"
}
check_of() {
    "$KINDLING" check "$@" "$WORK/out/both"
}
check "check looks at the machines of its architecture" prints_only 'boots on board' check_of --rootfstype alpha
check "a machine of another" fails_with 1 'both does not boot on pc: its /init is for arm64, and that machine is not$' \
    check_of --rootfstype alpha --machine pc
elf "$FOREIGN/init"
check "an /init for another processor" fails_with 1 \
    'cannot pack .*/arm64/init: it is for another kind of processor than the kernel$' build -n
elf "$FOREIGN/init" "${ARM64[@]}"

# A module from elsewhere takes the kernel's own one's place.
mkdir "$TREE/updates"
mv "$TREE/kernel/drivers/block/bus_disk.ko" "$TREE/updates/"
modules_for 62 "$TREE/updates"
build -p both -o "$WORK/out/both" || echo "no image"
check "a module for another processor than /init" fails_with 1 \
    'does not boot on board: .*module bus_disk is for x86-64, and /init is for arm64' check_of --rootfstype alpha --machine board
check "no debris" no_debris
done_testing
