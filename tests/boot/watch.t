#!/bin/bash
# What watches a machine types at its prompts, whatever else comes over the console.
. "$(dirname "$0")/../tap.sh"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# machine TEXT: prints it, and what is typed then.
machine() {
    # shellcheck disable=SC2016 # the inner shell expands it
    qemu/watch --log "$WORK/log" --timeout 10 --type '# $ => typed' --until 'got: typed' -- \
        sh -c 'printf "$0"; read -r line; echo "got: $line"' "$1"
}
nothing_is_typed() {
    ! machine "$1" 2>/dev/null && ! grep -q typed "$WORK/log"
}

check "a prompt that rests" machine 'boot\nroot# '
check "a prompt with a message of the kernel behind it" machine 'root# [   38.450623] kvm: Nested Paging enabled\n'
check "one that lasts" machine 'root# [   38.450623] kvm: Nested'
check "no prompt" nothing_is_typed 'root# [38] of a program\n'
done_testing
