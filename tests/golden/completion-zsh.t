#!/bin/bash
# zsh completion: what the person at the keyboard is offered. The completion system's own words are stood in for.
. "$(dirname "$0")/lib.sh"
PATH=$(dirname "$KINDLING"):$PATH
cd "$WORK" || exit 1
COMPLETION=$ROOT/generator/host/completion.zsh
command -v zsh >/dev/null || bail_out "zsh is missing: make deps"

cat >complete.zsh <<'END'
compset() {
    [[ $2 = '*,' && $PREFIX = *,* ]] || return 1
    IPREFIX=${PREFIX%,*},
    PREFIX=${PREFIX##*,}
}
compadd() {
    local -a all
    local word
    all=("${(@P)2}")
    for word in $all; do
        [[ ${word[1,$#PREFIX]} != "$PREFIX" ]] || print -r -- $IPREFIX$word
    done
}
_files() { print files }
source $COMPLETION
words=("$@") CURRENT=$# PREFIX=${@[-1]} IPREFIX=
_kindling
END
# offers EXPECTED WORD...: what the last word, which may be empty, is completed to; ... stands for more.
offers() {
    local offered
    offered=$(COMPLETION=$COMPLETION zsh -f complete.zsh "${@:2}" | sort | tr '\n' ' ')
    # shellcheck disable=SC2053 # the pattern is one
    [[ "$offered" = $1 ]] || {
        echo "offered: $offered"
        return 1
    }
}
. "$ROOT/tests/golden/completion-cases.sh"
check "zsh reads it" zsh -n "$COMPLETION"
check "files" offers 'files ' kindling ls so
check "files behind an option" offers 'files ' kindling build -o so
check "files for a command that nobody knows" offers 'files ' kindling nosuch x
loaded_by_itself() {
    mkdir -p functions && cp "$COMPLETION" functions/_kindling
    # shellcheck disable=SC2016 # zsh expands it
    offered=$(sed 's/^source .*/fpath=(functions $fpath); autoload -U _kindling/' complete.zsh | zsh -f /dev/stdin kindling up)
    echo "$offered"
    [ "$offered" = update ]
}
check "the completion system loads it" loaded_by_itself
done_testing
