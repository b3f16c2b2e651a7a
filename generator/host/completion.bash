# bash completion for kindling. Commands and options are asked of kindling itself, so that they are always its own.
# shellcheck shell=bash

_kindling_options() {
    kindling help "$1" 2>/dev/null | sed -nE 's/^  (-.), (--[a-z-]+).*/\1 \2/p; s/^      (--[a-z-]+).*/\1/p'
}

# True when the option takes an argument: help names it in capitals.
_kindling_takes_argument() {
    kindling help "$1" 2>/dev/null | grep -qE -- "^  ($2, --[a-z-]+|(-., |    )$2) [A-Z]"
}

# _kindling_value OPTION...: the last value that one of these options has on the line so far.
_kindling_value() {
    local i option value=
    for ((i = 1; i < COMP_CWORD; i++)); do
        for option; do
            [ "${COMP_WORDS[i]}" != "$option" ] || value=${COMP_WORDS[i + 1]}
        done
    done
    echo "$value"
}

_kindling_modules_dir() {
    local directory
    directory=$(_kindling_value --modules-dir)
    echo "${directory:-/lib/modules}"
}

_kindling_kernels() {
    (cd "$(_kindling_modules_dir)" 2>/dev/null && printf '%s\n' */ | sed -n 's,/$,,p' | grep -v '\*')
}

_kindling_modules() {
    local kver
    kver=$(_kindling_value -k --kernel)
    find "$(_kindling_modules_dir)/${kver:-$(uname -r)}/" -name '*.ko*' -printf '%f\n' 2>/dev/null | sed 's/\.ko.*//'
}

# _kindling_beginning CURRENT PREFIX: the lines of standard input that begin with CURRENT, behind PREFIX. Not compgen -W,
# which expands its words: a file's name in a foreign image or tree would be run as a command.
_kindling_beginning() {
    local word
    while IFS= read -r word; do
        [[ -z $word || $word != "$1"* ]] || printf '%s\n' "$2$word"
    done
}

# The words that may follow an option; nothing when it names a file.
_kindling_arguments() {
    case $1 in
        -k | --kernel) _kindling_kernels ;;
        -p | --profile) kindling profiles 2>/dev/null | cut -d ' ' -f 1 ;;
        -f | --feature) kindling features 2>/dev/null | sed -E 's/ .*//; p; s/^/-/' ;;
        --machine) kindling machines 2>/dev/null | cut -d ' ' -f 1 && echo this-host ;;
        -m | --module | -a | --autoload) _kindling_modules ;;
        -z | --compress) printf '%s\n' gzip zstd xz lz4 none ;;
        --layout) printf '%s\n' lazy kernel classic ;;
        --microcode) printf '%s\n' all host none ;;
    esac
}

# The files of the image that the line names: plain names, as cat takes them; without the slash unless it was typed.
_kindling_files_of_image() {
    local slash=
    [[ $2 != /* ]] || slash=/
    kindling ls "$1" 2>/dev/null | sed -E "s,\\.(gz|xz|zst|lz4)\$,,; s,^,$slash,"
}

# Lists are completed at their last item.
_kindling_complete_argument() {
    local option=$1 current=$2 done='' words
    words=$(_kindling_arguments "$option")
    case $option in
        -f | --feature | -m | --module | -a | --autoload | --machine)
            [[ $current != *,* ]] || done=${current%,*},
            ;;
    esac
    mapfile -t COMPREPLY < <(_kindling_beginning "${current#"$done"}" "$done" <<<"$words")
    [ "$words" ] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

_kindling() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    local commands
    COMPREPLY=()
    commands=$(kindling help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p')
    if [ "$COMP_CWORD" -eq 1 ] || { [ "$COMP_CWORD" -eq 2 ] && [ "$command" = help ]; }; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$current")
    elif [[ $previous == -* ]] && _kindling_takes_argument "$command" "$previous"; then
        _kindling_complete_argument "$previous" "$current"
    elif [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_kindling_options "$command") --help" -- "$current")
    elif [ "$command" = features ]; then
        mapfile -t COMPREPLY < <(kindling features 2>/dev/null | cut -d ' ' -f 1 | _kindling_beginning "$current" '')
    elif [ "$command" = cat ] && [ "$COMP_CWORD" -eq 3 ]; then
        mapfile -t COMPREPLY < <(_kindling_files_of_image "$previous" "$current" | _kindling_beginning "$current" '')
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}

complete -o filenames -F _kindling kindling
