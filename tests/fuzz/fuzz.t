#!/bin/bash
# Each fuzzer over its corpus and beyond it: for FUZZ_SECONDS, or ten thousand inputs.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

BUILD=${BUILD:-build}
BEYOND=${FUZZ_SECONDS:+-max_total_time=$FUZZ_SECONDS}

# What is found beyond the corpus stays in the build directory. liblzma asks for a dictionary of the size that a stream's
# header names, up to 4 GiB, and gives it back untouched when the bytes are not there: that alone is no finding. What the
# program under test says on standard error goes nowhere; a finding is told all the same.
fuzz() {
    local name=$1
    mkdir -p "$BUILD/fuzz/found/$name"
    "$BUILD/tests/fuzz/fuzz_$name" "${BEYOND:--runs=10000}" -timeout=60 -malloc_limit_mb=8192 -print_final_stats=1 \
        -close_fd_mask=2 -artifact_prefix="$BUILD/fuzz/$name-" "$BUILD/fuzz/found/$name" "tests/fuzz/corpus/$name"
}

for source in tests/fuzz/fuzz_*.c; do
    name=${source##*/fuzz_}
    check "no input breaks $name" fuzz "${name%.c}"
done
done_testing
