# fish completion for kindling. Commands and options are asked of kindling itself, so that they are always its own. Names
# are offered as they are: nothing of a foreign tree or image is expanded or run.

function __kindling_options
    kindling help $argv[1] 2>/dev/null | string replace -rf '^  (-., |    )(--[a-z-]+).*' '$2'
    kindling help $argv[1] 2>/dev/null | string replace -rf '^  (-.), --.*' '$1'
    echo --help
end

# True when the option takes an argument: help names it in capitals.
function __kindling_takes_argument
    set -l option (string escape --style=regex -- $argv[2])
    kindling help $argv[1] 2>/dev/null | string match -qr -- "^  ($option, --[a-z-]+|(-., |    )$option) [A-Z]"
end

# __kindling_value OPTION...: the last value that one of these options has on the line so far.
function __kindling_value
    set -l words (commandline -opc)
    set -l value
    for i in (seq 2 (math (count $words) - 1))
        contains -- $words[$i] $argv; and set value $words[(math $i + 1)]
    end
    printf '%s\n' $value
end

function __kindling_modules_dir
    set -l directory (__kindling_value --modules-dir)
    test -n "$directory"; or set directory /lib/modules
    printf '%s\n' $directory
end

function __kindling_kernels
    for tree in (__kindling_modules_dir)/*/
        string replace -r '.*/([^/]+)/$' '$1' -- $tree
    end
end

function __kindling_modules
    set -l kver (__kindling_value -k --kernel)
    test -n "$kver"; or set kver (uname -r)
    find (__kindling_modules_dir)/$kver/ -name '*.ko*' -printf '%f\n' 2>/dev/null | string replace -r '\.ko.*' ''
end

# The words that may follow an option; nothing when it names a file.
function __kindling_arguments
    switch $argv[1]
        case -k --kernel
            __kindling_kernels
        case -p --profile
            kindling profiles 2>/dev/null | string replace -r ' .*' ''
        case -f --feature
            set -l names (kindling features 2>/dev/null | string replace -r ' .*' '')
            printf '%s\n' $names -$names
        case --machine
            kindling machines 2>/dev/null | string replace -r ' .*' ''
            echo this-host
        case -m --module -a --autoload
            __kindling_modules
        case -z --compress
            printf '%s\n' gzip zstd xz lz4 none
        case --layout
            printf '%s\n' lazy kernel classic
        case --microcode
            printf '%s\n' all host none
    end
end

# Lists are completed at their last item.
function __kindling_complete_argument
    set -l words (__kindling_arguments $argv[1])
    set -l done ''
    if contains -- $argv[1] -f --feature -m --module -a --autoload --machine
        set done (string match -r '^.*,' -- $argv[2])
    end
    for word in $words
        printf '%s%s\n' "$done" $word
    end
end

# The files of the image that the line names: plain names, as cat takes them; without the slash unless it was typed.
function __kindling_files_of_image
    set -l slash ''
    string match -q '/*' -- $argv[2]; and set slash /
    kindling ls $argv[1] 2>/dev/null | string replace -r '\.(gz|xz|zst|lz4)$' '' | string replace -r '^' $slash
end

function __kindling_offered
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l command $words[2]
    set -l place (count $words)
    if test $place -eq 1; or begin
            test $place -eq 2; and test "$command" = help
        end
        kindling help 2>/dev/null | string replace -rf '^  ([a-z]+) +(.*)' '$1'\t'$2'
    else if string match -q -- '-*' $words[-1]; and __kindling_takes_argument $command $words[-1]
        __kindling_complete_argument $words[-1] $current
    else if string match -q -- '-*' $current
        __kindling_options $command
    else if test "$command" = features
        kindling features 2>/dev/null | string replace -r ' .*' ''
    else if test "$command" = cat; and test $place -eq 3
        __kindling_files_of_image $words[-1] $current
    end
end

function __kindling_wants_file
    test (count (__kindling_offered)) -eq 0
end

complete -c kindling -f -a '(__kindling_offered)'
complete -c kindling -n __kindling_wants_file -F
