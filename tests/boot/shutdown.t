#!/bin/bash
# The root taken down from outside: each end of /run/initramfs/shutdown, and what stands in its way.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

# Its init goes back to the initramfs as systemd-shutdown does, with the word END, and leaves behind what it can.
make_ending_root() {
    rm -rf "$1" && qemu/mkroot "$1" && mkdir "$1/boot" && cp "$KERNEL/vmlinuz" "$1/boot" || return
    gcc -Os -static -s -o "$1/sbin/kexec_load" tests/boot/kexec_load.c || return
    cat >"$1/sbin/init" <<'INIT'
#!/bin/sh
PATH=/bin:/sbin
mount -o remount,rw /
echo "to be kept" >/written
mkdir -p "/tmp/with a blank"
mount -t tmpfs tmpfs "/tmp/with a blank"
sleep 1000 &
cd /run/initramfs
[ -x shutdown ] || { echo "init: there is no shutdown"; poweroff -f; }
./shutdown reboot
echo "init: by hand $?"
case $LEAVING in
    open) exec 9>"/tmp/with a blank/open" ;;
    kernel) kexec_load /boot/vmlinuz "console=ttyS0 panic=-1 second" && echo "init: loaded" ;;
esac
busybox mkdir dev proc sys run oldroot
mount -o bind . .
cd /run/initramfs
for place in dev proc sys; do
    mount -o move /$place $place
done
busybox pivot_root . oldroot
exec /shutdown $END <dev/console >dev/console 2>&1
INIT
}

# ends NAME UNTIL CMDLINE -- LINES...: takes a copy of the root down, in the way that the line UNTIL tells.
ends() {
    local name=$1 until=$2 cmdline=$3
    shift 4
    cp --sparse=always "$MADE/ending-$KVER.img" "$DISK"
    RUN_OPTIONS+=(--fail 'Kernel panic')
    SNAPSHOT='' run_machine "$name" "$until" "root=/dev/vda kindling.shutdown $cmdline" "$DISK"
    RUN_OPTIONS=()
    check "$name" ended "$@"
}

ended() {
    [ "$STATUS" = 0 ] || {
        tail -n 15 "$LOG" "$LOG.err"
        return 1
    }
    log_shows "$@"
}

# All that was written has come to the disk.
is_kept() {
    [ "$(debugfs -R 'cat /written' "$DISK" 2>/dev/null)" = "to be kept" ] && is_clean "$DISK"
}

use_kernel cloud
image vm
once "$MADE/ending-root-$KVER" make_ending_root "$MADE/ending-root-$KVER"
once "$MADE/ending-$KVER.img" qemu/mkdisk -t ext4 -p none "$MADE/ending-$KVER.img" "$MADE/ending-root-$KVER"
DISK=$MADE/ending-in-use.img

while IFS=: read -r word leaving line; do
    ends "END=$word${leaving:+, leaving a $leaving}" "$line" "END=$word LEAVING=$leaving" -- \
        "kindling: the old root is unmounted"
    check "nothing was in its way" log_lacks "kindling: cannot unmount"
    check "the root is clean" is_kept
done <<'LIST'
reboot::reboot: Restarting system
poweroff::reboot: Power down
exit::reboot: Power down
halt::reboot: System halted
kexec:kernel:Command line: console=ttyS0 panic=-1 second
kexec::reboot: Restarting system
::reboot: Restarting system
LIST
check "by hand, in a system that runs, it does nothing" log_shows "init: by hand 2" \
    "kindling: /init, and its copy /run/initramfs/shutdown, run as process 1 only"

ends "a file that the first process itself keeps open" "reboot: Power down" "END=poweroff LEAVING=open" -- \
    "kindling: cannot unmount /oldroot/tmp/with a blank: Resource busy" "kindling: cannot unmount /oldroot: Resource busy"
check "what could not be unmounted is told as such" log_lacks "kindling: the old root is unmounted"
check "but is clean all the same" is_kept

# Some of it would fit.
PANIC=
RUN_OPTIONS=(--type "$SHELL_PROMPT => mount -o remount,size=100k /run; exit")
ends "no room for it in /run" "reboot: Power down" "rd.break" -- \
    "kindling: cannot make /run/initramfs/shutdown: No space left on device" "init: there is no shutdown"

done_testing
