#!/bin/bash
# What goes wrong with live media, and the sentence that says so.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh

use_kernel cloud
image live -p vm -f live

debian_medium

fails "no medium" "boot=live rd.timeout=3" -- \
    "kindling: no medium has /live/*.squashfs: none of the devices seen within 3 s holds it"
fails "no medium of that label" "root=live:CDLABEL=other rd.timeout=3" "$WORK/debian.iso" -- \
    "kindling: no device is the medium LABEL=other: none of those seen within 3 s has that name"
fails "two media of one label" "root=live:LABEL=d-live" "$WORK/debian.iso" "$WORK/debian.iso" -- \
    "kindling: the medium LABEL=d-live is ambiguous: /dev/vda1 and /dev/vdb1 both have that name"
fails "a medium of another layout" "root=live:LABEL=d-live rd.live.squashimg=other.img" "$WORK/debian.iso" -- \
    "kindling: there is no /LiveOS/other.img on /dev/vda1: is it the medium, and whole?"
fails "no ISO image of that name" "boot=live findiso=/isos/none.iso rd.timeout=3" "$WORK/debian.iso" -- \
    "kindling: no medium has /isos/none.iso"

damaged() {
    cp "$WORK/root.squashfs" "$1.squashfs"
    printf 'xxxxxxxxxxxxxxxx' | dd of="$1.squashfs" bs=1 seek=96 conv=notrunc status=none
    dd if=/dev/urandom of="$1.squashfs" bs=1k seek=$(($(stat -c %s "$1.squashfs") / 1024 - 8)) count=8 conv=notrunc status=none
    iso "$1" d-live live/filesystem.squashfs="$1.squashfs"
}
once "$WORK/damaged.iso" damaged "$WORK/damaged.iso" "$WORK/root.squashfs"
fails "a squashfs whose tables are damaged" "boot=live" "$WORK/damaged.iso" -- \
    "kindling: cannot mount /run/live/medium/live/filesystem.squashfs:"

cut_off() {
    head -c 500000 "$WORK/root.squashfs" >"$1.squashfs"
    iso "$1" d-live live/filesystem.squashfs="$1.squashfs"
}
once "$WORK/cut.iso" cut_off "$WORK/cut.iso" "$WORK/root.squashfs"
fails "a squashfs that was cut off" "boot=live" "$WORK/cut.iso" -- \
    "kindling: cannot mount /run/live/medium/live/filesystem.squashfs: there is"

fails "more than the memory takes" "boot=live toram rd.minmem=9000" "$WORK/debian.iso" -- \
    "kindling: the images take 1 MiB of memory, and of the" "are to be left (rd.minmem=): boot without toram or rd.live.ram"

# From the middle of the medium on nothing can be read.
# shellcheck disable=SC2054 # qemu has commas in its options
RUN_OPTIONS=(-- -blockdev "driver=file,node-name=whole,filename=$WORK/debian.iso"
    -blockdev "driver=blkdebug,node-name=broken,image=whole,inject-error.0.event=none,inject-error.0.sector=1600,inject-error.0.errno=5"
    -device virtio-blk-pci,drive=broken)
fails "a read error half way, while it is copied" "boot=live toram" -- \
    "kindling: cannot copy live/filesystem.squashfs of the medium into memory" "I/O error"
RUN_OPTIONS=()

fails "what is not done" "boot=live fetch=https://10.0.2.2/root.squashfs" -- \
    "kindling: fetch on the kernel command line: a live system is fetched by http: alone"
fails "what only apk does" "modules=loop,squashfs alpine_dev=usbdisk:vfat modloop=/boot/modloop-lts" "$WORK/debian.iso" -- \
    "kindling: modloop on the kernel command line: Alpine's root is put together by apk, which no image of kindling has"
# A medium that is put in when the machine has been waiting for it for more than fifteen seconds.
socket=$(mktemp -u /tmp/kindling-qmp.XXXXXX)
RUN_OPTIONS=(--qmp "$socket")
rm -f "$LOGS"/failures.t-*-a_medium_that_comes_late.log
(
    waited=0
    until grep -qs 'still waiting for a medium with /live/\*.squashfs after 1' "$LOGS"/failures.t-*-a_medium_that_comes_late.log ||
        [ $((waited += 1)) -gt 1500 ]; do
        sleep 0.1
    done
    qemu/qmp "$socket" \
        blockdev-add "{\"driver\": \"raw\", \"node-name\": \"late\", \"read-only\": true,
            \"file\": {\"driver\": \"file\", \"filename\": \"$PWD/$WORK/debian.iso\"}}" \
        device_add '{"driver": "virtio-blk-pci", "drive": "late"}'
) >"$LOGS/live-late.qmp" 2>&1 &
live "a medium that comes late" "boot=live rd.timeout=120" -- "live: mount /run/live/medium iso9660 ro,"
wait
rm -f "$socket"
RUN_OPTIONS=()

image vm -p vm
fails "an image without the feature" "boot=live" "$WORK/debian.iso" -- "(kindling build -f live)"
done_testing
