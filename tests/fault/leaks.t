#!/bin/bash
# The golden tests once more with a kindling that was built with ASan and UBSan: nothing leaks, whatever succeeds or
# fails. A finding changes the exit status and says more than the one line that the tests allow.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

KINDLING=$PWD/build/asan/bin/kindling
[ -x "$KINDLING" ] || bail_out "$KINDLING is not there: make it first"
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
export KINDLING ASAN_OPTIONS=exitcode=99:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

passes() {
    bash "tests/golden/$1.t" >"$OUTPUT" 2>&1
    ! grep -A 60 '^not ok' "$OUTPUT" && grep -q '^1\.\.' "$OUTPUT"
}
OUTPUT=$(mktemp) || bail_out "no file for what they say"
trap 'rm -f "$OUTPUT"' EXIT
for name in build modules features programs firmware template failures cache identical depfile ls extract mkinitramfs; do
    [ ! -e "tests/golden/$name.t" ] || check "$name" passes "$name"
done
finds_leaks() {
    echo 'int main(void) { return *(char *)__builtin_malloc(1) == 3; }' >"$OUTPUT.c"
    gcc -fsanitize=address -o "$OUTPUT.program" "$OUTPUT.c" && ! "$OUTPUT.program"
    local status=$?
    rm -f "$OUTPUT.c" "$OUTPUT.program"
    return "$status"
}
check "a leak would be found" finds_leaks

done_testing
