#!/bin/bash
# shellcheck disable=SC2119,SC2120 # import has arguments or none
# kindling import: what dracut's and initramfs-tools' files say, in our words, without running them.
. "$(dirname "$0")/lib.sh"

ETC=$WORK/root/etc
TOOLS=$ETC/initramfs-tools
feature btrfs 'description btrfs'
feature busybox 'description busybox'
feature ext4 'description ext4'
feature vconsole 'description a keymap'
feature e2fsck 'description e2fsck'
for name in crypt crypt-tpm2 verity network network-cards nfs nbd iscsi nvme-tcp; do
    feature "$name" "description $name"
done
import() {
    "$KINDLING" import --sysroot "$WORK/root" "$@"
}
# dracut LINE...: a dracut.conf; tools LINE...: an initramfs.conf; each alone.
dracut() {
    rm -rf "$ETC" && mkdir -p "$ETC" && printf '%s\n' "$@" >"$ETC/dracut.conf"
}
tools() {
    rm -rf "$ETC" && mkdir -p "$TOOLS" && printf '%s\n' "$@" >"$TOOLS/initramfs.conf"
}
# says LINE: import prints that very line; loses PATTERN: it is named among what is not carried over.
says() {
    import >"$WORK/said" 2>&1
    grep -qxF -- "$1" "$WORK/said" || {
        cat "$WORK/said"
        return 1
    }
}
loses() {
    import >"$WORK/said" 2>&1
    sed '1,/^# Not carried over:/d' "$WORK/said" | grep -qE -- "^#   $1" || {
        cat "$WORK/said"
        return 1
    }
}
# says_only LINE...: these are all lines that are no comment; nothing is lost.
says_only() {
    import >"$WORK/said" 2>&1
    cat "$WORK/said"
    [ "$(grep -v '^#\|^$' "$WORK/said")" = "$(printf '%s\n' "$@")" ] && ! grep 'Not carried' "$WORK/said"
}
# carries dracut|tools LINE EXPECTED...: one check of one key.
carries() {
    local file=$1 line=$2
    "$file" "$line"
    check "$file: $line" says_only "${@:3}"
}

check "nothing to import" fails_with 1 "there is no configuration of dracut or initramfs-tools in $WORK/root/etc$" import
check "no arguments" fails_with 2 'usage: kindling import' import somewhere

carries dracut 'add_drivers+=" nvme xfs.ko.xz =drivers/net/phy "' 'module = nvme, xfs, drivers/net/phy/'
carries dracut 'force_drivers="vfio-pci vfio"' 'autoload = vfio-pci, vfio'
carries dracut 'omit_drivers+=" floppy nouveau "' 'cmdline = rd.driver.blacklist=floppy,nouveau'
carries dracut 'hostonly="yes"' 'profile = host'
carries dracut 'hostonly=no' 'profile = generic'
carries dracut 'add_dracutmodules+=" base systemd systemd-initrd btrfs i18n "' 'feature = btrfs, vconsole'
carries dracut 'add_dracutmodules+=" systemd-cryptsetup tpm2-tss systemd-veritysetup "' 'feature = crypt, crypt-tpm2, verity'
carries dracut 'force_add_dracutmodules+=" busybox "' 'feature = busybox'
carries dracut 'add_dracutmodules+=" network-manager nfs nbd iscsi nvmf "' 'feature = network, nfs, nbd, iscsi, nvme-tcp'
carries dracut 'omit_dracutmodules+=" plymouth btrfs bash nfs "' 'feature = -btrfs, -nfs'
carries dracut 'compress="zstd -19 -T0"' 'compress = zstd:19'
carries dracut 'compress=/usr/bin/xz' 'compress = xz'
carries dracut 'compress=cat' 'compress = none'
carries dracut 'compress=pigz' 'compress = gzip'
carries dracut "kernel_cmdline+=' rd.timeout=60   quiet '" 'cmdline = rd.timeout=60 quiet'
carries dracut 'early_microcode=no' 'microcode = none'
carries dracut 'early_microcode=yes' 'microcode = all'
carries dracut 'ro_mnt=yes' 'cmdline = ro'
carries dracut 'nofscks=yes' 'feature = -e2fsck, -fsck-vfat, -fsck-exfat, -fsck-f2fs'
carries dracut 'do_strip=yes; show_modules=no; uefi=no' ''
carries tools 'MODULES=most' 'profile = generic'
carries tools 'MODULES=dep' 'profile = host'
carries tools 'MODULES=list' 'profile = minimal'
carries tools 'BUSYBOX=y' 'feature = busybox'
carries tools 'BUSYBOX=n' 'feature = -busybox'
carries tools 'KEYMAP=y' 'feature = vconsole'
carries tools 'COMPRESS=lz4' 'compress = lz4'
carries tools 'COMPRESS=zstd COMPRESSLEVEL=7' 'compress = zstd:7'
carries tools 'FSTYPE=ext3,btrfs' 'feature = ext4, btrfs'
carries tools 'FSTYPE=jfs' 'module = jfs'
carries tools 'RESUME=none' 'cmdline = noresume'
carries tools 'RESUME=UUID=1-2' 'cmdline = resume=UUID=1-2'
carries tools 'ROOT=LABEL=x' 'cmdline = root=LABEL=x'
carries tools 'BOOT=nfs' 'feature = nfs'
carries tools 'NFSROOT=10.0.2.2:/root' 'cmdline = nfsroot=10.0.2.2:/root'
carries tools 'DEVICE=eth0' 'cmdline = ip=:::::eth0:dhcp'
carries tools 'MODULES=netboot' 'profile = generic' 'feature = network, network-cards'
# As Debian ships it.
check "the shipped initramfs.conf" tools 'MODULES=most' 'BUSYBOX=auto' 'KEYMAP=n' 'COMPRESS=zstd' 'DEVICE=' 'NFSROOT=auto' 'RUNSIZE=10%' 'FSTYPE=auto'
check "says this" says_only 'profile = generic' 'compress = zstd'

# What cannot be carried over.
lost() {
    local file=$1 line=$2
    "$file" "$line"
    check "$file: $line is named" loses "$3"
}
lost dracut 'uefi=yes' '/etc/dracut.conf:1: uefi=yes: kindling uki makes unified kernel images$'
lost dracut 'uefi_secureboot_key=/etc/key' '/etc/dracut.conf:1: uefi_secureboot_key=/etc/key: kindling uki signs with --sign-cert FILE and --sign-key FILE$'
lost dracut 'kernel_image=/boot/vmlinuz' '/etc/dracut.conf:1: kernel_image=/boot/vmlinuz: kindling uki --kernel FILE'
lost dracut 'compress=bzip2' '/etc/dracut.conf:1: compress=bzip2: images are compressed by'
lost dracut 'compress="gzip -99"' '/etc/dracut.conf:1: compress=99: there is no such level'
lost dracut 'add_dracutmodules+=" cifs "' '/etc/dracut.conf:1: add_dracutmodules=cifs: there is no feature for it'
lost dracut 'add_dracutmodules+=" multipath "' '/etc/dracut.conf:1: add_dracutmodules=multipath: there is no feature for it'
lost dracut 'omit_drivers+=" .*snd.* "' '/etc/dracut.conf:1: omit_drivers=\.\*snd\.\*: only whole names'
lost dracut 'drivers=" virtio_blk "' '/etc/dracut.conf:1: drivers= virtio_blk : it is added to what the profile has'
check "and taken all the same" says 'module = virtio_blk'
lost dracut 'filesystems=" ext4 "' '/etc/dracut.conf:1: filesystems= ext4 : it is added'
lost dracut 'install_items+=" /etc/nosuch "' '/etc/dracut.conf:1: install_items=/etc/nosuch: there is no such file'
lost dracut 'my_own=1' '/etc/dracut.conf:1: my_own=1: nobody here knows that key'
lost tools 'MODULES=some' '/etc/initramfs-tools/initramfs.conf:1: MODULES=some: there is most, dep, list and netboot'
lost tools 'BOOT=casper' '.*: BOOT=casper: there are local and nfs'
lost tools 'RESUME=auto' '.*: RESUME=auto: name the swap: cmdline = resume=UUID='
lost tools 'COMPRESS=lzop' '.*: COMPRESS=lzop: images are compressed by'

# Nothing is run.
# shellcheck disable=SC2016 # nobody expands it
dracut "add_drivers+=\" \$(touch $WORK/run) \"" "compress=\`touch $WORK/run\`" ". $WORK/run.sh" "touch $WORK/run" 'hostonly=$X' \
    'if true; then' '  add_drivers+=" on_condition "' 'fi' 'force_drivers="sure"'
echo "touch $WORK/run" >"$WORK/run.sh"
check "what the shell would work out" loses '/etc/dracut.conf:1: add_drivers: the shell would have to work out its value'
check "in the other quotes" loses '/etc/dracut.conf:2: compress: the shell would have to work out its value'
check "another file" loses '/etc/dracut.conf:3: \.: it is a command'
check "a command" loses '/etc/dracut.conf:4: touch: it is a command'
check "a variable" loses '/etc/dracut.conf:5: hostonly: the shell would have to work out its value'
check "a condition" loses '/etc/dracut.conf:7: add_drivers: it depends on a condition'
check "what is certain is carried over" says 'autoload = sure'
check "and nothing else" test "$(grep -vc '^#\|^$' "$WORK/said")" = 1
check "nothing was run" test ! -e "$WORK/run"

# Many files: in their order, added up.
dracut 'add_drivers+=" one "' 'hostonly=no'
mkdir "$ETC/dracut.conf.d"
echo 'add_drivers+=" three "' >"$ETC/dracut.conf.d/20.conf"
printf '%s\n' '# two' 'add_drivers+=" two "' 'hostonly=yes' >"$ETC/dracut.conf.d/10.conf"
echo 'add_drivers=wrong' >"$ETC/dracut.conf.d/99.txt"
echo 'add_drivers=wrong' >"$ETC/dracut.conf.d/99.conf~"
check "files add up in their order, the last value counts" says_only 'module = one, two, three' 'profile = host'
check "and are named" says '# add_drivers, /etc/dracut.conf:1, /etc/dracut.conf.d/10.conf:2, /etc/dracut.conf.d/20.conf:1'
check "all of them" says '# By kindling import, from /etc/dracut.conf, /etc/dracut.conf.d/10.conf, /etc/dracut.conf.d/20.conf'
echo 'COMPRESS=gzip' >"$ETC/none"
mkdir -p "$TOOLS/conf.d"
printf '%s\n' MODULES=most COMPRESS=xz >"$TOOLS/initramfs.conf"
echo RESUME=UUID=3 >"$TOOLS/conf.d/resume"
echo RESUME=none >"$TOOLS/conf.d/resume.dpkg-old"
printf '%s\n' '# comment' 'nvme' '' 'loop max_loop=8 max_part=1 # more' >"$TOOLS/modules"
check "both tools" says 'compress = xz'
check "dracut's word counts where they differ" loses '/etc/initramfs-tools/initramfs.conf:1: MODULES=most: dracut.s configuration says something else'
check "the modules file" says 'autoload = nvme, loop'
check "with options, and all other words, in one line" says 'cmdline = resume=UUID=3 loop.max_loop=8 loop.max_part=1'

# Files of the system are a feature's.
make_program "$WORK/root/usr/bin/strace" -static
mkdir -p "$ETC/some"
dracut 'install_items+=" /etc/some.conf strace /usr/bin/strace "' 'install_optional_items+=" /etc/nosuch /etc/other "'
echo x >"$ETC/some.conf"
echo x >"$ETC/other"
check "files to be installed" says_only 'feature = imported' 'feature = imported'
check "are told of" says "# In $WORK/root/etc/kindling/modules.d/imported:"
check "a file" says '#   file /etc/some.conf'
check "a program, found as a shell does" says '#   program /usr/bin/strace /usr/bin/strace'
check "an optional one" says '#   file /etc/other'

# --write, and what build makes of it.
echo 'add_drivers="beta"' >>"$ETC/dracut.conf"
echo 'uefi=yes' >>"$ETC/dracut.conf"
check "--write" prints 'warning: not carried over: /etc/dracut.conf:4: uefi=yes' import --write
check "writes what is printed" test "$(grep -v '^#\|^$' "$ETC/kindling.conf")" = "$(import | grep -v '^#\|^$')"
cp "$ETC/kindling.conf" "$WORK/before"
check "not over another" fails_with 1 "$ETC/kindling.conf is there already" import --write
check "which stays" cmp "$WORK/before" "$ETC/kindling.conf"
built() {
    KINDLING_ETC=$ETC build -p minimal -c "$ETC/kindling.conf" --sysroot "$WORK/root" -o "$WORK/out/image" &&
        "$KINDLING" ls "$WORK/out/image" >"$WORK/files"
    cat "$WORK/files"
    grep -qx 'etc/some.conf' "$WORK/files" && grep -q '/beta.ko' "$WORK/files" && grep -q '^usr/bin/strace' "$WORK/files"
}
check "build takes it" built

# Hooks and scripts.
tools MODULES=most
mkdir -p "$TOOLS/hooks" "$TOOLS/scripts/local-top"
hook() {
    printf '#!/bin/sh\ntouch %s\n' "$WORK/run" >"$TOOLS/$1"
    chmod 755 "$TOOLS/$1"
}
hook hooks/mine
hook scripts/local-top/unlock
hook hooks/old~
echo 'how to' >"$TOOLS/hooks/README"
check "a hook is named" loses '/etc/initramfs-tools/hooks/mine: hooks and scripts of initramfs-tools are not run'
check "a script" loses '/etc/initramfs-tools/scripts/local-top/unlock: hooks'
check "nothing that is none" test "$(grep -c 'are not run' "$WORK/said")" = 2
cp -R "$TOOLS" "$KINDLING_ETC/initramfs-tools"
printf 'profile = minimal\nmicrocode = none\nmodules-dir = %s\n' "$WORK/modules" >"$KINDLING_ETC/kindling.conf"
update() {
    "$KINDLING" update -q --force -b "$WORK/out" -k "$KVER"
}
silent() {
    "$@" >"$WORK/said" 2>&1 && cat "$WORK/said" && [ ! -s "$WORK/said" ]
}
check "update names them in one line" fails_with 0 \
    'warning: of /etc/initramfs-tools these are not run: hooks/mine, scripts/local-top/unlock \(known-hook = ' update
check "each time" fails_with 0 'hooks/mine' update
echo 'known-hook = hooks/mine' >>"$KINDLING_ETC/kindling.conf"
check "but for those that are known" fails_with 0 'not run: scripts/local-top/unlock \(' update
echo 'known-hook = scripts/*' >>"$KINDLING_ETC/kindling.conf"
check "none, when all are" silent update
# What packages brought with them.
PACKAGES=$WORK/usr/share/initramfs-tools
mkdir -p "$PACKAGES/hooks" "$PACKAGES/scripts/local-top"
# zfs-initramfs, dmraid, lvm2, cryptsetup-initramfs, klibc-utils, intel-microcode, multipath-tools-boot, open-iscsi, nbd-client, aoetools, bcache-tools.
for name in hooks/{zfs,dmraid,lvm2,cryptroot,cryptgnupg-sc,klibc-utils,intel_microcode,multipath,iscsi,nbd,nbd-client,aoe,bcache} scripts/local-top/iscsi; do
    install -m 755 "$TOOLS/hooks/mine" "$PACKAGES/$name"
done
check "packages' hooks that nothing of ours replaces are named" fails_with 0 \
    "warning: of packages' hooks for initramfs-tools these are not run: hooks/zfs \\(known-hook = " update
echo 'known-hook = hooks/zfs' >>"$KINDLING_ETC/kindling.conf"
check "until that is known" silent update
mkdir -p "$WORK/root/usr/share/initramfs-tools"
cp -R "$PACKAGES/hooks" "$WORK/root/usr/share/initramfs-tools/"
mv "$WORK/root/usr/share/initramfs-tools/hooks/zfs" "$WORK/root/usr/share/initramfs-tools/hooks/other"
check "a sysroot's too" prints 'packages. hooks for initramfs-tools these are not run: hooks/other \(' \
    "$KINDLING" build -k "$KVER" --for-host -p minimal --force --microcode none --modules-dir "$WORK/modules" \
    --sysroot "$WORK/root" -o "$WORK/out/image"
check "deleting an image says nothing" silent "$KINDLING" update -d -b "$WORK/out" -k "$KVER"
check "this system's own" prints '/initramfs-tools/hooks/mine: hooks and scripts' "$KINDLING" import
check "no hook was run" test ! -e "$WORK/run"
ln -s "$WORK/elsewhere" "$TOOLS/hooks/dangling"
mkfifo "$ETC/dracut.conf"
check "a pipe for a file is no reason to wait" fails_with 1 'cannot read /etc/dracut.conf' timeout 10 "$KINDLING" import --sysroot "$WORK/root"
check "no debris" no_debris
done_testing
