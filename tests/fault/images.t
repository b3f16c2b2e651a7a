#!/bin/bash
# Damaged images: cut off or with a bit flipped, none leads to a shell or to half a boot. What becomes of each is worked
# out without a machine (damage.c); some are booted, and with KINDLING_DAMAGE=all every one that is cut.
. "$(dirname "$0")/../boot/lib.sh"
BOOT_LOADER=yes # a kernel unpacking lz4 reads beyond a cut-off image, which qemu puts at the very end of memory without a loader

DAMAGE=$BUILD/tests/fault/damage
PLACES=$MADE/damage

# survives NAME ARGUMENT...: no damage of that kind goes unnoticed. Leaves "PLACE OUTCOME" lines in $PLACES.
survives() {
    local name=$1
    shift
    check "$name" "$DAMAGE" "$IMAGE" "$@"
    "$DAMAGE" "$IMAGE" "$@" >"$PLACES"
    echo "# $(cut -d ' ' -f 2 "$PLACES" | sort | uniq -c | tr -s ' \n' ' ')"
}

# outcomes_are REGEX: there is no other outcome.
outcomes_are() {
    local outcomes
    outcomes=$(cut -d ' ' -f 2 "$PLACES" | sort -u)
    echo "$outcomes"
    ! grep -vxE "$1" <<<"$outcomes"
}

# some OUTCOME COUNT: places of that outcome, spread over all of them, the first and the last included.
some() {
    grep " $1" "$PLACES" | cut -d ' ' -f 1 | sort -nu |
        awk -v count="$2" '{ place[NR] = $1 } END { for (i = 0; NR && i < count; i++) print place[1 + int(i * (NR - 1) / (count > 1 ? count - 1 : 1))] }' |
        sort -nu
}

# cut_machine PLACE: a machine with the image in use, cut off there; its log is log_of_cut PLACE.
cut_machine() {
    local log whole=$IMAGE IMAGE=$IMAGE-cut-$1
    log=$(IMAGE=$whole log_of_cut "$1")
    head -c "$1" "$whole" >"$IMAGE"
    run_machine "cut-$1" 'Kernel panic|real-root: done|[/~] # $' "root=/dev/vda1 rd.shell rw" "$DISK"
    mv "$LOG" "$log" && mv "$LOG.status" "$log.status"
    rm "$IMAGE"
}

log_of_cut() {
    echo "$LOGS/${0##*/}-${IMAGE##*/}-cut-$1.log"
}

# boot_cuts OUTCOME PLACE...: as many at once as there are processors.
boot_cuts() {
    local outcome=$1 place begun=0
    shift
    for place; do
        cut_machine "$place" &
        [ $((++begun % $(nproc))) -ne 0 ] || wait
    done
    wait
    for place; do
        LOG=$(log_of_cut "$place")
        check "${IMAGE##*/}, cut off after $place bytes, in a machine: $outcome" ends_as "$outcome"
    done
}

ends_as() {
    local cannot="kindling: this initramfs cannot boot: it was not unpacked to its end"
    case $1 in
        whole) log_shows 'real-root: done' ;;
        refused) log_shows "$cannot" 'Attempted to kill init' && log_lacks 'real-root:' "a shell in" "/ # " ;;
        *) log_shows 'Kernel panic' && log_lacks 'real-root:' "a shell in" "/ # " ;;
    esac
}

# boot_some OUTCOME COUNT: so many of these, or all. That there are so many is a test of its own.
boot_some() {
    local places count=$2
    [ "${KINDLING_DAMAGE-}" != all ] || count=100000
    mapfile -t places < <(some "$1" "$count")
    [ "$2" = 0 ] || check "${IMAGE##*/}: at least $2 are booted that end so: $1" test "${#places[@]}" -ge "$2"
    boot_cuts "$1" "${places[@]}"
}

use_kernel cloud
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab
PANIC=panic=-1

image minimal -p minimal -f virtio
survives "a small image, cut at each 4 KiB" every 4096
# Behind the seal there is only the trailer.
check "the kernel or /init refuses it, unless all of it is there" outcomes_are "kernel|partial|refused|whole"
boot_some kernel 1
boot_some partial 4
boot_some refused 2
# Its modules are too few for a compression of their own: they have no checksum but, on most kernels, a signature.
survives "a small image, a bit flipped" flips 400 1

image vm
survives "a large image, cut at 500 places" cuts 500 1
check "the kernel or /init refuses it" outcomes_are "kernel|partial|refused"
boot_some kernel 0
boot_some partial 0
boot_some refused 2
survives "a large image, a bit flipped" flips 100 1
# Whole: what stands between two of its entries is read by nobody.
check "checksums see each" outcomes_are "caught|kernel|partial|refused|whole"

image bare -p minimal -f virtio -z none
survives "an uncompressed image, cut at each 4 KiB" every 4096
boot_some refused 2
survives "an uncompressed image, a bit flipped" flips 400 1
for method in zstd lz4 xz; do
    image "$method" -p minimal -f virtio -z "$method"
    boot_cuts kernel $(($(stat -c %s "$IMAGE") * 3 / 4))
done

done_testing
