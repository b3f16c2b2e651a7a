#!/bin/bash
# What is said once an image is written, and while it is being made.
. "$(dirname "$0")/lib.sh"

IMAGE=$WORK/out/image.img
make_image() {
    "$KINDLING" build -k "$KVER" --modules-dir "$WORK/modules" -o "$IMAGE" "$@"
}
says_nothing() {
    "$@" >"$WORK/said" 2>&1 && cat "$WORK/said" && [ ! -s "$WORK/said" ]
}
size_is_told() {
    [ "$(sed -n 's/.*: \([0-9]*\) kB in .*/\1/p' "$WORK/stderr")" -eq $((($(stat -c %s "$IMAGE") + 500) / 1000)) ]
}

check "build tells what it wrote" fails_with 0 "^kindling: wrote $IMAGE: [0-9]+ kB in [0-9]+\.[0-9] s$" make_image
check "as large as it is" size_is_told
check "on standard error alone" test ! -s "$WORK/stdout"
check "nothing with --quiet" says_nothing make_image --quiet
check "nor with -q" says_nothing make_image -q
check "what is left alone, too" fails_with 0 "^kindling: $IMAGE would be the same: it stays$" make_image --if-changed
mkdir "$WORK/large" && head -c 2900000 /dev/urandom >"$WORK/large/noise"
check "a large one" fails_with 0 "^kindling: wrote $IMAGE: (2\.9|3\.0) MB in " make_image -z none -p minimal --template "$WORK/large"
not_written() {
    make_image -n 2>&1 | grep wrote
    [ "${PIPESTATUS[*]}" = "0 1" ]
}
check "nothing was written by a dry run" not_written
check "nor after a failure" fails_with 1 'cannot find nosuch' make_image -m nosuch

# On a terminal.
terminal() {
    script -qec "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' -o '$IMAGE' --cache none $*" /dev/null
}

tells_progress() {
    terminal >"$WORK/screen"
    tr '\r' '\n' <"$WORK/screen" | cat -v
    grep -q 'kindling: packing 1 of [1-9]' "$WORK/screen" && grep -qE 'packing ([0-9]+) of \1' "$WORK/screen"
}
check "a terminal is told how far it is" tells_progress
is_erased() {
    tr -d '\n' <"$WORK/screen" | tr '\r' '\n' | tail -n +2 | sed -n '/packing \([0-9]*\) of \1/,$p' | cat -v >"$WORK/end"
    cat "$WORK/end"
    grep -A 1 'packing' "$WORK/end" | tail -n 1 | grep -qE '^\^\[\[Kkindling: wrote '
}
check "and its line is erased before the result" is_erased
quiet_terminal() {
    terminal -q >"$WORK/screen" && [ ! -s "$WORK/screen" ]
}
check "not with --quiet" quiet_terminal

# So it is for update, whatever the root of the host that the tests run on.
printf 'microcode = none\nmodules-dir = %s\ncache = none\n' "$WORK/modules" >"$KINDLING_ETC/kindling.conf"
updating_terminal() {
    rm -f "$WORK/out/initrd.img-$KVER"
    script -qec "'$KINDLING' update --force -b '$WORK/out' -k $KVER $*" /dev/null
}
update_tells_progress() {
    updating_terminal >"$WORK/screen"
    tr '\r' '\n' <"$WORK/screen" | cat -v
    grep -q 'kindling: packing 1 of [1-9]' "$WORK/screen" && grep -qE 'packing ([0-9]+) of \1' "$WORK/screen"
}
quiet_update() {
    updating_terminal -q >"$WORK/screen" && [ ! -s "$WORK/screen" ]
}
check "a terminal is told how far update is" update_tells_progress
check "and its line is erased before the result, too" is_erased
check "not with -q" quiet_update
rm "$KINDLING_ETC/kindling.conf" "$WORK/out/initrd.img-$KVER"

# Installing the package for the first time.
mkdir "$WORK/bin"
printf '#!/bin/sh\nexit 0\n' >"$WORK/bin/dpkg-trigger"
chmod 755 "$WORK/bin/dpkg-trigger"
postinst() {
    PATH=$WORK/bin:$(dirname "$KINDLING"):$PATH sh "$ROOT/generator/debian/postinst" "$@"
}
check "no other tool was configured" says_nothing postinst configure
mkdir -p "$KINDLING_ETC/initramfs-tools"
echo MODULES=dep >"$KINDLING_ETC/initramfs-tools/initramfs.conf"
check "one was" fails_with 0 '^kindling: "kindling import" tells what the configuration of dracut or initramfs-tools comes to here$' \
    postinst configure
check "an upgrade says nothing" says_nothing postinst configure 0.1
rm -r "$KINDLING_ETC/initramfs-tools"

# Purging the package takes what its images replaced.
mkdir -p "$WORK/system/boot" "$WORK/system/var/cache/kindling"
touch "$WORK/system/boot/"{initrd.img-1,initrd.img-1.old,initrd.img-1.old.new,initrd.img-2.old,other.old}
postrm() {
    DPKG_ROOT=$WORK/system sh "$ROOT/generator/debian/postrm" "$1"
}
check "removing the package" postrm remove
check "takes nothing" test -e "$WORK/system/boot/initrd.img-1.old" -a -e "$WORK/system/var/cache/kindling"
check "purging it" postrm purge
check "takes what was replaced, unless it is all that is left" test "$(cd "$WORK/system/boot" && echo *)" = \
    "initrd.img-1 initrd.img-2.old other.old"
check "and the cache" test ! -e "$WORK/system/var/cache/kindling"
check "no debris" no_debris
done_testing
