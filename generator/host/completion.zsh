#compdef kindling
# zsh completion for kindling. Commands and options are asked of kindling itself, so that they are always its own. Names
# are added as they are: nothing of a foreign tree or image is expanded or run.

_kindling_commands() {
    kindling help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p'
}

_kindling_options() {
    kindling help $1 2>/dev/null | sed -nE 's/^  (-.), (--[a-z-]+).*/\1\n\2/p; s/^      (--[a-z-]+).*/\1/p'
    echo --help
}

# True when the option takes an argument: help names it in capitals.
_kindling_takes_argument() {
    kindling help $1 2>/dev/null | grep -qE -- "^  ($2, --[a-z-]+|(-., |    )$2) [A-Z]"
}

# _kindling_value OPTION...: the last value that one of these options has on the line so far.
_kindling_value() {
    local -i i
    local option value=
    for ((i = 2; i < CURRENT; i++)); do
        for option; do
            [[ $words[i] != "$option" ]] || value=${words[i + 1]}
        done
    done
    print -r -- $value
}

_kindling_modules_dir() {
    local directory=$(_kindling_value --modules-dir)
    print -r -- ${directory:-/lib/modules}
}

_kindling_kernels() {
    local -a trees
    trees=($(_kindling_modules_dir)/*(N/:t))
    print -rl -- $trees
}

_kindling_modules() {
    local kver=$(_kindling_value -k --kernel)
    find $(_kindling_modules_dir)/${kver:-$(uname -r)}/ -name '*.ko*' -printf '%f\n' 2>/dev/null | sed 's/\.ko.*//'
}

# The words that may follow an option; nothing when it names a file.
_kindling_arguments() {
    case $1 in
        -k|--kernel) _kindling_kernels ;;
        -p|--profile) kindling profiles 2>/dev/null | cut -d ' ' -f 1 ;;
        -f|--feature) kindling features 2>/dev/null | sed -E 's/ .*//; p; s/^/-/' ;;
        --machine) kindling machines 2>/dev/null | cut -d ' ' -f 1 && echo this-host ;;
        -m|--module|-a|--autoload) _kindling_modules ;;
        -z|--compress) print -l gzip zstd xz lz4 none ;;
        --layout) print -l lazy kernel classic ;;
        --microcode) print -l all host none ;;
    esac
}

# The files of the image that the line names: plain names, as cat takes them; without the slash unless it was typed.
_kindling_files_of_image() {
    local slash=
    [[ $2 != /* ]] || slash=/
    kindling ls $1 2>/dev/null | sed -E "s,\\.(gz|xz|zst|lz4)\$,,; s,^,$slash,"
}

_kindling() {
    local current=${words[CURRENT]} previous=${words[CURRENT - 1]} command=${words[2]}
    local -a offered
    if ((CURRENT == 2)) || { ((CURRENT == 3)) && [[ $command == help ]] }; then
        offered=(${(f)"$(_kindling_commands)"})
    elif [[ $previous == -* ]] && _kindling_takes_argument $command $previous; then
        offered=(${(f)"$(_kindling_arguments $previous)"})
        # Lists are completed at their last item.
        [[ $previous != (-f|--feature|-m|--module|-a|--autoload|--machine) ]] || compset -P '*,'
    elif [[ $current == -* ]]; then
        offered=(${(f)"$(_kindling_options $command)"})
    elif [[ $command == features ]]; then
        offered=(${(f)"$(kindling features 2>/dev/null | cut -d ' ' -f 1)"})
    elif [[ $command == cat ]] && ((CURRENT == 4)); then
        offered=(${(f)"$(_kindling_files_of_image $previous $current)"})
    fi
    if (($#offered)); then
        compadd -a offered
    else
        _files
    fi
}

# The completion system calls what it loads; who sources this calls it himself.
[[ $funcstack[1] != _kindling ]] || _kindling "$@"
