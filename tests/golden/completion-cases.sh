# What bash, zsh and fish complete alike. `offers EXPECTED WORD...` is the caller's.
# shellcheck shell=bash

commands() {
    "$KINDLING" help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p'
}
options() {
    "$KINDLING" help "$1" | sed -nE 's/^  (-., |    )(--[a-z-]+).*/\2/p'
    echo --help
}

check "every command" offers "$(commands | sort | tr '\n' ' ')" kindling ''
for command in $(commands); do
    [ "$command" = help ] || check "every option of $command" offers "$(options "$command" | sort | tr '\n' ' ')" kindling "$command" --
done
check "one command" offers 'mkinitramfs ' kindling mk
check "a command to be helped with" offers 'extract ' kindling help ex
check "letters" offers '*-k *' kindling build -
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
build -o "$WORK/an.img"
check "files in an image, by their plain names" offers 'lib/modules/*/alpha-late.ko lib/modules/*/alpha.ko ' kindling cat an.img \
    "lib/modules/$KVER/kernel/fs/alpha/"
check "from the root" offers '/init ' kindling cat an.img /in
# Names in a foreign image or tree are words, and no commands.
mkdir -p "$WORK/planted/lib" "$WORK/kernels/$KVER" "$WORK/kernels/\$(touch kernel)" "$WORK/kernels/(touch kernel)"
: >"$WORK/planted/lib/\$(touch run)" && : >"$WORK/planted/lib/(touch run)" && : >"$WORK/planted/lib/fine"
: >"$WORK/kernels/$KVER/\$(touch loaded).ko" && : >"$WORK/kernels/$KVER/(touch loaded).ko" && : >"$WORK/kernels/$KVER/fine.ko"
(cd "$WORK/planted" && find . | cpio -o -H newc --quiet) >"$WORK/planted.img"
check "a planted name in an image" offers '*lib/fine *' kindling cat planted.img lib/
check "runs nothing" test ! -e "$WORK/run"
check "a planted name in a kernel's tree" offers '*fine *' kindling build --modules-dir "$WORK/kernels" -k "$KVER" -m ''
check "runs nothing either" test ! -e "$WORK/loaded"
check "nor does a planted kernel" offers "*$KVER *" kindling build --modules-dir "$WORK/kernels" -k ''
check "run anything" test ! -e "$WORK/kernel"
