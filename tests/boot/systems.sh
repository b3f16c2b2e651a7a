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

# system_disk INIT: DISK, a fresh copy that this boot may write to.
system_disk() {
    once "$MADE/debian-$1.img" qemu/mkdebian -I "$1" "$MADE/debian-$1.img" tests/boot/systems/questions
    DISK=$MADE/debian-$1-in-use.img
    cp --sparse=always "$MADE/debian-$1.img" "$DISK" || bail_out "cannot copy a disk"
}

went_well() {
    check "$1: up to its prompt and down again" down_again
    check "$1: it could tell" log_shows "system: told"
    check "$1: each mount once, and nothing of the initramfs" is "$(told mounts)" \
        "/ ext4 /dev devtmpfs /proc proc /run tmpfs /sys sysfs"
    check "$1: nothing is mounted twice" is "$(told twice)" ""
    check "$1: the root became writable" is "$(told root)" rw
    check "$1: /run was kept" grep -qx timing <(told kept)
    check "$1: the root is not checked a second time" log_lacks 'Checking root file system' ' clean, '
    check "$1: nothing panicked or was killed" log_lacks 'Kernel panic' 'BUG:' 'segfault'
    check "$1: its file system is clean afterwards" is_clean "$DISK"
}
