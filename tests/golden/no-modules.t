#!/bin/bash
# A kernel tree that has lost its modules is no tree of a kernel that never had any.
. "$(dirname "$0")/lib.sh"

ROOTED=$WORK/root
BOOT=$ROOTED/boot
IMAGE=$BOOT/initrd.img-$KVER
mkdir -p "$BOOT" "$ROOTED/lib/modules"
cp -r "$TREE" "$ROOTED/lib/modules/"
cp -r "$TREE" "$WORK/pristine"
TREE=$ROOTED/lib/modules/$KVER
touch "$BOOT/vmlinuz-$KVER"
printf 'modules-dir = %s\nprofile = minimal\n' "$ROOTED/lib/modules" >"$KINDLING_ETC/kindling.conf"
update() {
    "$KINDLING" update --force -b "$BOOT" "$@"
}
config() {
    printf 'CONFIG_%s\n' RD_GZIP=y "$@" >"$BOOT/config-$KVER"
}
whole() {
    rm -rf "$TREE" && cp -r "$WORK/pristine" "$TREE"
}
refuses() {
    fails_with 1 "no image for kernel $KVER: .*/lib/modules/$KVER has none of the modules that it was built with \(by $1\)$" \
        update -k "$KVER" && grep -qx good "$IMAGE"
}

config MODULES=y EXT4_FS=m
check "a whole tree" update -k "$KVER"
echo good >"$IMAGE"
rm -r "${TREE:?}"/*
check "an empty one, by the configuration" refuses '.*/boot/config-.*'
mkdir -p "$TREE/updates/dkms"
cp "$WORK/pristine/kernel/lib/helper.ko" "$TREE/updates/dkms/"
check "one that has DKMS's modules alone" refuses '.*/boot/config-.*'
check "update --all says so too" fails_with 1 'has none of the modules' update --all
check "and build" fails_with 1 'has none of the modules' "$KINDLING" build -q -k "$KVER" -o "$IMAGE"
rm "$BOOT/config-$KVER"
echo kernel/fs/alpha/alpha.ko >"$TREE/modules.order"
check "by modules.order" refuses '.*modules.order'
rm "$TREE/modules.order"
cp "$WORK/pristine/modules.builtin" "$TREE/"
check "modules.builtin and nothing else" refuses '.*/modules.builtin without a modules.order'
rm "$TREE/modules.builtin"
check "nothing says whether there should be some" fails_with 0 \
    "^kindling: warning: .*/$KVER has no modules, and neither a modules.order nor a configuration of kernel $KVER says" \
    "$KINDLING" build -q -k "$KVER" -o "$WORK/out/unknown"
cp "$WORK/pristine/modules.builtin" "$TREE/"
: >"$TREE/modules.order"
check "a kernel that has no modules, and DKMS's" update -k "$KVER"
config MODULES=y EXT4_FS=y
rm -r "$TREE/updates" "$TREE"/modules.*
check "none was built" update -k "$KVER"

# CONFIG_MODULES=n: there is no directory either.
rm -r "$ROOTED/lib/modules" "$IMAGE"
check "a kernel that nobody knows" fails_with 1 'cannot read kernel trees in' update -k "${KVER}1"
config EXT4_FS=y
rm "$KINDLING_DATA/init"
make_program "$KINDLING_DATA/init" -static
check "a kernel that cannot have modules" update -k "$KVER"
check "has an image" prints '^init$' "$KINDLING" ls "$IMAGE"
mkdir -p "$KINDLING_DATA/modules.d/machines" "$KINDLING_DATA/modules.d/filesystems"
printf '%s\n' 'description a disk on a bus' 'device bus:d00000002v1 bus_disk' >"$KINDLING_DATA/modules.d/machines/small"
echo 'description a file system' >"$KINDLING_DATA/modules.d/filesystems/ext4"
check "which may boot, by what the kernel has built in" fails_with 0 \
    "warning: $IMAGE on small: kernel $KVER has no modules and no modules.builtin: whether it has the drivers" \
    "$KINDLING" check --machine small "$IMAGE"
rm "$IMAGE"
check "with --all as well" update --all
check "has one" test -s "$IMAGE"
check "and a depfile that make takes" sh -c "'$KINDLING' build -k $KVER -o '$WORK/out/i' --depfile '$WORK/out/i.d' &&
    ! grep -F 'lib/modules' '$WORK/out/i.d'"
touch "$BOOT/vmlinuz-." "$BOOT/vmlinuz-.." "$BOOT/vmlinuz-"
check "names that are no release's are passed over" update --all
# kernel-install(8): what is made already, or comes in one file with the kernel, is not made.
mkdir "$WORK/staging"
sed "s|@BINDIR@/kindling|touch $WORK/called; true|" "$ROOT/generator/host/60-kindling.install" >"$WORK/60-kindling.install"
# installs VARIABLE=VALUE...: the generator is called.
installs() {
    rm -f "$WORK/called"
    env "KERNEL_INSTALL_STAGING_AREA=$WORK/staging" "$@" sh "$WORK/60-kindling.install" add 6.9 /efi/entry /boot/vmlinuz && [ -e "$WORK/called" ]
}
not_installs() {
    ! installs "$@"
}
sed -i 's/^exec //' "$WORK/60-kindling.install"
check "kernel-install" installs KERNEL_INSTALL_IMAGE_TYPE=other
check "of a unified kernel image" not_installs KERNEL_INSTALL_IMAGE_TYPE=uki
touch "$WORK/staging/initrd"
check "with an image that is staged already" not_installs KERNEL_INSTALL_IMAGE_TYPE=other
check "no debris" no_debris

done_testing
