#!/bin/bash
# What make does for those who build kindling, with whatever tools their machine has.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
unset MAKEFLAGS MAKELEVEL KINDLING_STRICT

# A copy of what is built, for builds that shall fail.
WORK=$(mktemp -d) || bail_out "no directory to work in"
trap 'rm -rf "$WORK"' EXIT
COPY=$WORK/copy
mkdir "$COPY"
cp -R Makefile .dev init generator modules.d template qemu "$COPY"

make_copy() {
    make --no-print-directory -C "$COPY" "$@"
}

fails() {
    ! "$@"
}

# A source that any compiler warns of.
echo 'static int never_called(void) { return 0; }' >"$COPY/generator/base/warned.c"
WARNED=build/generator/base/warned.o
warns() {
    make_copy $WARNED >"$WORK/said" 2>&1 || return 1
    grep 'warning: .never_called' "$WORK/said"
}
check "what the compiler warns of does not end a user's build" warns
rm -f "$COPY/$WARNED"
check "but it ends a developer's" fails make_copy KINDLING_STRICT=1 $WARNED
check "which makes no object of it" test ! -e "$COPY/$WARNED"
rm "$COPY/generator/base/warned.c"

# compiler_calls TARGET: as make would do them, if nothing had been built.
compiler_calls() {
    make --no-print-directory -n BUILD="$WORK/build" "$1" FUZZ_PROGRAMS= TESTS= >"$WORK/calls"
    grep -e -Wextra "$WORK/calls" >"$WORK/compiled"
    [ "$(wc -l <"$WORK/compiled")" -gt 100 ]
}
all_are_strict() {
    compiler_calls "$1" && ! grep -vE -- ' -Werror( |$)' "$WORK/compiled"
}
none_is_strict() {
    compiler_calls "$1" && ! grep -E -- ' -Werror( |$)' "$WORK/compiled"
}
check "make check takes no warnings" all_are_strict check
check "nor does make lint" all_are_strict lint
check "make does" none_is_strict all

done_testing
