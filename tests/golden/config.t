#!/bin/bash
# kindling config: what options and configuration add up to, and where each value came from; and -k all.
. "$(dirname "$0")/lib.sh"

FILE=$KINDLING_ETC/kindling.conf
cat >"$FILE" <<'END'
# A comment.
profile = minimal

module = beta, helper
compress = xz
compress = zstd:5
module = bus
cmdline = rd.timeout=60  two
END
# config PATTERN OPTION...: one line of it matches.
config() {
    prints "$1" "$KINDLING" config "${@:2}"
}
check "the file" config "^# $FILE\$"
check "a value, and its line" config "^profile      = minimal +$FILE:2\$"
check "the last line counts" config "^compress     = zstd:5 +$FILE:6\$"
check "and it alone" test "$("$KINDLING" config | grep -c '^compress')" = 1
check "a list: its first line" config "^module       = beta, helper +$FILE:4\$"
check "and its next" config "^module       = bus +$FILE:7\$"
check "the command line adds to it" config "^module       = alpha +the command line\$" -m alpha
check "without taking from it" config "^module       = bus +$FILE:7\$" -m alpha
check "and wins over others" config "^profile      = vm +the command line\$" -p vm
check "a default" config "^layout       = \(what suits the content\) +default\$"
check "one that depends on the host" config "^cache        = $WORK/cache/kindling +default\$"
check "no list" config "^autoload     = +default\$"
check "what profile and features come to" config '^features     = disk alpha slow-drivers$' -p vm
check "less what is taken out" config '^features     = alpha slow-drivers$' -p vm -f -disk
check "the words for the kernel" config '^cmdline      = rd.timeout=60  two$'
check "its kernel" config '^kernel       = 9.9$' -k 9.9
check "a value that makes no sense" fails_with 2 '--jobs x: a number' "$KINDLING" config -j x
check "a profile that does not exist" fails_with 1 'no such profile: nosuch' "$KINDLING" config -p nosuch
each_key() {
    diff <("$KINDLING" config | sed '/^$/,$d' | sed -nE 's/^([a-z-]+) += .*/\1/p' | sort -u) \
        <(sed -nE 's/^    \{"([a-z-]+)", .*CONFIGURATION_TOO.*/\1/p' "$ROOT/generator/command/options.c" | sort)
}
check "each key is told of" each_key
rm "$FILE"
check "no file" config '^# no configuration file$'

# -k all
TREE=$WORK/modules/5.0-other
module kernel/lib/helper.ko
mkdir "$WORK/modules/not-a-kernel" "$WORK/images"
all() {
    "$KINDLING" build -q -k all -m helper --modules-dir "$WORK/modules" "$@"
}
cd "$WORK/images" || exit 1
all -p minimal
cd "$WORK" || exit 1
check "build -k all: an image for each kernel" test "$(cd "$WORK/images" && echo *)" = "initramfs-5.0-other.img initramfs-$KVER.img"
check "of that kernel" prints '^lib/modules/5.0-other/kernel/lib/helper.ko' "$KINDLING" ls "$WORK/images/initramfs-5.0-other.img" '*.ko*'
mkdir "$WORK/elsewhere"
check "in a directory" all -p minimal -o "$WORK/elsewhere"
same_images() {
    diff -r "$WORK/images" "$WORK/elsewhere"
}
check "the same" same_images
check "the output has to be one" fails_with 2 "several images, and $WORK/one.img is no directory" all -o "$WORK/one.img"
check "a depfile is of one image" fails_with 2 'several images, and --depfile tells of one' all --depfile "$WORK/d"
rm "$WORK/elsewhere/"*
check "one cannot be made" fails_with 1 'cannot find alpha in this kernel' all -p minimal -o "$WORK/elsewhere" -m alpha
check "the others are" test "$(cd "$WORK/elsewhere" && echo *)" = "initramfs-$KVER.img"
check "no kernel" fails_with 1 "there is no kernel in $WORK/images" "$KINDLING" build -k all --modules-dir "$WORK/images" -p minimal
touch "$WORK/out/vmlinuz-5.0-other"
printf 'modules-dir = %s\nprofile = minimal\nmicrocode = none\n' "$WORK/modules" >"$FILE"
check "update -k all" "$KINDLING" update --force -q -k all -b "$WORK/out"
check "is --all" test "$(cd "$WORK/out" && echo initrd*)" = "initrd.img-5.0-other"
check "but nothing is deleted by it" fails_with 2 'usage: kindling update' "$KINDLING" update -d -k all -b "$WORK/out"
check "an image is checked for one kernel" fails_with 2 'an image is for one kernel: -k all has no meaning here' \
    "$KINDLING" check -k all "$WORK/out/initrd.img-5.0-other"
check "no debris" no_debris
done_testing
