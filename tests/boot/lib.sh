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
BOOT_LOADER=        # yes: the kernel as a boot loader takes it, see kernel_to_boot
SNAPSHOT=--snapshot  # empty: what the machine writes stays in the disks' files
RUN_OPTIONS=()
ARCHITECTURE=       # arm64: kernels, roots and /init of that architecture

# The prompt of a shell in the initramfs that waits, and no line that was typed at one; busybox asks the terminal where
# its cursor is, and the kernel may have something to say just then.
# shellcheck disable=SC2034 # for --type
SHELL_PROMPT='^[/~] # (\e\[6n)?(\[ *[0-9.]+\] .*)?$'

# use_kernel FLAVOUR [SUITE [VERSION]]: KERNEL (its directory) and KVER.
use_kernel() {
    KERNEL=$(qemu/fetch-kernel --flavour "$1" ${2:+--suite "$2"} ${3:+--version "$3"} ${ARCHITECTURE:+--arch "$ARCHITECTURE"}) ||
        bail_out "no kernel $*: see above"
    KVER=$(<"$KERNEL/release")
}

# What is made here is shared by all tests, and by later runs, for as long as it would be made the same. FILE.recipe says
# in lines what FILE was made of.

# Of the tools that make disks and roots each byte counts; of all programs of this system, that none was replaced.
TOOLS=$(sha256sum qemu/mk* qemu/common.sh qemu/xfs-prototype && stat -c '%n %Y' /var/lib/dpkg/status)

# once FILE COMMAND...: makes FILE unless it was made by the same recipe; one test makes, the others wait.
once() {
    made_by "$(recipe "$@")" "$@"
}

# made_by RECIPE FILE COMMAND...
made_by() {
    local recipe=$1 file=$2
    shift 2
    (
        flock 9
        [ -e "$file" ] && [ "$recipe" = "$(cat "$file.recipe" 2>/dev/null)" ] && exit
        rm -f "$file.recipe"
        "$@" && echo "$recipe" >"$file.recipe"
    ) 9>>"$file.lock" || bail_out "cannot make $file"
}

# recipe FILE COMMAND...: a function stands for the test that has it, and the kernel in use; what has a recipe itself, for
# that; any other file and tree that is named with a slash, for its names, sizes and times.
recipe() {
    local file=$1 word
    shift
    printf '%s\n' "$*" "$TOOLS"
    ! declare -F "$1" >/dev/null || { sha256sum "$0" && echo "kernel ${KERNEL-}"; }
    for word in "${@:2}"; do
        if [[ $word != */* ]] || [ "$word" = "$file" ]; then
            continue
        elif [ -e "$word.recipe" ]; then
            sha256sum "$word.recipe"
        elif [ -e "$word" ]; then
            echo "$(listing_of "$word" | sha256sum) $word"
        fi
    done
}

listing_of() {
    find -H "$1" -printf '%P %l %s %T@\n' | LC_ALL=C sort
}

# image NAME OPTIONS...: IMAGE, built for the kernel in use. The kernel's modules are too many for all of their bytes.
image() {
    local name=$1 recipe
    shift
    set -- "$KINDLING" build -q -k "$KVER" --modules-dir "$KERNEL/lib/modules" "$@"
    recipe=$(recipe '' "$@" && sha256sum "$KINDLING" "$BUILD/init/${ARCHITECTURE:+$ARCHITECTURE/}"{init,network} && contents_of modules.d template ${KINDLING_ETC+"$KINDLING_ETC"})
    named_after IMAGE "$name-$KVER" "$recipe"
    made_by "$recipe" "$IMAGE" "$@" -o "$IMAGE"
    check "cpio lists $name-$KVER" cpio_lists "$IMAGE"
}

contents_of() {
    find -H "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
}

# named_after VARIABLE NAME RECIPE: a file of its own for each recipe. Others of that name go, when no test has wanted
# them for an hour.
named_after() {
    local key
    key=$(sha256sum <<<"$3")
    printf -v "$1" '%s' "$MADE/$2-${key:0:12}.img"
    touch -c "${!1}" "${!1}".*
    find "$MADE" -maxdepth 1 -type f -name "$2-????????????.img*" -mmin +60 -delete
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
    local name=$1 recipe
    shift
    test_root
    recipe=$(recipe '' qemu/mkdisk "$@" "$ROOT_DIRECTORY")
    named_after DISK "$name" "$recipe"
    made_by "$recipe" "$DISK" qemu/mkdisk "$@" "$DISK" "$ROOT_DIRECTORY"
}

# ROOT_DIRECTORY, with qemu/mkroot's content.
test_root() {
    ROOT_DIRECTORY=$MADE/root${ARCHITECTURE:+-$ARCHITECTURE}
    once "$ROOT_DIRECTORY" qemu/mkroot ${ARCHITECTURE:+--busybox "build/sysroot/$ARCHITECTURE/bin/busybox"} "$ROOT_DIRECTORY"
}

# The kernel in use, in the form that boots fastest: what a compressed one takes to inflate itself is half of a boot under
# emulation. What a test is about that this way does without, it asks for with BOOT_LOADER=yes: the firmware's list of
# disks (EDD), the text mode of a screen, the file that a boot loader loads.
kernel_to_boot() {
    if [ "$BOOT_LOADER" ] || [ "$ARCHITECTURE" ]; then
        echo "$KERNEL/vmlinuz"
    else
        qemu/vmlinux "$KERNEL/vmlinuz"
    fi
}

# run_machine NAME UNTIL CMDLINE DISKS...: LOG and STATUS. With an empty UNTIL it runs until it powers off. A disk is
# qemu/run's -d argument. That no machine runs into its timeout is a test of its own: whatever it showed until then, it
# did not end as it should.
run_machine() {
    local name=$1 until=$2 cmdline=$3 one kernel disks=()
    kernel=$(kernel_to_boot) || bail_out "no kernel to boot: see above"
    shift 3
    for one in "$@"; do
        disks+=(-d "$one")
    done
    LOG=$LOGS/${0##*/}-$tap_count-${name//[^a-zA-Z0-9]/_}.log
    qemu/run -k "$kernel" -i "$IMAGE" -M "$MACHINE" -m "$MEMORY" ${SNAPSHOT:+"$SNAPSHOT"} "${disks[@]}" \
        -a "$PANIC $cmdline" --log "$LOG" --timeout "$TIMEOUT" ${until:+--until "$until"} "${RUN_OPTIONS[@]}" 2>"$LOG.err"
    STATUS=$?
    echo "$STATUS" >"$LOG.status"
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

# A log that was cut off lacks anything: the machine must have come to what was waited for.
log_lacks() {
    local line
    [ "$(cat "$LOG.status" 2>&1)" = 0 ] || {
        echo "the machine did not come to its end (qemu/run: $(cat "$LOG.status" 2>&1))"
        tail -n 15 "$LOG" "$LOG.err"
        return 1
    }
    for line in "$@"; do
        ! grep -aF -- "$line" "$LOG" || return 1
    done
}

# What the real root's init says at its end, unless it is another.
DONE='real-root: done'

# boots NAME CMDLINE DISKS -- LINES...: the real root's init runs to its end and the console shows all lines.
boots() {
    local name=$1 cmdline=$2 disks=()
    shift 2
    while [ "$1" != -- ]; do
        disks+=("$1")
        shift
    done
    shift
    run_machine "$name" "$DONE" "$cmdline" "${disks[@]}"
    check "boots: $name" log_shows "$DONE" "$@"
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
