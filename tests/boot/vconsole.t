#!/bin/bash
# The keymap and the font are in use before the shell's prompt: asked of the kernel itself, on the screen's console.
. "$(dirname "$0")/lib.sh"
BOOT_LOADER=yes

export KINDLING_ETC=$MADE/etc-vconsole
mkdir -p "$KINDLING_ETC"
use_kernel generic
# dumpkmap's 21st key of the plain map, behind 7 bytes of magic and 256 flags; a font of 8 lines makes 50 rows.
KEY='busybox dumpkmap </dev/tty0 | busybox od -An -tx1 -j305 -N1'
ROWS='busybox stty -F /dev/tty0 size'

# prompt_says NAME IMAGE-OPTIONS -- LINES...
prompt_says() {
    local name=$1 options=()
    shift
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    image "vconsole-${name//[^a-z]/}" -p minimal "${options[@]}"
    RUN_OPTIONS=(--type "$SHELL_PROMPT => echo key \$($KEY) rows \$($ROWS)" -- -vga std)
    PANIC='' run_machine "$name" '^key .* rows ' "root=/dev/vdz rd.timeout=1 rd.shell"
    RUN_OPTIONS=()
    check "$name" log_shows "$@"
}

prompt_says "the kernel's own" -f busybox -- 'key 79 rows 25 80'
prompt_says "what was chosen" -f vconsole --cmdline 'rd.vconsole.keymap=de-latin1 rd.vconsole.font=Lat15-Fixed16' -- 'key 7a rows 25 80'
check "the font was taken" log_lacks 'loadfont: '
prompt_says "a font of half the height" -f vconsole --cmdline 'rd.vconsole.font=Lat15-VGA8' -- 'key 79 rows 50 80'

done_testing
