# Live media for the boot tests: source it after lib.sh.
# shellcheck shell=bash

PATH=$PATH:/usr/sbin:/sbin
WORK=$MADE/live-$(basename "$0" .t) # of its own: tests of the same run share nothing here
mkdir -p "$WORK"

# A root whose init tells what is mounted, and whether it can write.
live_root() {
    qemu/mkroot "$WORK/root"
    cat >"$WORK/root/sbin/live" <<'INIT'
#!/bin/sh
echo "live: root $(sed -n 's/^\(.*\) \/ overlay.*$/overlay/p' /proc/mounts)"
while read -r device path type options rest; do
    echo "live: mount $path $type $options"
done </proc/mounts
while read -r key value rest; do
    case $key in
        MemTotal:) total=$value ;;
        MemAvailable:) available=$value ;;
    esac
done </proc/meminfo
echo "live: taken $(((total - available) / 1024)) MiB"
echo "live: layer $(cat /layer 2>/dev/null)"
echo "live: home $(cat /home/here 2>&1)"
echo "live: found $(cat /written 2>&1)"
echo something >/written && echo "live: wrote $(cat /written)"
for word in $(cat /proc/cmdline); do
    case $word in
        gone=*) # what is left when that disk was taken out
            echo "live: waits until ${word#gone=} is taken out"
            while [ -e "/sys/block/${word#gone=}" ]; do sleep 0.1; done
            find / -xdev -type f -exec cat {} + >/dev/null && echo "live: all of the root can be read"
            ;;
        keep=*) # a file of which a part of the root is kept
            echo "live: kept ${word#keep=} $(cat "${word#keep=}" 2>&1)"
            echo "what was put there" >"${word#keep=}"
            ;;
        carry=*) # the medium, as a file, to a device with a file system that only a kernel writes to
            mkdir -p /tmp/carried && mount "${word#carry=}" /tmp/carried && cat /dev/vda >/tmp/carried/d.iso &&
                umount /tmp/carried && echo "live: carried"
            ;;
    esac
done
sync # the machine may be stopped at the next line
echo "live: done"
mount -o remount,ro / 2>/dev/null
poweroff -f
INIT
    chmod 755 "$WORK/root/sbin/live"
    mkdir -p "$WORK/root/cdrom" "$WORK/root/rofs" "$WORK/root/host" "$WORK/root/home"
    echo "as it was made" >"$WORK/root/home/here"
}
once "$WORK/root" live_root tests/boot/live.sh

# packed FILE: the root as a squashfs, or as an erofs, by the file's name.
packed() {
    rm -f "$1"
    case $1 in
        *.erofs) mkfs.erofs -T 0 "$1" "$WORK/root" ;;
        *) mksquashfs "$WORK/root" "$1" -quiet -no-progress -comp "${COMPRESSOR:-gzip}" ;;
    esac >/dev/null
}
once "$WORK/root.squashfs" packed "$WORK/root.squashfs"

# iso FILE LABEL PATH=SOURCE...: an ISO image with these files, for disc and stick; /.disk is there as on Debian's.
iso() {
    local file=$1 label=$2 one
    shift 2
    rm -rf "$file" "$file.tree"
    mkdir -p "$file.tree/.disk"
    echo "a medium of kindling's tests" >"$file.tree/.disk/info"
    for one in "$@"; do
        mkdir -p "$file.tree/$(dirname "${one%%=*}")"
        cp "${one#*=}" "$file.tree/${one%%=*}"
    done
    xorriso -as mkisofs -quiet -V "$label" -J -R -partition_offset 16 -o "$file" "$file.tree" 2>"$file.log" || cat "$file.log"
    rm -rf "$file.tree"
    [ -s "$file" ]
}

# debian_medium: $WORK/debian.iso, a medium of Debian's layout with the root, labelled d-live.
debian_medium() {
    once "$WORK/debian.iso" iso "$WORK/debian.iso" d-live live/filesystem.squashfs="$WORK/root.squashfs"
}

# live NAME CMDLINE DISKS -- LINES...: as boots, until the live root has told its tale.
live() {
    DONE='live: done' boots "$1" "init=/sbin/live $2" "${@:3}" 'live: wrote something'
}

# kept NAME CMDLINE DISKS -- LINES...: twice on the same disks, the second time with what was written in the first.
kept() {
    local name=$1 cmdline=$2
    shift 2
    SNAPSHOT='' live "$name, the first time" "$cmdline" "$@" "live: found cat: can't open"
    SNAPSHOT='' live "$name, the second time" "$cmdline" "$@" "live: found something"
}

# by_firmware UNTIL OPTIONS...: LOG, of a machine that its firmware boots; the options are qemu/run's.
by_firmware() {
    # shellcheck disable=SC2154 # tap.sh counts.
    LOG=$LOGS/$(basename "$0" .t)-$tap_count.log
    qemu/run -M q35 --snapshot --log "$LOG" --timeout "$TIMEOUT" --until "$1" "${@:2}" 2>"$LOG.err"
    echo $? >"$LOG.status"
}

# efi_disk DISK PROGRAM: a disk of whose ESP the firmware starts that.
efi_disk() {
    rm -f "$1"
    truncate -s 64M "$1"
    mkfs.vfat -n ESP "$1" >/dev/null && mmd -i "$1" ::/EFI ::/EFI/BOOT && mcopy -i "$1" "$2" ::/EFI/BOOT/BOOTX64.EFI
}
