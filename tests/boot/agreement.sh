# kindling check beside the boot that it speaks of: source it after lib.sh. The test says which machines there are, in
# qemu_machine and disk_bus, and the root's UUID.
# shellcheck shell=bash disable=SC2034,SC2153,SC2154

. tests/mutilate.sh

BROKEN=$MADE/${0##*/}-broken.img
# boot EXPECTED MACHINE DISK [CMDLINE]: does the real root's init run? One that is expected to has all the time it wants.
boot() {
    local MACHINE=${qemu_machine[$2]} wait=rd.timeout=30
    [ "$1" = 0 ] || wait=rd.timeout=3
    attach "$2" "$3"
    run_machine "$image_name on $2" 'real-root: done|Kernel panic - not syncing' "root=UUID=$UUID $wait ${4-}" \
        "${attached[@]}"
    echo "$LOG" >"$LOGS/${0##*/}.last"
    [ "$STATUS" = 0 ] || {
        echo "the machine came to no end (qemu/run: $STATUS)"
        return 2
    }
    grep -qaF 'real-root: done' "$LOG"
}

# attach MACHINE DISK: attached, as run_machine wants it. A disk that qemu/run knows no bus for has an attach of its own.
attach() {
    attached=("$2,bus=${disk_bus[$1]}")
}

# agrees EXPECTED PATTERN MACHINE DISK CHECK-OPTIONS...: 0 or 1 from the checker and from the boot; the checker's words.
agrees() {
    local expected=$1 pattern=$2 machine=$3 disk=$4 said status
    shift 4
    said=$("$KINDLING" check --machine "$machine" --root "$disk" "$@" "$IMAGE" 2>&1)
    status=$?
    echo "$said"
    [ "$status" = "$expected" ] && grep -qE -- "$pattern" <<<"$said" && [ "$(wc -l <<<"$said")" -le 2 ] || return 1
    boot "$expected" "$machine" "$disk" "$SHOWS"
    status=$?
    [ "$status" = "$expected" ] || tail -n 15 "$LOG"
    [ "$status" = "$expected" ]
}

# passes MACHINE [DISK [PATTERN [OPTIONS]]], refuses MACHINE PATTERN [DISK [OPTIONS]]: the image in use.
passes() {
    check "$image_name boots on $1" agrees 0 "${3:-boots on $1}" "$1" "${2:-$EXT4}" "${@:4}"
}
refuses() {
    check "$image_name does not boot on $1: $2" agrees 1 "does not boot.*$2" "$1" "${3:-$EXT4}" "${@:4}"
}

# The description says what the machine that was booted last said of itself.
SHOWS=
MACHINES=modules.d/machines
describes() {
    local machine=$1 described real
    described=$(awk '$1 == "device" { print $2 }' "$MACHINES/$machine")
    real=$(sed -n 's|.*real-root: file /sys/class/block/[^ ]*/modalias ||p' "$LOG" | tr -d '\r')
    diff <(echo "$described") <(echo "$real")
}
passes_as_described() {
    local path
    for path in ${device_paths[$1]}; do
        SHOWS+=" show=/sys/class/block/$path/modalias"
    done
    passes "$1"
    SHOWS=
    LOG=$(<"$LOGS/${0##*/}.last")
    check "$1 has the devices that its description names" describes "$1"
}

# take NAME BUILD-OPTIONS...: an image as it should be. spoil NAME COMMAND...: the one in use, mutilated.
take() {
    image_name="$FLAVOUR kernel, $1"
    image "check-$1" "${@:2}"
    WHOLE=$IMAGE
}
spoil() {
    image_name="$FLAVOUR kernel, $1"
    IMAGE=$BROKEN
    check "made: $1" mutilate "$WHOLE" "$IMAGE" "${@:2}"
}
