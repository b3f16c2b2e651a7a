#!/bin/bash
# Help is at hand: for every command, and for what was mistyped.
. "$(dirname "$0")/lib.sh"

COMMANDS=$("$KINDLING" help | sed -n 's/^  \([a-z]*\) .*/\1/p')

helps_in_all_ways() {
    local help
    help=$("$KINDLING" help "$1") && [ "$help" = "$("$KINDLING" "$1" --help)" ] && [ "$help" = "$("$KINDLING" "$1" x -h)" ] &&
        grep -q "^usage: kindling $1" <<<"$help"
}

check "the overview names the commands" test "$(wc -w <<<"$COMMANDS")" -ge 10
for command in $COMMANDS; do
    [ "$command" = help ] || check "help $command" helps_in_all_ways "$command"
done
check "help of build has its options" prints '^  -k, --kernel KVER' "$KINDLING" help build
check "--help is the overview" test "$("$KINDLING" --help)" = "$("$KINDLING" help)"
check "no command: the usage" test "$("$KINDLING" 2>&1 >/dev/null | head -n 1 | cut -c 1-21)" = "usage: kindling build"

check "a mistyped command" fails_with 2 'no such command: biuld \(did you mean build\?\)$' "$KINDLING" biuld
check "and for help" fails_with 2 'no such command: extrat \(did you mean extract\?\)$' "$KINDLING" help extrat
check "no command is near" fails_with 2 'no such command: frobnicate$' "$KINDLING" frobnicate
check "the version" test "$("$KINDLING" --version)" = "kindling $(sed -n 's/^VERSION := //p' "$ROOT/Makefile")"
check "and its letter" test "$("$KINDLING" -V)" = "$("$KINDLING" --version)"

# What others' users type first.
# answers PATTERN WORD...: nothing is done, and one sentence says what it is called here.
answers() {
    (cd "$WORK/out" && fails_with 2 "^kindling: $1" "$KINDLING" "${@:2}") && [ ! -s "$WORK/stdout" ] && [ -z "$(ls "$WORK/out")" ]
}
check "dracut -f" answers 'a command comes before -f: .* kindling update makes' -f
check "dracut -fv" answers 'a command comes before -fv: .* kindling update makes' -fv
check "dracut --force FILE KVER" answers 'a command comes before --force: .* kindling update makes' --force some.img "$KVER"
check "dracut -f --kver X" answers 'a command comes before --kver: kindling build -k KVER' -f --kver "$KVER"
check "dracut --kver=X" answers "a command comes before --kver=$KVER: kindling build -k KVER" "--kver=$KVER"
check "dracut --regenerate-all" answers 'a command comes before --regenerate-all: kindling update --all' -f --regenerate-all
check "dracut --no-hostonly" answers 'a command comes before -N: kindling build -p generic' -N
check "update-initramfs -u -k all" answers 'a command comes before -u: kindling update .* --all' -u -k all
check "update-initramfs -k all -c" answers 'a command comes before -c: kindling update' -k all -c
check "update-initramfs -d" answers 'a command comes before -d: kindling update -d -k KVER' -d -k "$KVER"
check "mkinitcpio -P" answers 'a command comes before -P: kindling update --all' -P
check "mkinitcpio -p linux" answers 'a command comes before -p: kindling update -k KVER' -p linux
check "mkinitcpio -c -g FILE" answers 'a command comes before -g: kindling build -o FILE' -c /etc/mkinitcpio.conf -g some.img
check "booster unpack" answers 'no such command: unpack: kindling extract IMAGE DIR' unpack some.img out
check "dracut --uefi" answers 'a command comes before --uefi: kindling uki makes' --uefi some.efi
check "mkinitcpio -U FILE" answers 'a command comes before -U: kindling uki makes' -U some.efi
check "ukify" answers 'no such command: ukify.*: kindling uki makes' ukify build
check "a word of nobody's behind an option is the option's" answers 'a command comes before -o: kindling build -o FILE' -o unpack
check "lsinitrd" answers 'no such command: lsinitrd: kindling ls IMAGE' lsinitrd some.img
check "another's option behind a command of ours" answers 'unrecognized option --kver: kindling build -k KVER' build --kver "$KVER"
check "or its letter" answers 'unrecognized option -H: kindling build -p host' build -H
check "nobody's" answers 'a command comes before --frobnicate: see kindling help$' --frobnicate

check "a mistyped option" fails_with 2 'unrecognized option --prfile \(did you mean --profile\?\)$' build --prfile vm
check "with its value behind it" fails_with 2 'unrecognized option --prfile \(did you mean --profile\?\)$' build --prfile=vm
check "of another command" fails_with 2 'unrecognized option --lnog \(did you mean --long\?\)$' "$KINDLING" ls --lnog x
check "one like none of them, but as short" fails_with 2 'unrecognized option --foo$' "$KINDLING" check --foo
check "of timeline" fails_with 2 'unrecognized option --svgg \(did you mean --svg\?\)$' "$KINDLING" timeline --svgg x
check "lists take no option" fails_with 2 'unrecognized option --foo$' "$KINDLING" features --foo
check "a letter" fails_with 2 'unrecognized option -Q$' build -Q
check "an option without its argument" fails_with 2 'option --output requires an argument$' build --output
check "an argument too many" fails_with 2 '--dry-run takes no argument$' build --dry-run=1
check "the beginning of several" fails_with 2 '--d is the beginning of several options: --depfile, --dry-run$' build --d
check "a mistyped profile" fails_with 1 'no such profile: minimla \(did you mean minimal\?\)' build -p minimla
check "a mistyped feature" fails_with 1 'no such feature: alhpa \(did you mean alpha\?\)' build -f alhpa
check "to be taken out" fails_with 1 'no such feature: dsk \(did you mean disk\?\)' build -f -dsk
check "a mistyped module" fails_with 1 'cannot find bus-dsik in this kernel: --module requires it \(did you mean bus_disk\?\)$' \
    build -m bus-dsik
mkdir "$WORK/badly"
echo 'profle = vm' >"$WORK/badly/kindling.conf"
check "a key of the configuration" fails_with 1 'kindling.conf:1: profle: unknown key \(did you mean profile\?\)$' \
    env KINDLING_ETC="$WORK/badly" "$KINDLING" build -k "$KVER" --modules-dir "$WORK/modules"
done_testing
