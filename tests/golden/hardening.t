#!/bin/bash
# All programs are built as hard targets: at addresses of chance, nothing both writable and executable, what the linker
# resolves read-only before main, and a canary on the stacks.
. "$(dirname "$0")/lib.sh"

INIT=${BUILD:-$ROOT/build}/init/init
NETWORK=${BUILD:-$ROOT/build}/init/network

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

for program in "$INIT" "$NETWORK" "$KINDLING"; do
    name=${program##*/}
    check "$name is position-independent" elf 'Type: +DYN \(Position-Independent' "$program"
    check "$name: all symbols are bound before main" elf '\(FLAGS_1\) .*NOW.*PIE' "$program"
    check "$name has memory that is read-only from then on" elf '^ +GNU_RELRO .* R ' "$program"
    check "$name: the stack is not executable" elf '^ +GNU_STACK .* RW +0x' "$program"
    check "$name: nothing is both writable and executable" elf_lacks '^ +[A-Z_]+ .* (RWE|WE) ' "$program"
    check "$name relocates no code" elf_lacks 'TEXTREL' "$program"
    check "$name: canaries on the stack" canaries "$program"
done

# held_while_it_writes PROGRAM: the parts of memory that PROGRAM has from its file, while it waits for room in the pipe into
# which it says that it is not process 1.
held_while_it_writes() {
    local pipe=$WORK/pipe pid end
    mkfifo "$pipe"
    exec 3<>"$pipe"
    dd if=/dev/zero of="$pipe" oflag=nonblock bs=4096 count=1024 2>/dev/null
    "$1" 2>"$pipe" 3>&- &
    pid=$!
    end=$((SECONDS + 10))
    until grep -q '^State:.S' "/proc/$pid/status" && [ "$(readlink "/proc/$pid/exe")" = "$(realpath "$1")" ]; do
        [ $SECONDS -lt $end ] || break
    done
    grep -F "$(realpath "$1")" "/proc/$pid/maps"
    kill "$pid"
    wait "$pid"
    exec 3>&-
}

# A part that may be written is kept in two: what was relocated, which may be read only, comes first.
relocated_is_read_only() {
    local maps
    maps=$(held_while_it_writes "$1" 2>/dev/null)
    echo "$maps"
    [ "$(tail -n 2 <<<"$maps" | cut -d ' ' -f 2 | xargs)" = 'r--p rw-p' ] &&
        [ "$(tail -n 2 <<<"$maps" | head -n 1 | cut -d ' ' -f 3)" = "$(relro_begin "$1")" ]
}

# The offset in the file of the page where it begins, as /proc has it.
relro_begin() {
    printf '%08x' $(("$(readelf -lW "$1" | awk '$1 == "GNU_RELRO" { print $2 }')" & ~4095))
}
check "init: that memory is read-only" relocated_is_read_only "$INIT"
for program in "$INIT" "$NETWORK"; do
    check "${program##*/} needs no other file" elf_lacks 'INTERP|\(NEEDED\)' "$program"
done
check "init has no symbols" test "$(nm "$INIT" 2>&1 | grep -c 'no symbols')" = 1
done_testing
