#!/bin/bash
# Images out of a makefile: one for each kernel, and none made twice.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

BUILD=${BUILD:-build}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
KERNEL=$(qemu/fetch-kernel) || bail_out "no kernel"
KVER=$(<"$KERNEL/release")
mkdir -p "$WORK/lib/modules/1.2.3-small/kernel" "$WORK/images" "$WORK/template"
cp "$KERNEL/lib/modules/$KVER/kernel/drivers/virtio"/*.ko* "$WORK/lib/modules/1.2.3-small/kernel"
cp -R template/. "$WORK/template"
ln -s "$KERNEL/lib/modules/$KVER" "$WORK/lib/modules/$KVER"

run_make() {
    make --no-print-directory MODULES_DIR="$WORK/lib/modules" IMAGES_DIR="$WORK/images" \
        KINDLING_FLAGS="--template $WORK/template" "$@"
}

made_again() {
    [ "$(run_make images | grep -c IMAGE)" -gt 0 ]
}

nothing_is_made() {
    ! made_again
}

holds_the_change() {
    zcat "$WORK/images/initramfs-$KVER.img" | cpio -it --quiet | grep -qx etc/changed
}

flags_count() {
    [ "$(run_make images KINDLING_FLAGS="--template $WORK/template -p minimal" | grep -c IMAGE)" = 2 ] &&
        [ "$(run_make images | grep -c IMAGE)" = 2 ]
}

make_with_installed() {
    "$WORK/root/usr/bin/kindling" build -k "$KVER" --modules-dir "$WORK/lib/modules" --template "$WORK/template" \
        -o "$WORK/installed.img" && cmp "$WORK/installed.img" "$WORK/images/initramfs-$KVER.img"
}

check "make images" run_make images
check "one for each kernel tree" test "$(cd "$WORK/images" && echo *)" = "initramfs-1.2.3-small.img initramfs-$KVER.img"
check "a second make does nothing" nothing_is_made
sleep 1
echo changed >"$WORK/template/etc/changed"
check "a new file in the template makes them anew" made_again
check "and it is in them" holds_the_change
check "then nothing is left to do" nothing_is_made
check "one image by its name" run_make "$WORK/images/initramfs-$KVER.img"
check "other flags make it anew" flags_count
check "make install" make --no-print-directory install DESTDIR="$WORK/root" PREFIX=/usr
check "what was installed makes the same image" make_with_installed
check "there is a place for the user's own features" test -d "$WORK/root/etc/kindling/modules.d"
uninstalled() {
    make --no-print-directory uninstall DESTDIR="$WORK/root" PREFIX=/usr
    [ "$(cd "$WORK/root" && find . ! -type d)" = ./etc/kindling.conf ]
}
check "make uninstall leaves the user's configuration and nothing else" uninstalled
check "nor the empty place" test ! -e "$WORK/root/etc/kindling"
check "a second one finds nothing to do" make --no-print-directory uninstall DESTDIR="$WORK/root" PREFIX=/usr
done_testing
