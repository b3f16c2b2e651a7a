#!/bin/bash
# bash completion: what the person at the keyboard is offered.
. "$(dirname "$0")/lib.sh"
PATH=$(dirname "$KINDLING"):$PATH
# shellcheck source=generator/host/completion.bash
. "$ROOT/generator/host/completion.bash"
cd "$WORK" || exit 1

# offers EXPECTED WORD...: what the last word, which may be empty, is completed to; ... stands for more.
offers() {
    local offered
    COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) COMPREPLY=()
    _kindling
    offered=$(printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' ')
    # shellcheck disable=SC2053 # the pattern is one
    [[ "$offered" = $1 ]] || {
        echo "offered: $offered"
        return 1
    }
}

touch "$WORK/some.img"
check "commands" offers 'build cat check config diff *extract * update ' kindling ''
check "one command" offers 'mkinitramfs ' kindling mk
check "a command to be helped with" offers 'extract ' kindling help ex
check "long options" offers '--cache --cmdline --compress --config ' kindling build --c
check "of their command" offers '--boot-dir ' kindling update --b
check "letters too" offers '*-k *' kindling build -
check "options of ls" offers '--size ' kindling ls --s
check "help of any command" offers '--help ' kindling ls --h
check "profiles" offers 'minimal vm ' kindling build -p ''
check "behind the long option" offers 'minimal ' kindling build --profile m
check "features" offers 'alpha ' kindling build -f a
check "to take out" offers '-alpha ' kindling build -f -a
check "the next of a list" offers 'disk,alpha ' kindling build --feature disk,a
check "a feature to be told of" offers 'alpha ' kindling features al
check "kernels" offers "$KVER " kindling build --modules-dir "$WORK/modules" -k ''
check "modules of the kernel" offers 'bus bus-ring bus_disk ' kindling build --modules-dir "$WORK/modules" -k "$KVER" -m bu
check "the next of a list of modules" offers 'beta,helper ' kindling build --modules-dir "$WORK/modules" -k "$KVER" -a beta,h
check "methods" offers 'gzip ' kindling build -z g
check "machines" offers 'this-host ' kindling check --machine t
check "layouts" offers 'classic ' kindling build --layout c
check "microcode" offers 'host ' kindling build --microcode h
check "an option without an argument, then another" offers '--output ' kindling build -v --o
check "files" offers 'some.img ' kindling ls so
check "files behind an option" offers 'some.img ' kindling build -o so
build -o "$WORK/an.img"
check "an image behind cat" offers 'an.img ' kindling cat an
check "files in it, by their plain names" offers 'lib/modules/*/alpha-late.ko lib/modules/*/alpha.ko ' kindling cat an.img \
    "lib/modules/$KVER/kernel/fs/alpha/"
check "from the root" offers '/init ' kindling cat an.img /in
# Names in a foreign image or tree are words, and no commands.
mkdir -p "$WORK/planted/lib" "$WORK/kernels/$KVER" && : >"$WORK/planted/lib/\$(touch run)" && : >"$WORK/planted/lib/fine"
: >"$WORK/kernels/$KVER/\$(touch loaded).ko" && : >"$WORK/kernels/$KVER/fine.ko"
(cd "$WORK/planted" && find . | cpio -o -H newc --quiet) >"$WORK/planted.img"
check "a planted name in an image" offers '*lib/fine ' kindling cat planted.img lib/
check "runs nothing" test ! -e "$WORK/run"
check "a planted name in a kernel's tree" offers '*fine ' kindling build --modules-dir "$WORK/kernels" -k "$KVER" -m ''
check "runs nothing either" test ! -e "$WORK/loaded"
check "what nobody knows" offers ' ' kindling nosuch --x
complete_is_set() {
    complete -p kindling | grep -q '_kindling kindling$'
}
check "bash asks it" complete_is_set
done_testing
