#!/bin/bash
# `kindling cat`: one file of an image, inflated, by the name that it has once it is used.
. "$(dirname "$0")/lib.sh"

cd "$WORK/out" || exit 1
MODULES=/lib/modules/$KVER/kernel

mkdir -p "$WORK/root/bin"
make_program "$WORK/root/bin/tool" -static
feature tool 'program /sbin/tool /bin/tool'
ln -s initrd-release "$KINDLING_DATA/template/etc/os-release"
ln -s /etc/os-release "$KINDLING_DATA/template/etc/chain"
ln -s ../sbin/tool "$KINDLING_DATA/template/etc/applet"
ln -s nowhere "$KINDLING_DATA/template/etc/dangling"
ln -s circle "$KINDLING_DATA/template/etc/circle"
for layout in lazy classic; do
    build --sysroot "$WORK/root" -f tool --layout "$layout" -o "$layout" || bail_out "no image"
done

# gives FILE PATH [IMAGE]: cat prints at PATH of the image the bytes of FILE, and not a word besides.
gives() {
    "$KINDLING" cat "${3:-lazy}" "$2" >got 2>said && cmp "$1" got && ! grep . said
}
for layout in lazy classic; do
    check "$layout: a file that lies as it is" gives "$KINDLING_DATA/init" /init "$layout"
    check "$layout: a module by its plain name" gives "$TREE/kernel/fs/alpha/alpha.ko" "$MODULES/fs/alpha/alpha.ko" "$layout"
    check "$layout: a program" gives "$WORK/root/bin/tool" /sbin/tool "$layout"
    check "$layout: a symlink" gives "$KINDLING_DATA/template/etc/initrd-release" /etc/os-release "$layout"
    check "$layout: a symlink to a program" gives "$WORK/root/bin/tool" etc/applet "$layout"
done
check "without the slash" gives "$KINDLING_DATA/init" init
check "with dots" gives "$KINDLING_DATA/init" ./etc/../init
check "a module by the name that it lies under" gives "$TREE/kernel/fs/alpha/alpha.ko" "$MODULES/fs/alpha/alpha.ko.gz"
check "over a chain of symlinks" gives "$KINDLING_DATA/template/etc/initrd-release" /etc/chain
reasons() {
    "$KINDLING" cat lazy lib/kindling/reasons | grep -q '^sbin/tool.gz	modules.d/tool:1$'
}
check "what is compressed and no module" reasons

# Of other makers: names with "./", /usr merged, modules that somebody else compressed.
mkdir -p "tree/usr/lib/modules/$KVER" tree/run && ln -s usr/lib tree/lib
xz -c "$TREE/kernel/fs/beta/beta.ko" >"tree/usr/lib/modules/$KVER/beta.ko.xz"
echo 'no stream' >tree/run/false.gz
: >tree/run/empty
(cd tree && find . | cpio -o -H newc --quiet) | gzip >other
check "another maker's module" gives "$TREE/kernel/fs/beta/beta.ko" "/lib/modules/$KVER/beta.ko" other
check "a name that lies" gives tree/run/false.gz run/false.gz other
check "an empty file" gives tree/run/empty run/empty other
check "a member that is damaged" fails_with 1 'run/bad.gz' sh -c "head -c 30 other >tree/run/bad.gz && cd tree &&
    find . | cpio -o -H newc --quiet >../damaged && '$KINDLING' cat ../damaged run/bad"

absent() {
    fails_with 1 "$@" && ! grep . "$WORK/stdout"
}
check "what is not there" absent '^kindling: /etc/shadow is not in lazy$' "$KINDLING" cat lazy /etc/shadow
check "mistyped" absent "/init-release is not in lazy \(did you mean /etc/initrd-release\?\)$" "$KINDLING" cat lazy /init-release
check "in another directory" absent "is not in lazy \(did you mean $MODULES/fs/alpha/alpha.ko\?\)$" "$KINDLING" cat lazy alpha.ko
check "a directory" absent '/etc is no file in lazy: it is a directory$' "$KINDLING" cat lazy /etc
check "a device" absent 'it is a device' "$KINDLING" cat lazy /dev/console
check "a symlink that leads nowhere" absent 'it is a symlink that leads to none$' "$KINDLING" cat lazy /etc/dangling
check "symlinks that run in circles" absent 'it is a symlink that leads to none$' "$KINDLING" cat lazy /etc/circle
mkdir -p hostile && : >hostile/$'in\eit'
hostile() {
    (cd hostile && find . | cpio -o -H newc --quiet) >planted && fails_with 1 'is not in planted$' "$KINDLING" cat planted init
}
check "a name that would speak to the terminal is not suggested" hostile
check "no image" fails_with 1 'cannot read nosuch' "$KINDLING" cat nosuch init
check "one word" fails_with 2 'usage: kindling cat IMAGE FILE$' "$KINDLING" cat lazy
check "three" fails_with 2 'usage: kindling cat IMAGE FILE$' "$KINDLING" cat lazy init init
check "an option" fails_with 2 'unrecognized option -x$' "$KINDLING" cat -x lazy init
check "a full disk" fails_with 1 'cannot write to standard output$' sh -c "exec '$KINDLING' cat lazy init >/dev/full"
done_testing
