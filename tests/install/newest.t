#!/bin/bash
# Debian's unstable, for its compiler and its libraries, which are the newest: all is compiled there, tests and fuzzers'
# targets too, and a warning is an error. What the unit tests say holds.
SUITE=sid
. "$(dirname "$0")/lib.sh"

new_root builder
SOURCES=$ROOT/root/kindling
mkdir "$SOURCES"
cp -a .dev Makefile README.md LICENSE init generator template modules.d qemu tests "$SOURCES"
check "apt's lists are today's" apt update
mapfile -t PACKAGES < <(.dev/deps --list build)
check "apt installs what building takes" apt install "${PACKAGES[@]}" perl libcmocka-dev
in_sources() {
    in_root sh -c 'cd /root/kindling && exec "$@"' - "$@"
}
compiles() {
    in_sources gcc --version | head -n 1
    in_sources make -k -j2 KINDLING_STRICT=1 "$@" >"$LOGS/newest.log" 2>&1 || {
        grep -E 'error|warning' "$LOGS/newest.log"
        return 1
    }
}
check "the programs, without a warning" compiles all
mapfile -t UNIT < <(printf '%s\n' tests/unit/*.c | sed 's,\.c$,.t,; s,^,build/,')
check "the tests, without a warning" compiles "${UNIT[@]}" build/tests/fault/fail_call.so build/tests/fault/mutate_images
unit() {
    in_sources sh -c 'prove --exec "" build/tests/unit/*.t' >"$LOGS/newest-unit.log" 2>&1 || {
        grep -E '^not ok|Failed|Result' "$LOGS/newest-unit.log"
        return 1
    }
}
check "the unit tests" unit
done_testing
