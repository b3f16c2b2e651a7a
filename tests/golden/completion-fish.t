#!/bin/bash
# fish completion: what the person at the keyboard is offered.
. "$(dirname "$0")/lib.sh"
PATH=$(dirname "$KINDLING"):$PATH
cd "$WORK" || exit 1
COMPLETION=$ROOT/generator/host/completion.fish
command -v fish >/dev/null || bail_out "fish is missing: make deps"

# offers EXPECTED WORD...: what the last word, which may be empty, is completed to; ... stands for more.
offers() {
    local offered line
    line="${*:2}"
    # shellcheck disable=SC2016 # fish expands it
    offered=$(HOME=$WORK LINE=$line COMPLETION=$COMPLETION fish --no-config -c 'source $COMPLETION; complete -C "$LINE"' |
        cut -f 1 | sort | tr '\n' ' ')
    # shellcheck disable=SC2053 # the pattern is one
    [[ "$offered" = $1 ]] || {
        echo "offered: $offered"
        return 1
    }
}
. "$ROOT/tests/golden/completion-cases.sh"
check "fish reads it" fish --no-config -n "$COMPLETION"
touch some.img
check "files" offers 'some.img ' kindling ls so
check "files behind an option" offers 'some.img ' kindling build -o so
done_testing
