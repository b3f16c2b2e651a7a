#!/bin/bash
# Both programs are built as hard targets: at addresses of chance, nothing both writable and executable, what the linker
# resolves read-only before main, and a canary on the stacks.
. "$(dirname "$0")/lib.sh"

INIT=${BUILD:-$ROOT/build}/init/init

elf() {
    readelf -W --file-header --program-headers --dynamic "$2" | grep -qE "$1"
}

elf_lacks() {
    ! readelf -W --program-headers --dynamic "$2" | grep -E "$1"
}

# A function that keeps arrays begins by fetching the canary from thread-local memory, at %fs:0x28 on x86-64.
canaries() {
    local count
    count=$(objdump -d --no-show-raw-insn "$1" | grep -c '%fs:0x28,')
    echo "$count functions have a canary"
    test "$count" -ge 20
}

for program in "$INIT" "$KINDLING"; do
    name=${program##*/}
    check "$name is position-independent" elf 'Type: +DYN \(Position-Independent' "$program"
    check "$name: all symbols are bound before main" elf '\(FLAGS_1\) .*NOW.*PIE' "$program"
    check "$name has memory that is read-only from then on" elf '^ +GNU_RELRO .* R ' "$program"
    check "$name: the stack is not executable" elf '^ +GNU_STACK .* RW +0x' "$program"
    check "$name: nothing is both writable and executable" elf_lacks '^ +[A-Z_]+ .* (RWE|WE) ' "$program"
    check "$name relocates no code" elf_lacks 'TEXTREL' "$program"
    check "$name: canaries on the stack" canaries "$program"
done
check "init needs no other file" elf_lacks 'INTERP|\(NEEDED\)' "$INIT"
check "init has no symbols" test "$(nm "$INIT" 2>&1 | grep -c 'no symbols')" = 1
done_testing
