#!/bin/bash
# The golden tests once more with a kindling that was built with ASan and UBSan: nothing leaks, whatever succeeds or
# fails. A finding changes the exit status and says more than the one line that the tests allow.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

KINDLING=$PWD/build/asan/bin/kindling
[ -x "$KINDLING" ] || bail_out "$KINDLING is not there: make it first"
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
export KINDLING ASAN_OPTIONS=exitcode=99:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

# passes NAME: the test is there, runs to its end, and nothing in it fails.
passes() {
    bash "tests/golden/$1.t" >"$OUTPUT" 2>&1
    ! grep -A 60 '^not ok' "$OUTPUT" && grep -q '^1\.\.' "$OUTPUT"
}
OUTPUT=$(mktemp) || bail_out "no file for what they say"
trap 'rm -f "$OUTPUT"' EXIT
# aliases, makefile, rooms, run and vmlinux run no kindling, or their own; hardening and memory look at what sanitizers change.
LEFT_OUT=(aliases makefile rooms run vmlinux hardening memory)
is_left_out() {
    [[ " ${LEFT_OUT[*]} " = *" $1 "* ]]
}
for name in "${LEFT_OUT[@]}"; do
    check "$name, which is left out, is there" test -e "tests/golden/$name.t"
done
for test in tests/golden/*.t; do
    name=$(basename "$test" .t)
    is_left_out "$name" || check "$name" passes "$name"
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
