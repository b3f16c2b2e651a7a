#!/bin/bash
# `kindling update`: the images of /boot, what becomes of those that they replace, and who is told of it.
. "$(dirname "$0")/lib.sh"

BOOT=$WORK/out
IMAGE=$BOOT/initrd.img-$KVER
HOOKS=$KINDLING_ETC/initramfs/post-update.d
mkdir -p "$HOOKS"
printf 'microcode = none\nmodules-dir = %s\n' "$WORK/modules" >"$KINDLING_ETC/kindling.conf"

# The root of the host that the tests run on is no matter here.
update() {
    "$KINDLING" update --force -q -b "$BOOT" "$@"
}

# change NUMBER: the next image is another one.
change() {
    echo "change $1" >"$KINDLING_DATA/template/etc/change"
}

holds() {
    zcat "$1" | cpio -i --quiet --to-stdout etc/change | grep -qx "change $2"
}

# Before this machine started, whenever that was.
make_old() {
    touch -d 1990-01-01 "$1"
}

change 1
check "a first image" update -k "$KVER"
check "it is as asked for" holds "$IMAGE" 1
check "there was none to be kept" test ! -e "$IMAGE.old"
make_old "$IMAGE"
before=$(stat -c '%i %Y' "$IMAGE")
check "the same again" update -k "$KVER"
check "is left alone" test "$(stat -c '%i %Y' "$IMAGE")" = "$before"
check "and nothing is kept" test ! -e "$IMAGE.old"
change 2
check "another one" update -k "$KVER"
check "is made" holds "$IMAGE" 2
check "what it replaces is kept" holds "$IMAGE.old" 1
change 3
check "a third, without a boot between them" update -k "$KVER"
check "is made as well" holds "$IMAGE" 3
check "what has never booted is not kept" holds "$IMAGE.old" 1
make_old "$IMAGE"
change 4
check "a fourth, after a boot" update -k "$KVER"
check "what may have booted is kept" holds "$IMAGE.old" 3

make_old "$IMAGE"
change 5
echo 'module =' >>"$KINDLING_ETC/kindling.conf"
echo 'module = nosuch' >>"$KINDLING_ETC/kindling.conf"
check "a failure is told" fails_with 1 'cannot find nosuch in this kernel' update -k "$KVER"
check "the image is what it was" holds "$IMAGE" 4
check "so is the one that was kept" holds "$IMAGE.old" 3
nothing_else() {
    [ "$(cd "$BOOT" && echo .[!.]* *)" = ".[!.]* initrd.img-$KVER initrd.img-$KVER.old" ]
}
check "nothing else is left in /boot" nothing_else
sed -i '/module =/d' "$KINDLING_ETC/kindling.conf"

# Hooks: as run-parts runs them.
hook() {
    cat >"$HOOKS/$1"
    chmod 755 "$HOOKS/$1"
}
for name in zz-loader kk 30_k h 10-first B with.dot; do
    hook "$name" <<<"#!/bin/sh
echo \${0##*/} \"\$@\" >>$WORK/told"
done
echo nonsense >"$HOOKS/not-executable"
check "with hooks" update -k "$KVER"
check "they are told of version and file, in order" test "$(cat "$WORK/told")" = "$(printf "%s $KVER $IMAGE\n" 10-first 30_k B h kk zz-loader)"
hook 20-fails <<<"#!/bin/sh
exit 3"
rm "$WORK/told"
check "a hook's failure is a failure" fails_with 1 "20-fails failed for $IMAGE: exit status 3" update -k "$KVER"
check "the others run all the same" grep -q zz-loader "$WORK/told"
rm -r "$HOOKS"

# All kernels, and those that are none.
TREE=$WORK/modules/5.0-other
module kernel/lib/helper.ko
touch "$BOOT/vmlinuz-$KVER" "$BOOT/vmlinux-5.0-other" "$BOOT/vmlinuz-$KVER.old" "$BOOT/vmlinuz-4.0-none"
echo 'profile = minimal' >>"$KINDLING_ETC/kindling.conf"
check "all kernels" update --all
check "that have modules" test "$(cd "$BOOT" && echo initrd.img-*)" = \
    "initrd.img-5.0-other initrd.img-$KVER initrd.img-$KVER.old"
check "a kernel that is not there" fails_with 1 'no kernel 9.9 in' update -k 9.9
check "deleted" update -d -k "$KVER" -k 5.0-other
check "both images" test "$(cd "$BOOT" && echo initrd.img-*)" = 'initrd.img-*'
check "nothing to delete is no failure" update -d -k "$KVER"
check "what to delete has to be said" fails_with 2 'usage: kindling update' update -d
mkdir "$WORK/no-kernels"
check "none is told of" fails_with 0 "warning: no kernel vmlinuz-KVER in $WORK/no-kernels has modules" \
    update --all -b "$WORK/no-kernels"
check "all or one" fails_with 2 'usage: kindling update' update --all -k "$KVER"
says() {
    update -k "$KVER" >"$WORK/nothing" 2>&1 && [ ! -s "$WORK/nothing" ] &&
        fails_with 0 "$1" "$KINDLING" update --force -b "$BOOT" -k "$KVER"
}
rm -f "$IMAGE" "$IMAGE.old"
first_is_told() {
    fails_with 0 "^kindling: wrote $IMAGE: [0-9]+ kB in [0-9.]+ s$" "$KINDLING" update --force -b "$BOOT" -k "$KVER"
}
check "what was written is told" first_is_told
check "that it is the same, too; with -q, nothing is" says "^kindling: $IMAGE would be the same: it stays$"
make_old "$IMAGE"
change another
another_is_told() {
    fails_with 0 "^kindling: wrote $IMAGE: .* s; the one that booted before stays as $IMAGE.old$" "$KINDLING" update --force -b "$BOOT" -k "$KVER"
}
check "and what stays" another_is_told
rm -f "$IMAGE" "$IMAGE.old"
check "no place for images" fails_with 1 'cannot put an image into /nowhere: No such file' "$KINDLING" update -b /nowhere -k "$KVER"
check "another configuration" fails_with 1 'cannot read /nowhere: No such file' update -c /nowhere -k "$KVER"

# What goes in is said in one place.
check "an option of build" fails_with 2 \
    "^kindling: update takes no -p: what goes into images is said in $KINDLING_ETC/kindling.conf, by a line profile = ...$" update -p host
check "with its value" fails_with 2 'update takes no --compress: .* by a line compress = ' update -k "$KVER" --compress=zstd
check "an option of nobody" fails_with 2 'unrecognized option --nosuch' update --nosuch
check "in a chroot" fails_with 1 "^kindling: the kernel that runs, $(uname -r), has no modules here, as in a chroot: --all makes" update

# VFAT has no second names: a preloaded link(2) that fails stands for it.
cat >"$WORK/nolink.c" <<'END'
#include <errno.h>
int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
    (void)from_directory; (void)from; (void)to_directory; (void)to; (void)flags;
    errno = EPERM;
    return -1;
}
END
gcc -shared -fPIC -o "$WORK/nolink.so" "$WORK/nolink.c" || bail_out "the compiler cannot make a library"
sed -i '/profile/d' "$KINDLING_ETC/kindling.conf"
change 6
update -k "$KVER"
make_old "$IMAGE"
change 7
check "where files have one name only" env ASAN_OPTIONS="${ASAN_OPTIONS-}:verify_asan_link_order=0" LD_PRELOAD="$WORK/nolink.so" \
    "$KINDLING" update --force -b "$BOOT" -k "$KVER"
check "the previous image is kept too" holds "$IMAGE.old" 6
mkdir "$WORK/elsewhere"
mv "$IMAGE" "$WORK/elsewhere/image"
ln -s "$WORK/elsewhere/image" "$IMAGE"
make_old "$IMAGE"
change 8
check "where the image is a symlink" update -k "$KVER"
check "it stays one" test -L "$IMAGE"
check "to the new image" holds "$WORK/elsewhere/image" 8
check "and the previous one is kept beside it" holds "$IMAGE.old" 7
check "as a file" test ! -L "$IMAGE.old"
check "no debris" no_debris
done_testing
