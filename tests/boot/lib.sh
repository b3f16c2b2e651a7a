# Boots for tests: source it, make images and disks, say what a boot must show.
# shellcheck shell=bash

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/tap.sh

BUILD=${BUILD:-build}
KINDLING=${KINDLING:-$BUILD/bin/kindling}
MADE=$BUILD/tests/boot       # images and disks, shared by all tests of a run
LOGS=$BUILD/tests/boot/logs  # one console log a boot
export KINDLING_ACCEL=${KINDLING_ACCEL:-tcg}
mkdir -p "$LOGS"

# Options of the next boots; a test sets them as it needs.
MACHINE=pc
MEMORY=256
TIMEOUT=240
PANIC=panic=-1
SNAPSHOT=--snapshot  # empty: what the machine writes stays in the disks' files
RUN_OPTIONS=()

# The prompt of a shell in the initramfs that waits, and no line that was typed at one; busybox asks the terminal where
# its cursor is, and the kernel may have something to say just then.
# shellcheck disable=SC2034 # for --type
SHELL_PROMPT='^/ # (\e\[6n)?(\[ *[0-9.]+\] .*)?$'

# use_kernel FLAVOUR [SUITE]: KERNEL (its directory) and KVER.
use_kernel() {
    KERNEL=$(qemu/fetch-kernel --flavour "$1" ${2:+--suite "$2"}) || bail_out "no kernel $*: see above"
    KVER=$(<"$KERNEL/release")
}

# once FILE COMMAND...: makes FILE unless there is one as new as what it is made with; one test makes, the others wait.
once() {
    local file=$1
    shift
    (
        flock 9
        is_up_to_date "$file" || "$@" || exit 1
        touch "$file"
    ) 9>>"$file.lock" || bail_out "cannot make $file"
}

is_up_to_date() {
    local input
    [ -e "$1" ] || return 1
    for input in "$KINDLING" "$BUILD/init/init" modules.d/* modules.d/profiles/* qemu/mkdisk qemu/mkroot qemu/mkdebian; do
        ! [ "$input" -nt "$1" ] || return 1
    done
}

# image NAME OPTIONS...: IMAGE, built for the kernel in use.
image() {
    IMAGE=$MADE/$1-$KVER.img
    shift
    once "$IMAGE" "$KINDLING" build -k "$KVER" --modules-dir "$KERNEL/lib/modules" -o "$IMAGE" "$@"
    check "cpio lists ${IMAGE##*/}" cpio_lists "$IMAGE"
}

# By the command line tools of its own compressor.
unpacked() {
    case $(od -An -tx1 -N4 "$1" | tr -d ' ') in
        1f8b*) zcat "$1" ;;
        28b52ffd) zstd -dcq "$1" ;;
        fd377a58) xz -dc "$1" ;;
        02214c18) lz4 -dcq "$1" ;;
        *) cat "$1" ;;
    esac
}

# To its end and without a complaint.
cpio_lists() {
    local said
    said=$(unpacked "$1" | cpio -it 2>&1 >/dev/null | grep -vE '^[0-9]+ blocks$')
    [ -z "$said" ] || {
        echo "$said"
        return 1
    }
}

# disk NAME MKDISK-OPTIONS...: DISK, a root disk with qemu/mkroot's content.
disk() {
    DISK=$MADE/$1.img
    shift
    once "$MADE/root" qemu/mkroot "$MADE/root"
    once "$DISK" qemu/mkdisk "$@" "$DISK" "$MADE/root"
}

# run_machine NAME UNTIL CMDLINE DISKS...: LOG and STATUS. With an empty UNTIL it runs until it powers off. A disk is
# qemu/run's -d argument. That no machine runs into its timeout is a test of its own: whatever it showed until then, it
# did not end as it should.
run_machine() {
    local name=$1 until=$2 cmdline=$3 one disks=()
    shift 3
    for one in "$@"; do
        disks+=(-d "$one")
    done
    LOG=$LOGS/${0##*/}-$tap_count-${name//[^a-zA-Z0-9]/_}.log
    qemu/run -k "$KERNEL/vmlinuz" -i "$IMAGE" -M "$MACHINE" -m "$MEMORY" ${SNAPSHOT:+"$SNAPSHOT"} "${disks[@]}" \
        -a "$PANIC $cmdline" --log "$LOG" --timeout "$TIMEOUT" ${until:+--until "$until"} "${RUN_OPTIONS[@]}" 2>"$LOG.err"
    STATUS=$?
    [ "$STATUS" != 124 ] || check "$name: ends in time" cat_and_fail "$LOG.err"
}

cat_and_fail() {
    cat "$1"
    return 1
}

log_shows() {
    local line
    for line in "$@"; do
        grep -qaF -- "$line" "$LOG" || {
            echo "the console does not show: $line"
            tail -n 15 "$LOG" "$LOG.err"
            echo "all of it: $LOG"
            return 1
        }
    done
}

log_lacks() {
    local line
    for line in "$@"; do
        ! grep -aF -- "$line" "$LOG" || return 1
    done
}

# boots NAME CMDLINE DISKS -- LINES...: the real root's init runs to its end and the console shows all lines.
boots() {
    local name=$1 cmdline=$2 disks=()
    shift 2
    while [ "$1" != -- ]; do
        disks+=("$1")
        shift
    done
    shift
    run_machine "$name" 'real-root: done' "$cmdline" "${disks[@]}"
    check "boots: $name" log_shows 'real-root: done' "$@"
}

# fails NAME CMDLINE DISKS -- LINES...: the boot ends before the real root, and the console shows all lines.
fails() {
    local name=$1 cmdline=$2 disks=()
    shift 2
    while [ "$1" != -- ]; do
        disks+=("$1")
        shift
    done
    shift
    run_machine "$name" 'Kernel panic - not syncing: Attempted to kill init' "$cmdline" "${disks[@]}"
    check "fails: $name" ended_as_it_should "$@"
}

ended_as_it_should() {
    [ "$STATUS" = 0 ] || {
        echo "the machine did not end in init's own exit (qemu/run: $STATUS)"
        tail -n 15 "$LOG" "$LOG.err"
        return 1
    }
    log_lacks 'real-root:' && log_shows "$@" 'kindling: failed step='
}

# The state in the superblock, no journal to replay, and what a forced check says.
is_clean() {
    dumpe2fs -h "$1" 2>/dev/null >"$LOG.ext4"
    grep -q '^Filesystem state: *clean$' "$LOG.ext4" && ! grep needs_recovery "$LOG.ext4" && e2fsck -fn "$1"
}
