#!/bin/bash
# bash completion: what the person at the keyboard is offered.
. "$(dirname "$0")/lib.sh"
PATH=$(dirname "$KINDLING"):$PATH
# shellcheck source=generator/host/completion.bash
. "$ROOT/generator/host/completion.bash"
cd "$WORK" || exit 1

# offers EXPECTED WORD...: what the last word, which may be empty, is completed to; ... stands for more.
offers() {
    local offered
    COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) COMPREPLY=()
    _kindling
    offered=$(printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' ')
    # shellcheck disable=SC2053 # the pattern is one
    [[ "$offered" = $1 ]] || {
        echo "offered: $offered"
        return 1
    }
}

. "$ROOT/tests/golden/completion-cases.sh"
touch "$WORK/some.img"
check "behind an option of another command" offers '--boot-dir ' kindling update --b
check "files" offers 'some.img ' kindling ls so
check "files behind an option" offers 'some.img ' kindling build -o so
check "an image behind cat" offers 'an.img ' kindling cat an
check "what nobody knows" offers ' ' kindling nosuch --x
complete_is_set() {
    complete -p kindling | grep -q '_kindling kindling$'
}
check "bash asks it" complete_is_set
done_testing
