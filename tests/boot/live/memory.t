#!/bin/bash
# A live system that was copied into memory: its medium is taken out, and all of it is still there.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh

use_kernel cloud
image live -p vm -f live

debian_medium

# taken_out NAME CMDLINE: the only disk goes as soon as the live system waits for that.
taken_out() {
    local socket log=$LOGS/${0##*/}-$tap_count-${1//[^a-zA-Z0-9]/_}.log
    socket=$(mktemp -u /tmp/kindling-qmp.XXXXXX)
    rm -f "$log"
    # shellcheck disable=SC2054 # qemu has commas in its options
    RUN_OPTIONS=(--qmp "$socket" -- -blockdev "driver=file,node-name=medium,read-only=on,filename=$WORK/debian.iso"
        -device virtio-blk-pci,id=stick,drive=medium)
    (
        waited=0
        until grep -qs 'live: waits until vda is taken out' "$log" || [ $((waited += 1)) -gt 2000 ]; do
            sleep 0.1
        done
        qemu/qmp "$socket" device_del '{"id": "stick"}'
    ) >"$log.qmp" 2>&1 &
    live "$1" "$2 gone=vda" -- "the medium can be taken out" "live: all of the root can be read" "${@:3}"
    wait
    rm -f "$socket"
    RUN_OPTIONS=()
}
taken_out "by live-boot's word" "boot=live toram" "live: mount /run/live/medium tmpfs ro,"
taken_out "by dracut's" "root=live:CDLABEL=d-live rd.live.ram" "live: mount /run/initramfs/live tmpfs ro,"

# The root in the initramfs itself: 60 MB that are there once, and not a second time as a copy of them.
noisy() {
    rm -rf "$1" "$1.tree"
    cp -a "$WORK/root" "$1.tree"
    head -c 60000000 /dev/urandom >"$1.tree/noise"
    mksquashfs "$1.tree" "$1" -quiet -no-progress
    rm -rf "$1.tree"
}
once "$WORK/noisy.squashfs" noisy "$WORK/noisy.squashfs" "$WORK/root"
image ram-noisy -p vm --root-image "$WORK/noisy.squashfs"
live "the root is part of the initramfs" "root=ram" -- "live: mount /run/rootfsbase squashfs ro,"
taken() {
    local taken
    taken=$(tr -d '\r' <"$LOG" | sed -n 's/^live: taken \([0-9]*\) MiB$/\1/p')
    echo "$taken MiB are taken"
    [ "$taken" -ge 57 ] && [ "$taken" -lt 114 ]
}
check "it is in memory once" taken
image live -p vm -f live

# A medium that is read for longer than it takes until somebody wants to know: 30 MB at 2 MB a second.
slow() {
    rm -rf "$1.tree" "$1.2"
    mkdir -p "$1.tree"
    head -c 30000000 /dev/urandom >"$1.tree/noise"
    mksquashfs "$1.tree" "$1.2" -quiet -no-progress
    iso "$1" d-live live/filesystem.squashfs="$WORK/root.squashfs" live/noise.squashfs="$1.2" && implantisomd5 "$1"
}
once "$WORK/slow.iso" slow "$WORK/slow.iso" "$WORK/root.squashfs"
# shellcheck disable=SC2054 # qemu has commas in its options
RUN_OPTIONS=(-- -drive "if=none,id=slow,format=raw,readonly=on,throttling.bps-total=2000000,file=$WORK/slow.iso" -device virtio-blk-pci,drive=slow)
live "a check and a copy that take their time" "boot=live toram rd.live.check" -- "kindling: checking the medium: " \
    "kindling: the medium is as it was made" "kindling: copied " "MiB into memory" "the medium can be taken out"
RUN_OPTIONS=()
done_testing
