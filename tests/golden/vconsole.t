#!/bin/bash
# The keymap and the font for a prompt: which are chosen, and in which form they are packed.
. "$(dirname "$0")/lib.sh"

SYSROOT=$WORK/root
feature vconsole 'console system'
fresh() {
    rm -rf "$SYSROOT"
    mkdir -p "$SYSROOT/etc/default" "$SYSROOT/usr/share/keymaps/i386/qwertz" "$SYSROOT/usr/share/consolefonts" \
        "$SYSROOT/usr/share/X11"
    printf 'keymaps 0-1\nkeycode 21 = z Z\n' | gzip -n >"$SYSROOT/usr/share/keymaps/i386/qwertz/swapped.kmap.gz"
    printf 'keymaps 0-1\nkeycode 21 = q Q\n' >"$SYSROOT/usr/share/keymaps/i386/other.map"
    head -c 2000 /dev/zero >"$WORK/font"
    gzip -nc "$WORK/font" >"$SYSROOT/usr/share/consolefonts/Lat15-Fixed16.psf.gz"
    cp "$WORK/font" "$SYSROOT/usr/share/consolefonts/Lat2-Terminus20x10.psf"
    cp -RH /usr/share/X11/xkb "$SYSROOT/usr/share/X11/" # unstable has a link there
}
in_root() {
    build --sysroot "$SYSROOT" -p minimal -f vconsole "$@"
}
# The key behind code 21 in the packed keymap: its plain map begins behind a magic of 7 bytes and 256 flags.
packed_key() {
    rm -rf "$WORK/unpacked"
    in_root -o "$WORK/out/i" "$@" && unpack "$WORK/out/i" "$WORK/unpacked" || return 1
    od -An -c -j $((7 + 256 + 2 * 21)) -N 1 "$WORK/unpacked/lib/kindling/keymap" | tr -d ' '
}
has_font() {
    rm -rf "$WORK/unpacked"
    in_root -o "$WORK/out/i" "$@" && unpack "$WORK/out/i" "$WORK/unpacked" &&
        cmp "$WORK/font" "$WORK/unpacked/lib/kindling/font"
}

fresh
check "nothing chosen, nothing packed" prints_not 'kindling/(keymap|font|vconsole)' in_root -n
echo 'KEYMAP="swapped" # German' >"$SYSROOT/etc/vconsole.conf"
check "vconsole.conf" test "$(packed_key)" = z
check "in busybox's form" test "$(head -c 7 "$WORK/unpacked/lib/kindling/keymap")" = bkeymap
check "with what loads it" test "$(cat "$WORK/unpacked/lib/kindling/vconsole")" = "loadkmap </lib/kindling/keymap"
check "the command line that is packed comes first" test "$(packed_key --cmdline 'rd.vconsole.keymap=other')" = q
check "which may have quotes" test "$(packed_key --cmdline 'x="a rd.vconsole.keymap=swapped" "rd.vconsole.keymap=other"')" = q
check "the last one wins, and an empty value is none" \
    test "$(packed_key --cmdline 'rd.vconsole.keymap=other rd.vconsole.keymap=')" = z
check "a path" test "$(packed_key --cmdline 'rd.vconsole.keymap=/usr/share/keymaps/i386/other.map')" = q
check "a keymap that is not there" fails_with 1 'cannot find the keymap nosuch in .*/root' \
    in_root -n --cmdline rd.vconsole.keymap=nosuch
check "it is an input" sh -c "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' --sysroot '$SYSROOT' -p minimal \
    -f vconsole -o '$WORK/out/i' --depfile '$WORK/d' && grep -q 'swapped.kmap.gz:' '$WORK/d'"
echo 'this is no keymap' >"$SYSROOT/usr/share/keymaps/broken.map"
check "one that loadkeys does not read" fails_with 1 'cannot make the keymap: loadkeys failed' \
    in_root -n --cmdline rd.vconsole.keymap=broken
rm "$SYSROOT/etc/vconsole.conf"
printf 'XKBMODEL="pc105"\nXKBLAYOUT="us"\nXKBVARIANT=""\nXKBOPTIONS=""\n' >"$SYSROOT/etc/default/keyboard"
check "the kernel's own keymap needs none" prints_not 'kindling/keymap' in_root -n
printf 'XKBMODEL="pc105"\nXKBLAYOUT="de"\nXKBVARIANT=""\nXKBOPTIONS=""\n' >"$SYSROOT/etc/default/keyboard"
check "Debian's keyboard" test "$(packed_key)" = z
rm "$SYSROOT/etc/default/keyboard"

echo 'FONT=Lat15-Fixed16' >"$SYSROOT/etc/vconsole.conf"
check "the font of vconsole.conf" has_font
check "with what loads it" test "$(cat "$WORK/unpacked/lib/kindling/vconsole")" = "loadfont </lib/kindling/font"
rm "$SYSROOT/etc/vconsole.conf"
printf 'CODESET="Lat15"\nFONTFACE="Fixed"\nFONTSIZE="8x16"\n' >"$SYSROOT/etc/default/console-setup"
check "Debian's console-setup" has_font
printf 'CODESET="Lat2"\nFONTFACE="Terminus"\nFONTSIZE="10x20"\n' >"$SYSROOT/etc/default/console-setup"
check "a wide one" has_font
printf 'CODESET="guess"\nFONTFACE="Fixed"\nFONTSIZE="8x16"\n' >"$SYSROOT/etc/default/console-setup"
check "one to be guessed is the kernel's own" prints_not 'kindling/font' in_root -n
check "a font that is not there" fails_with 1 'cannot find the console font nosuch in .*/root' \
    in_root -n --cmdline rd.vconsole.font=nosuch
feature vconsole 'console nonsense'
check "a word that is none" fails_with 1 'vconsole:1: nonsense: there is system, alone' in_root -n
check "no debris" no_debris

done_testing
