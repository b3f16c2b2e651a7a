#!/bin/bash
# rd.overlay: what is written goes elsewhere, and not a byte of the root's disk changes, whatever state it is in.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image overlay -p vm -f overlay

# A root whose init writes, and tells what it finds.
make_root() {
    mkdir -p "$MADE/overlay-root"
    qemu/mkroot "$MADE/overlay-root"
    cat >"$MADE/overlay-root/sbin/writer" <<'INIT'
#!/bin/sh
echo "writer: found $(cat /written 2>&1)"
echo "something" >/written
echo "writer: wrote $(cat /written)"
rm /etc/passwd && echo "writer: removed"
echo "writer: below $(cat /run/rootfsbase/etc/passwd)"
echo more >/run/rootfsbase/more || echo "writer: below is read-only"
echo more >"$RAW" || echo "writer: the device is protected"
while read -r device path type options rest; do
    echo "writer: mount $path $type $options"
done </proc/mounts
echo "writer: done"
umount -r / 2>/dev/null
sync
poweroff -f
INIT
    chmod 755 "$MADE/overlay-root/sbin/writer"
    qemu/mkdisk -t ext4 -p none "$MADE/overlay-ext4.img" "$MADE/overlay-root"
    qemu/mkdisk -t ext4 -p none -L upper "$MADE/overlay-upper.img"
}
once "$MADE/overlay-upper.img" make_root

# write_over NAME CMDLINE DISK...: a boot of copies that keep what is written; BEFORE and AFTER are the first one's sums.
write_over() {
    BEFORE=$(sha256sum <"$3")
    SNAPSHOT='' run_machine "$1" '' "root=/dev/vda init=/sbin/writer RAW=/dev/vda $2" "${@:3}"
    AFTER=$(sha256sum <"$3")
}

untouched() {
    [ "$BEFORE" = "$AFTER" ]
}

cp "$MADE/overlay-ext4.img" "$MADE/overlay-lower.img"
write_over "memory" "rd.overlay" "$MADE/overlay-lower.img"
check "boots: written to memory" log_shows "writer: found cat: can't open '/written'" "writer: wrote something" \
    "writer: removed" "writer: below root:x:0:0" "writer: below is read-only" "writer: the device is protected" \
    "writer: mount / overlay rw," "writer: mount /run/rootfsbase ext4 ro," "writer: done"
check "the disk is as it was" untouched

boots "memory of a size that is given" "root=/dev/vda rd.overlay=tmpfs:size=12M,mode=0711 show=/proc/mounts" "$MADE/overlay-ext4.img" -- \
    "size=12288k,mode=711" "real-root: done"
fails "a device that never comes, though the root is waited for without an end" "root=/dev/vda rootwait rd.overlay=LABEL=absent" \
    "$MADE/overlay-ext4.img" -- "kindling: rd.overlay=LABEL=absent: no device that was seen has that name"

# As a machine leaves it that loses its power: with a journal to replay, which would be written.
write_over "crash" "rw init=/bin/sh -- -c \"echo b >/proc/sysrq-trigger\"" "$MADE/overlay-lower.img"
cp "$MADE/overlay-upper.img" "$MADE/overlay-upper-kept.img"
for turn in first second; do
    write_over "$turn device" "rd.overlay=LABEL=upper rw" "$MADE/overlay-lower.img" "$MADE/overlay-upper-kept.img"
    case $turn in
        first) found="writer: found cat: can't open '/written'" ;;
        second) found="writer: found something" ;;
    esac
    check "boots: written to a device, the $turn time" log_shows "$found" "writer: wrote something" "writer: done" \
        "writer: mount /run/initramfs/overlay ext4 rw,"
    check "the root's disk is as it was, the $turn time" untouched
done

# A btrfs has a log of what was synced since its last commit; nobody can replay it on a disk that is write-protected.
disk btrfs-whole -t btrfs -p none -U 6b6b6b6b-8888-4222-8333-0123456789ab
cp --sparse=always "$DISK" "$MADE/overlay-log.img"
write_over "crash btrfs" "rw init=/bin/sh -- -c \"busybox dd if=/proc/version of=/file conv=fsync; echo b >/proc/sysrq-trigger\"" \
    "$MADE/overlay-log.img"
boots "a btrfs with a log to replay, on a write-protected disk" "root=/dev/vda rd.overlay show=/proc/mounts" \
    "$MADE/overlay-log.img,readonly" -- "/dev/vda /run/rootfsbase btrfs ro," "real-root: root overlay overlay rw,"

fails "the device never comes" "root=/dev/vda rd.overlay=LABEL=nowhere rd.timeout=5" "$MADE/overlay-lower.img" -- \
    "kindling: rd.overlay=LABEL=nowhere: no device that was seen has that name" 'failed step=overlay object="LABEL=nowhere"'
boots "rd.overlay=0 is none" "root=/dev/vda rd.overlay=0" "$MADE/overlay-ext4.img" -- "real-root: root /dev/vda ext4 ro,"

image vm
fails "an image without overlay says so" "root=/dev/vda rd.overlay" "$MADE/overlay-ext4.img" -- \
    "kindling: cannot lay rd.overlay over the root: neither this kernel nor this image has overlay (kindling build -f overlay)"

done_testing
