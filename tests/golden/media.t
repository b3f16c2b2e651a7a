#!/bin/bash
# kindling iso and kindling uki: what they make, twice the same, and what they refuse.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

make_tree
make_data
for name in squashfs overlay iso9660; do
    module "kernel/fs/$name.ko" "alias=fs-$name" "vermagic=$KVER SMP "
done
module kernel/drivers/block/loop.ko "vermagic=$KVER SMP "
for name in dm-crypt dm-verity; do
    module "kernel/drivers/md/$name.ko" "vermagic=$KVER SMP "
done
module kernel/drivers/block/disc.ko 'alias=bus:disc' "vermagic=$KVER SMP "
mkdir -p "$KINDLING_DATA/modules.d/machines" "$KINDLING_DATA/modules.d/filesystems"
printf '%s\n' 'device bus:disc' >"$KINDLING_DATA/modules.d/machines/small"
: >"$KINDLING_DATA/modules.d/filesystems/iso9660"
rm "$KINDLING_DATA/init"
make_program "$KINDLING_DATA/init" -static
feature live 'description a live system' 'module beta squashfs overlay loop'
profile generic 'description the usual' 'module disc iso9660' 'machine small'
mkdir -p "$WORK/root/sbin" "$WORK/boot"
echo 'the root' >"$WORK/root/sbin/init"
head -c 20000 /dev/urandom >"$WORK/root/noise"
touch -d @1000000000 "$WORK/root/sbin/init" "$WORK/root/noise" "$WORK/root/sbin" "$WORK/root"
# kernel FILE RELEASE: a file that begins as a kernel of x86 does.
kernel() {
    {
        head -c 514 /dev/zero
        printf 'HdrS\x0f\x02\0\0\0\0\0\0\x00\x02' # protocol 2.15; where the version stands, less a sector
        head -c 496 /dev/zero
        printf '%s (somebody@somewhere) #1\0' "$2"
        head -c 100000 /dev/zero
    } >"$1"
}
kernel "$WORK/boot/vmlinuz-$KVER" "$KVER"

iso() {
    "$KINDLING" iso -k "$KVER" --modules-dir "$WORK/modules" --kernel "$WORK/boot/vmlinuz-$KVER" "$@"
}
check "a medium is made" iso --root "$WORK/root" --append 'quiet splash' -o "$WORK/a.iso"
sleep 1.1 # the second that most programs write down
check "once more, in another second" iso --root "$WORK/root" --append 'quiet splash' -o "$WORK/b.iso"
check "it has the same bytes" cmp "$WORK/a.iso" "$WORK/b.iso"
check "nothing is left beside it" [ -z "$(find "$WORK" -maxdepth 1 -name '*a.iso?*' -o -maxdepth 1 -name '.a.iso*')" ]
check "whoever may read may read it" [ "$(stat -c %a "$WORK/a.iso")" = "$(printf %o $((0666 & ~0$(umask))))" ]
# A stick is written by those who can tell which it is; its name is not given to a file.
ln -s /dev/null "$WORK/device"
check "a device is no place for one" fails_with 1 "cannot write $WORK/device: it is not a regular file" \
    iso --root "$WORK/root" -o "$WORK/device"
check "and is what it was" test -c "$WORK/device"
ln -s a.iso "$WORK/link"
check "a link stays one" iso --root "$WORK/root" --append 'quiet splash' -o "$WORK/link"
leads_to_it() {
    test -L "$WORK/link" && cmp "$WORK/a.iso" "$WORK/b.iso"
}
check "to what was made" leads_to_it

# from_iso PATH OUT [ISO]
from_iso() {
    xorriso -osirrox on -indev "stdio:${3-$WORK/a.iso}" -extract "$1" "$2" >/dev/null 2>&1
}
check "the kernel is on it" from_iso /boot/vmlinuz "$WORK/out-kernel"
check "as it was" cmp "$WORK/out-kernel" "$WORK/boot/vmlinuz-$KVER"
check "the root is on it, in Debian's place" from_iso /live/filesystem.squashfs "$WORK/out.squashfs"
check "it is a squashfs of the directory" bash -c "unsquashfs -cat '$WORK/out.squashfs' sbin/init | cmp - '$WORK/root/sbin/init'"
check "the image is on it" from_iso /boot/initrd.img "$WORK/out.img"
check "with the feature live" bash -c "'$KINDLING' ls '$WORK/out.img' | grep -q beta.ko"
check "the boot loader's script is on it" from_iso /boot/grub/grub.cfg "$WORK/out.cfg"
check "it finds the medium by its label, and has what was appended" \
    grep -qE '^    linux /boot/vmlinuz boot=live live-media=/dev/disk/by-label/kindling-[0-9a-f]{8} quiet splash$' "$WORK/out.cfg"
check "both kinds of firmware find a loader" bash -c "xorriso -indev 'stdio:$WORK/a.iso' -report_el_torito plain 2>/dev/null |
    grep -c 'El Torito boot img :.*\(BIOS\|UEFI\)' | grep -qx 2"
check "a stick has a partition for UEFI" bash -c "sfdisk -d '$WORK/a.iso' | grep -q 'type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B'"

iso --root "$WORK/out.squashfs" --label MINE -o "$WORK/c.iso" 2>/dev/null
check "a root that is a squashfs goes as it is" bash -c "xorriso -osirrox on -indev 'stdio:$WORK/c.iso' -extract /live/filesystem.squashfs '$WORK/again' \
    >/dev/null 2>&1; cmp '$WORK/again' '$WORK/out.squashfs'"
check "under the label that was given" bash -c "blkid -o value -s LABEL '$WORK/c.iso' | grep -qx MINE"

# lacking PROGRAM COMMAND...: with all that a medium and a unified kernel image take but this one.
lacking() {
    local one
    rm -rf "$WORK/programs"
    mkdir "$WORK/programs"
    for one in xorriso grub-mkimage mformat mmd mcopy mksquashfs objcopy sbsign sh; do
        [ "$one" = "$1" ] || ln -s "$(command -v "$one")" "$WORK/programs/"
    done
    PATH=$WORK/programs "${@:2}"
}
while read -r program package; do
    check "without $program its package is named" \
        fails_with 1 "cannot make .*: $program is missing .Debian's package $package has it." \
        lacking "$program" iso --root "$WORK/root" -o "$WORK/x.iso"
done <<'END'
xorriso xorriso
grub-mkimage grub-common
mformat mtools
mmd mtools
mcopy mtools
mksquashfs squashfs-tools
END
check "without none of them it is made" lacking none iso --root "$WORK/root" -o "$WORK/x.iso"
rm "$WORK/x.iso"
# What can be refused is refused before the root, which may be large, is read.
mkdir "$WORK/mark" "$WORK/no-system"
printf '#!/bin/sh\n: >%s/was-called\n' "$WORK" >"$WORK/mark/mksquashfs"
chmod +x "$WORK/mark/mksquashfs"
refused() {
    fails_with "$1" "$2" lacking mksquashfs with_mark "${@:3}" && test ! -e "$WORK/was-called"
}
with_mark() {
    PATH=$WORK/mark:$PATH iso "$@"
}
check "a place where no file can be" refused 1 "cannot write $WORK/nowhere/x.iso: No such file or directory" --root "$WORK/root" -o "$WORK/nowhere/x.iso"
check "a place that is a directory" refused 1 "cannot write $WORK/boot: Is a directory" --root "$WORK/root" -o "$WORK/boot"
check "a place in the root itself" refused 1 "cannot write $WORK/root/x.iso: it would lie in $WORK/root, and be a part of the root" \
    --root "$WORK/root" -o "$WORK/root/x.iso"
check "which this host's own is, too" refused 1 "cannot write $WORK/x.iso: it would lie in /, and be a part of the root" \
    --root / -o "$WORK/x.iso"
check "a root that is not there" refused 1 "cannot read the root $WORK/nowhere: No such file or directory" --root "$WORK/nowhere" -o "$WORK/x.iso"
check "a directory that is no system" refused 1 "there is no /sbin/init in $WORK/no-system: is it the root of a system. .*" \
    --root "$WORK/no-system" -o "$WORK/x.iso"
check "unless its init is named" iso --root "$WORK/no-system" --append init=/program -o "$WORK/x.iso"
rm "$WORK/x.iso"
check "a root that is none" fails_with 1 "$WORK/boot/vmlinuz-$KVER is no root's image: neither squashfs nor erofs is in it, and it is no directory" \
    iso --root "$WORK/boot/vmlinuz-$KVER" -o "$WORK/x.iso"
kernel "$WORK/boot/other" 6.9.9-other
check "a kernel that is another" fails_with 1 "the kernel $WORK/boot/other is 6.9.9-other, and the modules to be packed are those of $KVER .-k." \
    iso --root "$WORK/root" --kernel "$WORK/boot/other" -o "$WORK/x.iso"
{
    head -c 56 /dev/zero
    printf 'ARMd%0100dLinux version %s (somebody)\n%0100d' 0 "$KVER" 0
} >"$WORK/boot/arm64"
check "a kernel that no boot loader of a medium starts" fails_with 1 "cannot make a medium for arm64: its boot loaders are those of x86-64" \
    iso --root "$WORK/root" --kernel "$WORK/boot/arm64" -o "$WORK/x.iso"
# warns LINE COMMAND...: which is waited for to its end.
warns() {
    "${@:2}" >"$WORK/warned" 2>&1
    grep -q "warning: $1" "$WORK/warned"
}
check "what is no kernel is told" warns "$WORK/root/noise is no kernel of x86, arm64 or riscv64 that tells its release" \
    iso --root "$WORK/root" --kernel "$WORK/root/noise" -o "$WORK/x.iso"
rm "$WORK/x.iso"
check "a kernel that is not there" fails_with 1 "cannot find the file of kernel $KVER: name it with --kernel" \
    "$KINDLING" iso -k "$KVER" --modules-dir "$WORK/modules" --root "$WORK/root" -o "$WORK/x.iso"
check "a time that is none" fails_with 1 "SOURCE_DATE_EPOCH=yesterday is not a time" \
    env SOURCE_DATE_EPOCH=yesterday "$KINDLING" iso -k "$KVER" --modules-dir "$WORK/modules" --kernel "$WORK/boot/vmlinuz-$KVER" \
    --root "$WORK/root" -o "$WORK/x.iso"
check "a label that no link can have" fails_with 2 "--label a b: up to 32 letters, digits, dots, hyphens and underscores are wanted" \
    iso --root "$WORK/root" --label 'a b' -o "$WORK/x.iso"
# shellcheck disable=SC2016 # as it is
check "what the boot loader's script would take for its own" fails_with 2 \
    "--append: the boot loader's script has a meaning for quotes, backslashes, ., braces and semicolons" \
    iso --root "$WORK/root" --append 'a=$b' -o "$WORK/x.iso"
check "nothing is left of what failed" test ! -e "$WORK/x.iso"

# A system that has its own kernel: that is meant, in a tree with or without a merged /usr.
own_kernel() {
    "$KINDLING" iso --root "$WORK/own" "$@"
}
mkdir -p "$WORK/own/boot" "$WORK/own/lib/modules" "$WORK/own/sbin"
cp "$WORK/root/sbin/init" "$WORK/own/sbin/"
cp -r "$WORK/modules/$KVER" "$WORK/own/lib/modules/"
kernel "$WORK/own/boot/vmlinuz-$KVER" "$KVER (its own)"
has_own_kernel() {
    from_iso /boot/vmlinuz "$WORK/out-kernel" "$WORK/own.iso" && cmp "$WORK/out-kernel" "$WORK/own/boot/vmlinuz-$KVER"
}
check "a system with a kernel" own_kernel -o "$WORK/own.iso"
check "boots by that" has_own_kernel
mkdir "$WORK/own/usr"
mv "$WORK/own/lib" "$WORK/own/usr/lib"
ln -s usr/lib "$WORK/own/lib"
check "a system with a merged /usr" own_kernel -k "$KVER" -o "$WORK/own.iso"
check "boots by that, too" has_own_kernel
check "a kernel that is neither there nor here" fails_with 1 "no kernel 6.9 in .*/own/usr/lib/modules .there are: $KVER." \
    own_kernel -k 6.9 -o "$WORK/own.iso"
mkdir -p "$WORK/own/lib/modules/9.9/kernel"
check "of two kernels one is named" fails_with 1 "$WORK/own has several kernels .$KVER, 9.9.: name one with -k" own_kernel -o "$WORK/own.iso"
check "a system without its kernel's modules" warns "$WORK/root has no modules of kernel $KVER: what" \
    iso --root "$WORK/root" -o "$WORK/x.iso"
rm "$WORK/x.iso"

# What check says of it: the chain goes on from the medium's own file system.
says() {
    local status
    "$KINDLING" check --modules-dir "$WORK/modules" "${@:3}" >"$WORK/said" 2>&1
    status=$?
    cat "$WORK/said"
    [ "$status" -eq "$1" ] && grep -qE -- "$2" "$WORK/said"
}
printf '%s\n' CONFIG_RD_GZIP=y CONFIG_SQUASHFS_ZSTD=y >"$WORK/modules/$KVER/config"
check "a medium boots by its own image" says 0 "a.iso boots on small" --root "$WORK/a.iso"
check "by way of its squashfs and the overlay" says 0 "^ *fs-overlay -> overlay" -v --root "$WORK/a.iso"
"$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" -p generic -o "$WORK/without.img"
check "and not by an image without them" says 1 "wants loop, which kernel $KVER has, but this image has not" --root "$WORK/a.iso" "$WORK/without.img"
"$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" -p generic -m loop,squashfs -o "$WORK/without.img"
check "nor by one without the overlay" says 1 "wants overlay, which kernel $KVER has, but this image has not" --root "$WORK/a.iso" "$WORK/without.img"
printf '%s\n' CONFIG_RD_GZIP=y CONFIG_SQUASHFS_XZ=y >"$WORK/modules/$KVER/config"
check "nor by a kernel that does not know the compressor" says 1 "could not read the root's squashfs on .* has no CONFIG_SQUASHFS_ZSTD" --root "$WORK/a.iso"
rm "$WORK/modules/$KVER/config"
head -c 3000 "$WORK/out.squashfs" >"$WORK/cut.squashfs"
iso --root "$WORK/cut.squashfs" -o "$WORK/cut.iso" 2>/dev/null
check "a squashfs that was cut off is told" says 1 "the squashfs /live/filesystem.squashfs on the medium is of .* bytes, and the file has 3000: it was cut off" \
    --root "$WORK/cut.iso"
: >"$WORK/nothing"
xorriso -as mkisofs -quiet -o "$WORK/other.iso" "$WORK/nothing" >/dev/null 2>&1
check "a medium without an image" fails_with 2 "there is no image /boot/initrd.img on $WORK/other.iso: name one" \
    "$KINDLING" check --root "$WORK/other.iso"

check "a file is no way of this host's" fails_with 2 "$WORK/a.iso is no device of this host: name another machine than this-host" \
    "$KINDLING" check --modules-dir "$WORK/modules" --machine this-host --root "$WORK/a.iso"
check "a medium that is not there" fails_with 2 "cannot read $WORK/none.iso: No such file or directory" \
    "$KINDLING" check --root "$WORK/none.iso"
check "a file that is no medium" fails_with 2 "$WORK/nothing is no medium with an image of its own: name an image" \
    "$KINDLING" check --root "$WORK/nothing"

# With a hash tree, which veritysetup confirms.
sealed() {
    iso --root "$WORK/out.squashfs" --verity "$@"
}
feature verity 'description dm-verity' 'module beta dm_verity' 'need dm_verity'
check "a medium whose root dm-verity vouches for" sealed -o "$WORK/sealed.iso"
check "has its hash tree" from_iso /live/filesystem.squashfs.verity "$WORK/out.tree" "$WORK/sealed.iso"
check "and the root" from_iso /live/filesystem.squashfs "$WORK/out.root" "$WORK/sealed.iso"
check "and its top on the kernel command line" from_iso /boot/grub/grub.cfg "$WORK/out.cfg2" "$WORK/sealed.iso"
check "which is right" veritysetup verify "$WORK/out.root" "$WORK/out.tree" \
    "$(sed -nE 's/.* dm-verity-root-hash=filesystem\.squashfs:([0-9a-f]{64}).*/\1/p' "$WORK/out.cfg2" | head -n 1)"
check "it is made once more" sealed -o "$WORK/sealed2.iso"
check "of the same bytes" cmp "$WORK/sealed.iso" "$WORK/sealed2.iso"

# What words of the command line ask for: the medium's own, and those that are baked into an image.
feature crypt 'description volumes' 'module dm_crypt' 'need dm_crypt'
check "a medium whose persistence may be enciphered" \
    iso --root "$WORK/out.squashfs" --append 'persistence persistence-encryption=luks' -o "$WORK/luks.iso"
from_iso /boot/initrd.img "$WORK/luks.img" "$WORK/luks.iso"
check "its image has what opens it" bash -c "'$KINDLING' ls '$WORK/luks.img' | grep -q dm-crypt.ko"
check "and boots" says 0 "^ *persistence-encryption=luks -> the feature crypt" -v --root "$WORK/luks.iso"
"$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" -p generic -f live -o "$WORK/without.img"
check "another one does not" says 1 \
    "persistence-encryption=luks on the kernel command line wants the feature crypt: crypt .* wants dm_crypt, which kernel $KVER has, but" \
    --root "$WORK/luks.iso" "$WORK/without.img"
check "nor one without dm-verity, where a hash is given" says 1 \
    "dm-verity-root-hash= on the kernel command line wants the feature verity: verity .* wants dm_verity, which kernel $KVER has, but" \
    --root "$WORK/sealed.iso" "$WORK/without.img"
check "the medium's own does" says 0 "sealed.iso boots on small" --root "$WORK/sealed.iso"
mkdir -p "$WORK/hashed/live"
cp "$WORK/out.squashfs" "$WORK/hashed/live/filesystem.squashfs"
echo 00 >"$WORK/hashed/live/filesystem.squashfs.roothash"
xorriso -as mkisofs -quiet -r -J -o "$WORK/hashed.iso" "$WORK/hashed" >/dev/null 2>&1
check "a hash on the medium that is not compared is told" says 0 "the medium has a hash for its root, and without the feature verity nothing" \
    --root "$WORK/hashed.iso" "$WORK/without.img"
from_iso /boot/initrd.img "$WORK/sealed.img" "$WORK/sealed.iso"
says 0 boots --root "$WORK/hashed.iso" "$WORK/sealed.img" >"$WORK/said-of-it"
# shellcheck disable=SC2016 # the inner shell expands it
check "and not where it is" bash -c 'grep -q "boots on small" "$1" && ! grep -q "has a hash" "$1"' _ "$WORK/said-of-it"
build_with() {
    "$KINDLING" build -k "$KVER" --modules-dir "$WORK/modules" -p generic "$@" -o "$WORK/words.img" 2>&1
}
check "a word that is baked in, and an image without what it wants" \
    grep -q 'words.img does not boot on small: roothash= on the kernel command line wants the feature verity' \
    <(build_with --cmdline 'root=/dev/vda roothash=00')
check "check says so, too" says 1 "roothash= on the kernel command line wants the feature verity" --root "$WORK/a.iso" "$WORK/words.img"
feature zfs 'description zfs' 'need dm_crypt'
check "a root in a ZFS pool is such a word" grep -q 'words.img does not boot on small: zfs on the kernel command line wants the feature zfs' \
    <(build_with --cmdline 'root=zfs:tank/root')
check "with the feature nothing is said" test -z "$(build_with --cmdline 'root=/dev/vda roothash=00' -f verity | grep 'does not boot')"

uki() {
    "$KINDLING" uki -k "$KVER" --modules-dir "$WORK/modules" --kernel "$WORK/boot/vmlinuz-$KVER" "$@"
}
check "a unified kernel image is made" uki --cmdline 'root=LABEL=x quiet' -o "$WORK/a.efi"
sleep 1.1
check "once more, in another second" uki --cmdline 'root=LABEL=x quiet' -o "$WORK/b.efi"
check "it has the same bytes" cmp "$WORK/a.efi" "$WORK/b.efi"
section() {
    objcopy --dump-section "$1=$WORK/section" "$WORK/a.efi" "$WORK/same.efi" && head -c "$2" "$WORK/section"
}
check "the command line is a section of it" test "$(section .cmdline 18)" = 'root=LABEL=x quiet'
check "and the release" test "$(section .uname ${#KVER})" = "$KVER"
check "the kernel is the last, on a page of its own" bash -c "objdump -h '$WORK/a.efi' | grep '^ *[0-9]* \.' | tail -n 1 |
    grep -qE ' \.linux +[0-9a-f]+ +[0-9a-f]+000 '"
check "an image that is there is taken" uki --image "$WORK/out.img" --cmdline root=/dev/vda -o "$WORK/c.efi"
check "what is no image is not taken" fails_with 1 "$WORK/root/noise is no image: it is neither a cpio archive nor compressed" \
    uki --image "$WORK/root/noise" --cmdline root=/dev/vda -o "$WORK/x.efi"
check "a kernel that is another" fails_with 1 "the kernel $WORK/boot/other is 6.9.9-other, and the modules to be packed are those of $KVER .-k." \
    uki --kernel "$WORK/boot/other" --cmdline root=/dev/vda -o "$WORK/x.efi"
check "a kernel that the stub does not start" fails_with 1 "the stub .*x64.* does not start a kernel of arm64: name another one with --stub" \
    uki --kernel "$WORK/boot/arm64" --cmdline root=/dev/vda -o "$WORK/x.efi"
check "no root" fails_with 1 \
    'no root= is on the command line "quiet": name one with --cmdline or in /etc/kernel/cmdline .--force makes an image without.' \
    uki --cmdline quiet -o "$WORK/x.efi"
check "unless it is meant" uki --cmdline quiet --force -o "$WORK/d.efi"
check "a live system's words are a root's" uki --cmdline boot=live -o "$WORK/d.efi"
objcopy --dump-section ".initrd=$WORK/section" "$WORK/d.efi" "$WORK/same.efi"
check "and its image has the feature" bash -c "'$KINDLING' ls '$WORK/section' | grep -q overlay.ko"
check "a stub that is none" fails_with 1 "$WORK/out.cfg is no EFI program of 64 bits" \
    uki --cmdline root=/dev/vda --stub "$WORK/out.cfg" -o "$WORK/x.efi"
check "a stub that is not there" fails_with 1 \
    "cannot make a unified kernel image: $WORK/none is missing .Debian's package systemd-boot-efi has it." \
    uki --cmdline root=/dev/vda --stub "$WORK/none" -o "$WORK/x.efi"

# Signed, with a key of this test's own.
for name in ours other; do
    openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name/" -days 2 -keyout "$WORK/$name.key" -out "$WORK/$name.crt" 2>"$WORK/openssl.log" ||
        cat "$WORK/openssl.log"
done
check "a signed one" uki --cmdline root=/dev/vda --sign-key "$WORK/ours.key" --sign-cert "$WORK/ours.crt" -o "$WORK/signed.efi"
check "the signature is the certificate's" sbverify --cert "$WORK/ours.crt" "$WORK/signed.efi"
check "and nobody else's" bash -c '! "$@"' _ sbverify --cert "$WORK/other.crt" "$WORK/signed.efi"
check "without a key there is none" bash -c '! "$@"' _ sbverify --cert "$WORK/ours.crt" "$WORK/a.efi"
check "what is signed has the same command line" test "$(objcopy --dump-section ".cmdline=$WORK/section" "$WORK/signed.efi" "$WORK/same.efi" &&
    head -c 13 "$WORK/section")" = root=/dev/vda
check "without objcopy its package is named" fails_with 1 \
    "cannot make a unified kernel image: objcopy is missing .Debian's package binutils has it." \
    lacking objcopy uki --cmdline root=/dev/vda -o "$WORK/x.efi"
check "a key that is none" fails_with 1 'cannot sign the image: .*sbsign' \
    uki --cmdline root=/dev/vda --sign-key "$WORK/out.cfg" --sign-cert "$WORK/ours.crt" -o "$WORK/x.efi"
check "leaves nothing" test ! -e "$WORK/x.efi"
check "a key without a certificate is no way to sign" fails_with 2 'usage: kindling uki .*' \
    uki --cmdline root=/dev/vda --sign-key "$WORK/ours.key" -o "$WORK/x.efi"
check "without sbsign its package is named" fails_with 1 "cannot sign the image: sbsign is missing .Debian's package sbsigntool has it." \
    lacking sbsign uki --cmdline root=/dev/vda --sign-key "$WORK/ours.key" --sign-cert "$WORK/ours.crt" -o "$WORK/x.efi"

# A medium for firmware that starts only what is signed: Debian's loaders, and a kernel that somebody has signed.
for_secure_boot() {
    iso --root "$WORK/out.squashfs" --secure-boot "$@"
}
check "a kernel that nobody has signed" fails_with 1 \
    "cannot make a medium for Secure Boot: the kernel $WORK/a.efi is not signed" \
    for_secure_boot --kernel "$WORK/a.efi" -o "$WORK/x.iso"
check "a kernel that firmware would not start" fails_with 1 "$WORK/boot/vmlinuz-$KVER is no EFI program of 64 bits" \
    for_secure_boot -o "$WORK/x.iso"
check "a medium with one that is signed" for_secure_boot --kernel "$WORK/signed.efi" -o "$WORK/secure.iso"
sleep 1.1
check "once more, in another second" for_secure_boot --kernel "$WORK/signed.efi" -o "$WORK/secure2.iso"
check "it has the same bytes" cmp "$WORK/secure.iso" "$WORK/secure2.iso"
from_iso /boot/grub/efi.img "$WORK/out.fat" "$WORK/secure.iso"
from_fat() {
    mcopy -n -o -i "$WORK/out.fat" "::$1" "$WORK/out.loader" && cmp "$WORK/out.loader" "$2"
}
check "the firmware finds shim" from_fat EFI/BOOT/BOOTX64.EFI /usr/lib/shim/shimx64.efi.signed
check "which finds GRUB" from_fat EFI/BOOT/GRUBX64.EFI /usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed
check "and its own helper" from_fat EFI/BOOT/MMX64.EFI /usr/lib/shim/mmx64.efi.signed

# Boot loaders have a place of their own; it is looked at in a mount namespace where one of their files has gone.
without_file() {
    rm -rf "$WORK/place"
    cp -a "${1%/*}" "$WORK/place" && rm "$WORK/place/${1##*/}" || return
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare --map-root-user --mount bash -c 'mount --bind "$1" "$2" && shift 2 && "$@"' _ "$WORK/place" "${1%/*}" \
        "$KINDLING" iso -k "$KVER" --modules-dir "$WORK/modules" --root "$WORK/out.squashfs" -o "$WORK/x.iso" "${@:2}"
}
while read -r file package option; do
    kernel=$WORK/boot/vmlinuz-$KVER
    [ -z "$option" ] || kernel=$WORK/signed.efi
    check "without ${file##*/} its package is named" \
        fails_with 1 "cannot make a medium: $file is missing .Debian's package $package has it." \
        without_file "$file" --kernel "$kernel" ${option:+"$option"}
done <<'END'
/usr/lib/grub/i386-pc/boot_hybrid.img grub-pc-bin
/usr/lib/grub/x86_64-efi/moddep.lst grub-efi-amd64-bin
/usr/lib/shim/shimx64.efi.signed shim-signed --secure-boot
/usr/lib/shim/mmx64.efi.signed shim-helpers-amd64-signed --secure-boot
/usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed grub-efi-amd64-signed --secure-boot
END
check "nothing is left of what failed, either" test ! -e "$WORK/x.iso"

# The plug-in of kernel-install(8), with a kindling that only tells how it was called.
mkdir -p "$WORK/bin" "$WORK/staging"
cat >"$WORK/bin/kindling" <<'END'
#!/bin/sh
echo "$*" >&2
while [ $# -gt 1 ]; do [ "$1" != -o ] || : >"$2"; shift; done
END
chmod +x "$WORK/bin/kindling"
sed "s,@BINDIR@,$WORK/bin,; s,/usr/lib/kernel/install.d/90-uki-copy,$WORK/uki-copy," "$ROOT/generator/host/60-kindling.install" >"$WORK/plugin"
plugin() {
    rm -f "$WORK/staging"/*
    env KERNEL_INSTALL_STAGING_AREA="$WORK/staging" "$@" sh "$WORK/plugin" add "$KVER" "$WORK/entry" /boot/vmlinuz 2>&1
}
check "kernel-install gets a unified kernel image where that is its layout" \
    grep -qx "uki -k $KVER --kernel /boot/vmlinuz --image $WORK/staging/initrd -o $WORK/staging/uki.efi" \
    <(plugin KERNEL_INSTALL_LAYOUT=uki KERNEL_INSTALL_UKI_GENERATOR=kindling)
check "and none where another one makes it" test -z "$(plugin KERNEL_INSTALL_LAYOUT=uki KERNEL_INSTALL_UKI_GENERATOR=ukify | grep '^uki')"
# systemd before 253 leaves it in the staging area.
place=(KERNEL_INSTALL_LAYOUT=uki KERNEL_INSTALL_BOOT_ROOT="$WORK/boot-root" KERNEL_INSTALL_ENTRY_TOKEN=token)
mkdir -p "$WORK/boot-root"
plugin_writes() {
    plugin "${place[@]}" >"$WORK/plugin-said"
    grep -qx "uki -k $KVER .* -o $1" "$WORK/plugin-said" && test -e "$1"
}
check "where nobody else brings it to its place, that is done" plugin_writes "$WORK/boot-root/EFI/Linux/token-$KVER.efi"
check "it goes with its kernel" env "${place[@]}" sh "$WORK/plugin" remove "$KVER" "$WORK/entry"
check "and has gone" test ! -e "$WORK/boot-root/EFI/Linux/token-$KVER.efi"
: >"$WORK/uki-copy.install"
check "where somebody does, it is left to him" plugin_writes "$WORK/staging/uki.efi"
check "nor in another layout" test -z "$(plugin KERNEL_INSTALL_LAYOUT=bls | grep '^uki')"
done_testing
