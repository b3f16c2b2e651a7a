#!/bin/bash
# MiniVM's command: modules.ramfs, modules.autoload, ./initramfs-KVER.
. "$(dirname "$0")/lib.sh"

feature e2fsck 'program /sbin/e2fsck /nowhere/e2fsck'
mkdir -p "$WORK/minivm/lib" "$WORK/minivm/skeleton/bin"
ln -s "$WORK/modules" "$WORK/minivm/lib/modules"
cd "$WORK/minivm" || exit 1
echo shell >skeleton/bin/sh
cat >modules.ramfs <<'EOF'
# what the machine needs
drivers/block/bus_disk.ko
fs/alpha lib/helper.ko  # two in a line
fs/gamma/gamma.ko
EOF
printf '%s\n' bus_disk fs-alpha >modules.autoload
IMAGE=initramfs-$KVER

check "says what it made" test "$("$KINDLING" mkinitramfs skeleton "$KVER" 2>&1)" = "Initial ramdisk '$IMAGE' created"
check "only its owner may read it" test "$(stat -c %a "$IMAGE")" = 600
check "it holds template, modules and what they need" same_as minivm.names "$KINDLING" ls "$IMAGE"
check "the index is as expected" same_as minivm.index dump_index "$IMAGE"
check "ls --why names the line" prints 'alpha.ko.*[[:space:]]modules.ramfs:3$' \
    "$KINDLING" ls --why "$IMAGE"
cp "$IMAGE" first
check "again" "$KINDLING" mkinitramfs "$WORK/minivm/skeleton/" "$KVER"
check "the same bytes, wherever the template is named from" cmp first "$IMAGE"

rm modules.autoload
check "modules.autoload may be absent" "$KINDLING" mkinitramfs skeleton "$KVER"
check "then nothing is loaded unasked" prints_not '^autoload' dump_index "$IMAGE"

cp "$IMAGE" old
echo 'drivers/nosuch.ko' >>modules.ramfs
check "a path that does not exist: file and line" fails_with 1 'kernel/drivers/nosuch.ko .*: modules.ramfs:5 requires it' \
    "$KINDLING" mkinitramfs skeleton "$KVER"
sed -i '$d' modules.ramfs
echo 'alhpa' >>modules.ramfs
check "a name that no module has: file and line" fails_with 1 \
    'cannot find alhpa in this kernel: modules.ramfs:5 requires it \(did you mean alpha\?\)' "$KINDLING" mkinitramfs skeleton "$KVER"
sed -i '$d' modules.ramfs
echo nosuch >modules.autoload
check "a module to load that does not exist" fails_with 1 'nosuch .*: modules.autoload:1 requires it' \
    "$KINDLING" mkinitramfs skeleton "$KVER"
rm modules.autoload
check "no template" fails_with 1 'cannot pack nowhere: No such file' "$KINDLING" mkinitramfs nowhere "$KVER"
check "no such kernel" fails_with 1 "no kernel 1.2.3 in lib/modules \(there are: $KVER\)" "$KINDLING" mkinitramfs skeleton 1.2.3
mv modules.ramfs away
check "no modules.ramfs" fails_with 1 'cannot read modules.ramfs: No such file' "$KINDLING" mkinitramfs skeleton "$KVER"
mv away modules.ramfs
check "usage" fails_with 2 'usage: kindling mkinitramfs' "$KINDLING" mkinitramfs skeleton
check "the old one is still there" cmp old "$IMAGE"
check "and nothing else" test -z "$(find . -name '*kindling-*')"

made_index() {
    "$KINDLING" mkinitramfs skeleton "$KVER" && dump_index "$IMAGE"
}
# bare WORD...: what modules come in by these words alone.
bare() {
    mv modules.ramfs away && echo "$@" >modules.ramfs && "$KINDLING" mkinitramfs skeleton "$KVER" >"$WORK/null" &&
        "$KINDLING" ls "$IMAGE" '*.ko*' | sed 's,.*/,,; s/\.ko.*//' | sort | tr '\n' ' ' >names
    mv away modules.ramfs
    cat names
}
check "a module's name alone, with what it needs" test "$(bare bus_disk)" = 'bus bus-ring bus_disk '
check "its file's name" test "$(bare alpha.ko)" = 'alpha alpha-late libalpha sum-fast '
check "its other spelling" test "$(bare slow_disk.ko.xz net_card)" = 'net-card slow-disk '
check "an alias" test "$(bare fs-beta)" = 'beta helper '
check "several, as the report of a failed boot names them" test "$(bare beta,net-card)" = 'beta helper net-card '
check "a built-in one is no file" test "$(bare gamma helper)" = 'helper '
check "a directory below kernel/ is still one" test "$(bare crypto)" = 'sum-fast '
check "ls --why names the line" prints 'sum-fast.ko.*[[:space:]]modules.ramfs:1$' "$KINDLING" ls --why "$IMAGE"

# e2fsck: ours where the template has none, and where the host has one.
make_program "$WORK/root/e2fsck" -static
feature e2fsck "program /sbin/e2fsck $WORK/root/e2fsck"
check "e2fsck is added" prints '^file /sbin/e2fsck member=/sbin/e2fsck.gz format=1 permissions=755$' \
    made_index
mkdir skeleton/sbin
echo mine >skeleton/sbin/e2fsck
check "unless the template has it" prints '^program /sbin/e2fsck:$' \
    made_index
check "no debris" no_debris

done_testing
