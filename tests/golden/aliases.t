#!/bin/bash
# Whatever a device or the kernel asks for, the index gives the modules that kmod would: over all aliases and all names
# of Debian's generic kernel, and over what booted machines' devices really said.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

BUILD=${BUILD:-build}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
KERNEL=$(qemu/fetch-kernel --flavour generic) || bail_out "no kernel"
KVER=$(<"$KERNEL/release")
TREE=$WORK/lib/modules/$KVER

make_tree() {
    mkdir -p "$TREE"
    ln -s "$KERNEL/lib/modules/$KVER"/* "$TREE"
    PATH=$PATH:/usr/sbin:/sbin depmod -b "$WORK" "$KVER"
}

make_index() {
    "$BUILD/bin/kindling" build -k "$KVER" --modules-dir "$WORK/lib/modules" -p minimal -m kernel/ -z none -o "$WORK/all.img" &&
        cpio -i --quiet --to-stdout lib/kindling/index <"$WORK/all.img" >"$WORK/index"
}

# Names that the patterns match: with nothing for each '*', and with something.
names_of_patterns() {
    awk '$1 == "alias" { print $2 }' "$TREE/modules.alias" >"$WORK/patterns"
    sed 's/\*//g; s/\[\(.\)[^]]*\]/\1/g; s/?/x/g' "$WORK/patterns"
    sed 's/\*/0Az/g; s/\[\(.\)[^]]*\]/\1/g; s/?/7/g' "$WORK/patterns"
}

names_of_modules() {
    sed 's/:.*//; s,.*/,,; s/\.ko.*//' "$TREE/modules.dep"
    sed 's/:.*//; s,.*/,,; s/\.ko.*//; y/_/-/' "$TREE/modules.dep"
}

compare() {
    sort -u | "$BUILD/tests/golden/alias_differential" "$WORK/index" "$TREE"
}

make_tree || bail_out "depmod failed"
check "an index of all modules" make_index
check "$(wc -l < <(names_of_patterns)) names of $(wc -l <"$WORK/patterns") aliases" compare < <(names_of_patterns)
check "$(wc -l < <(names_of_modules)) module names, in both spellings" compare < <(names_of_modules)
check "$(wc -l <tests/data/modaliases) modaliases of machines" compare <tests/data/modaliases
done_testing
