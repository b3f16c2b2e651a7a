#!/bin/bash
# --depfile: make knows when an image has to be made again.
. "$(dirname "$0")/lib.sh"

cd "$WORK/out" || exit 1
cat >makefile <<EOF
image: ; @'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' -o \$@ --depfile image.d && echo made
-include image.d
EOF

makes() {
    prints '^made$' make -s
}
rests() {
    prints_not '^made$' make -s
}
# All at one time in the past, so that a touch is seen at once.
settle() {
    find "$WORK/modules" "$KINDLING_DATA" -exec touch -h -d '1 hour ago' {} +
    touch image image.d
}
check "the first time" makes
check "only its owner may read the list" test "$(stat -c %a image.d)" = 600
for changed in "$TREE/kernel/fs/alpha/alpha.ko" "$TREE/kernel/lib/libalpha.ko" "$KINDLING_DATA/modules.d/disk" \
    "$KINDLING_DATA/modules.d/profiles/vm" "$KINDLING_DATA/init" "$KINDLING_DATA/template/etc/initrd-release" \
    "$KINDLING_DATA/template/etc" "$TREE/modules.builtin"; do
    settle
    touch -d '1 minute' "$changed"
    check "again when ${changed##*/} has changed" makes
done
settle
check "not when nothing has" rests
touch -d '1 minute' "$TREE/kernel/drivers/net/net-card.ko"
check "not when a module that is not in it has" rests
settle
rm "$KINDLING_DATA/template/etc/initrd-release"
check "a vanished input is no error" makes

# What the user adds later hides ours, so that its directory is an input.
mine=$WORK/etc/kindling/modules.d
# adds PATH LINE...: a file, to a directory that is older than the image before.
adds() {
    [ ! -d "$mine" ] || find "$mine" -exec touch -d '1 hour ago' {} +
    touch -d '30 minutes ago' image image.d
    mkdir -p "${1%/*}"
    printf '%s\n' "${@:2}" >"$1"
}
check "a directory that is not there is no input" prints_not etc/kindling cat image.d
settle
check "and does not make it again and again" rests
mkdir -p "$mine"
check "made with an empty one" build -o image --depfile image.d
settle
check "not when nothing has been added" rests
adds "$mine/disk" 'module net-card'
check "again when the user adds a feature that hides ours" makes
check "which is in the image then" prints net-card "$KINDLING" ls image
check "and only once" rests
cp "$KINDLING_DATA"/modules.d/{alpha,left-out,slow-drivers} "$mine"
check "made of his features alone" build -o image --depfile image.d
adds "$mine/profiles/vm" 'feature alpha'
check "again when he adds the first profile" makes
check "without what it does not name" prints_not net-card "$KINDLING" ls image
adds "$mine/profiles/other" 'feature disk'
check "not when he adds another, for his own is the first already" rests
touch -d '30 minutes ago' image image.d
rm "$mine/profiles/vm"
check "again when he takes one away" makes
check "ours is heeded again" prints net-card "$KINDLING" ls image
cp image before
adds "$mine/disk" 'module bus_disk'
check "--if-changed sees what was added" build -o image --depfile image.d --if-changed
check "in the image" eval '! cmp -s image before'
mkdir "$WORK/a b#c\$d"
check "odd names" build -o "$WORK/a b#c\$d/image" --depfile odd.d
printf 'all: ; @echo fine\n' | cat - odd.d >odd.mk
check "are quoted for make" make -s -f odd.mk all
mkdir -p "$WORK/root/lib" "$WORK/root/etc/modprobe.d"
cp -R "$WORK/modules" "$WORK/root/lib/modules"
echo 'options alpha depth=1' >"$WORK/root/etc/modprobe.d/alpha.conf"
check "options of a system's own tree" "$KINDLING" build -q -k "$KVER" --sysroot "$WORK/root" -p minimal -o own --depfile own.d
check "are inputs" grep -q 'modprobe.d/alpha.conf' own.d
check "a depfile that cannot be written" fails_with 1 'cannot write /nowhere/d: No such file' build -o image --depfile /nowhere/d

done_testing
