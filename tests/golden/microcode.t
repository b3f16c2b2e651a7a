#!/bin/bash
# Early microcode: an archive of its own before the image, as the kernel and the processors want it. The files are made
# here, of the documented formats' first words.
. "$(dirname "$0")/lib.sh"

SYSROOT=$WORK/root
IMAGE=$WORK/out/image
INTEL=kernel/x86/microcode/GenuineIntel.bin
AMD=kernel/x86/microcode/AuthenticAMD.bin

# intel NAME, amd NAME [SIZE]
intel() {
    mkdir -p "$SYSROOT/lib/firmware/intel-ucode"
    { printf '\1\0\0\0%-12s' "$1"; head -c 2032 /dev/zero; } >"$SYSROOT/lib/firmware/intel-ucode/$1"
}
amd() {
    mkdir -p "$SYSROOT/lib/firmware/amd-ucode"
    { printf 'DMA\0%-40s' "$1"; head -c "${2:-1000}" /dev/zero; } >"$SYSROOT/lib/firmware/amd-ucode/$1"
}
fresh() {
    rm -rf "$SYSROOT"
    mkdir -p "$SYSROOT/proc"
}
in_root() {
    build --sysroot "$SYSROOT" -p minimal "$@"
}
early() {
    in_root -o "$IMAGE" --microcode "${1:-all}" "${@:2}" && rm -rf "$WORK/early" && mkdir "$WORK/early" &&
        (cd "$WORK/early" && cpio -idm --quiet <"$IMAGE")
}
# offset PATTERN: where it is first found in the image.
offset() {
    LC_ALL=C grep -abo -m 1 "$1" "$IMAGE" | head -n 1 | cut -d : -f 1
}

fresh
intel 06-9e-0d
intel 06-3c-03
touch "$SYSROOT/lib/firmware/intel-ucode/README"
check "an image with Intel's" early
check "its first archive is bare and has nothing else" test "$(cpio -it --quiet <"$IMAGE" | tr '\n' ' ')" = \
    "kernel kernel/x86 kernel/x86/microcode early_cpio $INTEL "
check "all files, by name" sh -c "cat '$SYSROOT'/lib/firmware/intel-ucode/06-* | cmp - '$WORK/early/$INTEL'"
check "on a boundary of 16 bytes" test $(($(offset '06-3c-03 ') % 16)) -eq 4
check "kindling ls lists both archives" prints '^lib/kindling/seal$' "$KINDLING" ls "$IMAGE"
check "with the microcode" prints "^$INTEL\$" "$KINDLING" ls "$IMAGE"
check "kindling extract too" sh -c "'$KINDLING' extract '$IMAGE' '$WORK/extracted' && cmp '$WORK/early/$INTEL' '$WORK/extracted/$INTEL'"
in_root -o "$WORK/out/bare"
check "what follows is the image without it, but for the command in its index" prints_not '[<>+-].*(lib/modules|init$)' \
    sh -c "'$KINDLING' diff '$WORK/out/bare' '$IMAGE' || test \$? -eq 1"
check "-n lists it first" test "$(in_root -n --microcode all | sed -n 5p)" = "$INTEL"
check "without the option there is none" prints_not microcode in_root -n

amd microcode_amd.bin
amd microcode_amd_fam17h.bin 1004
touch "$SYSROOT/lib/firmware/amd-ucode/microcode_amd.bin.asc"
check "both vendors'" early
check "AMD's" sh -c "cat '$SYSROOT'/lib/firmware/amd-ucode/*.bin | cmp - '$WORK/early/$AMD'"
check "on a boundary too" test $(($(offset 'microcode_amd.bin ') % 16)) -eq 4
check "Intel's is there with no more than NULs behind" cmp -n 4096 "$WORK/early/$INTEL" \
    <(cat "$SYSROOT"/lib/firmware/intel-ucode/06-*)
check "the kernel's own reader finds a header before each" test $(($(offset "$AMD") % 4)) -eq 2
sum() {
    md5sum <"$IMAGE"
}
first=$(sum)
early all -j 1
check "the same bytes again" test "$first" = "$(sum)"
for method in none xz; do
    early all -z $method --force-compress
    check "before an image compressed with $method" prints '^lib/kindling/seal$' "$KINDLING" ls "$IMAGE"
done
check "the files are inputs" sh -c "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' --sysroot '$SYSROOT' -p minimal \
    --microcode all -o '$IMAGE' --depfile '$WORK/d' && grep -q 'intel-ucode/06-9e-0d:' '$WORK/d'"

xz "$SYSROOT/lib/firmware/amd-ucode/microcode_amd.bin"
check "what a distribution compressed" early
check "is decompressed" sh -c "xz -dc '$SYSROOT/lib/firmware/amd-ucode/microcode_amd.bin.xz' | cmp -n 1044 - '$WORK/early/$AMD'"

# One processor's.
cpu() {
    printf 'processor\t: 0\nvendor_id\t: %s\ncpu family\t: %s\nmodel\t\t: %s\nmodel name\t: x 99\nstepping\t: %s\n' \
        "$@" >"$SYSROOT/proc/cpuinfo"
}
cpu GenuineIntel 6 158 13
check "the host's own" early host
check "and no other" cmp "$WORK/early/$INTEL" "$SYSROOT/lib/firmware/intel-ucode/06-9e-0d"
cpu AuthenticAMD 23 1 2
early host
check "AMD's by family" cmp "$WORK/early/$AMD" "$SYSROOT/lib/firmware/amd-ucode/microcode_amd_fam17h.bin"
check "without Intel's" test ! -e "$WORK/early/$INTEL"
cpu AuthenticAMD 16 1 2
check "old families share one" early host
cpu GenuineIntel 6 1 1
check "none for this processor: no archive, and a note" prints 'has no microcode for this processor' \
    in_root -v -o "$IMAGE" --microcode host
check "the image is as without" cmp -n 10 "$IMAGE" "$WORK/out/bare"
cpu GenuineIntel 6 158 13
cat "$SYSROOT/proc/cpuinfo" >"$WORK/cpuinfo"
cpu GenuineIntel 6 60 3
cat "$WORK/cpuinfo" >>"$SYSROOT/proc/cpuinfo"
intel 06-4f-01
check "of two kinds of processors" early host
check "both" sh -c "cat '$SYSROOT'/lib/firmware/intel-ucode/06-3c-03 '$SYSROOT'/lib/firmware/intel-ucode/06-9e-0d | cmp - '$WORK/early/$INTEL'"
cpu GenuineIntel 6 79 1
mv "$SYSROOT/lib/firmware/intel-ucode/06-4f-01" "$SYSROOT/lib/firmware/intel-ucode/06-4f-01.initramfs"
check "of what Debian lets an initramfs alone load" early host
check "it" cmp "$WORK/early/$INTEL" "$SYSROOT/lib/firmware/intel-ucode/06-4f-01.initramfs"
rm "$SYSROOT/lib/firmware/intel-ucode/06-4f-01.initramfs"
cpu GenuineIntel 6 158 13
check "an image for this machine has it unasked" prints "^$INTEL\$" in_root --for-host -n
check "unless it is not wanted" prints_not microcode in_root --for-host --microcode none -n
echo 'flags	: fpu hypervisor lahf_lm' >>"$SYSROOT/proc/cpuinfo"
check "or the machine is a virtual one" prints_not microcode in_root --for-host -n
rm "$SYSROOT/proc/cpuinfo"
check "or nobody knows its processor" prints_not microcode in_root --for-host -n
check "nobody knows the processor" fails_with 1 'cannot tell which processor the machine of .* has' in_root -n --microcode host

mkdir "$SYSROOT/usr"
mv "$SYSROOT/lib" "$SYSROOT/usr/lib"
check "out of a package that was merely unpacked" prints "^$AMD\$" in_root -n --microcode all
echo nonsense >"$SYSROOT/usr/lib/firmware/intel-ucode/06-01-01"
check "what is none is refused" fails_with 1 'cannot pack .*/06-01-01: it is no microcode of GenuineIntel' \
    in_root -n --microcode all
fresh
check "none at all" fails_with 1 "cannot find microcode in .*Debian's packages are intel-microcode and amd64-microcode" \
    in_root -n --microcode all
check "a choice that is none" fails_with 2 'microcode some: there are all, host and none' in_root --microcode some
check "no debris" no_debris

done_testing
