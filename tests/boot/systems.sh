# Real systems, from the kernel to a prompt on the serial console and down again: source it behind lib.sh.
# shellcheck shell=bash disable=SC2034 # RUN_OPTIONS is lib.sh's

# to_prompt_and_down NAME CMDLINE WORDS DISKS...: LOG. Somebody logs in on the console, types the words and powers it off.
# After its prompt busybox asks the terminal where the cursor is.
to_prompt_and_down() {
    local name=$1 cmdline=$2 words=$3 given=("${RUN_OPTIONS[@]}")
    shift 3
    RUN_OPTIONS=(--type 'login: $ => root' --type '# (\e\[6n)?$ => '"$words; poweroff" "${given[@]}")
    SNAPSHOT='' run_machine "$name" 'reboot: (Power down|System halted)' "$cmdline" "$@"
    RUN_OPTIONS=("${given[@]}")
}

down_again() {
    [ "$STATUS" = 0 ] || {
        tail -n 15 "$LOG" "$LOG.err"
        return 1
    }
}

# What the system told, in lines "system: ABOUT ...": without the colours and carriage returns of a terminal, and wherever
# its cursor was.
told() {
    sed 's/\x1b\[[0-9;?]*[a-zA-Z]//g' "$LOG" | tr -d '\r' | sed -n "s/^ *system: $1 \?//p"
}

is() {
    [ "$1" = "$2" ] || {
        printf 'it is:        %s\nit should be: %s\n' "$1" "$2"
        return 1
    }
}
