#!/bin/bash
# Real systems: Debian with each of its inits, from the kernel to a prompt on the serial console and down again.
. "$(dirname "$0")/lib.sh"
. tests/boot/systems.sh
BOOT_LOADER=yes

MEMORY=512
TIMEOUT=400

# What is asked of a system at its prompt, laid on its disk.
make_questions() {
    rm -rf "$1" && mkdir -p "$1/sbin" && cat >"$1/sbin/tell" <<'TELL'
#!/bin/sh
# Beginnings of lines that the console can be searched for.
say() {
    while read -r line; do
        echo "system: $1 $line"
    done
}
# What mounts there are where an initramfs has left any, and which places are mounted on twice.
awk '$2 ~ "^/(dev|proc|sys|run|)$" { print $2, $3 }' /proc/self/mounts | LC_ALL=C sort | paste -sd ' ' | say mounts
awk '{ print $2 }' /proc/self/mounts | sort | uniq -d | say twice
awk '$2 == "/" { print substr($4, 1, 2) }' /proc/self/mounts | say root
ls /run/initramfs | say kept
if [ -d /run/systemd/system ]; then
    systemctl is-system-running --wait | say running
    systemctl --failed --plain --no-legend --no-pager | say failed
    journalctl -b -p warning _PID=1 -o cat --no-pager | say complaint
    systemd-analyze time | say analyze
fi
echo "system: told"
TELL
    chmod 755 "$1/sbin/tell" && mkdir "$1/usr" && mv "$1/sbin" "$1/usr/sbin"
}

# system_disk INIT: DISK, a fresh copy that this boot may write to.
system_disk() {
    once "$MADE/debian-$1.img" qemu/mkdebian -I "$1" "$MADE/debian-$1.img" "$MADE/questions"
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

PATH=$PATH:/usr/sbin:/sbin
once "$MADE/questions" make_questions "$MADE/questions"
use_kernel cloud
image vm

system_disk systemd
to_prompt_and_down systemd "root=/dev/vda console=tty0 console=ttyS0" tell "$DISK"
went_well systemd
check "systemd: it is up without a failure" is "$(told running)" running
check "systemd: no unit failed" is "$(told failed)" ""
check "systemd: it complains of nothing" is "$(told complaint)" ""
check "systemd: systemd-analyze knows of the initramfs" grep -qE '\(kernel\) \+ [0-9.a-z ]+ \(initrd\) \+ .*\(userspace\)' <(told analyze)

for init in sysvinit openrc runit; do
    system_disk "$init"
    to_prompt_and_down "$init" "root=/dev/vda console=ttyS0" tell "$DISK"
    went_well "$init"
done

# The same without a distribution.
make_busybox_root() {
    local applet
    rm -rf "$1" && cp -R "$MADE/root" "$1" && cp -R "$MADE/questions/usr/sbin/tell" "$1/sbin" && rm "$1/sbin/init" || return
    for applet in $("$1/bin/busybox" --list); do
        [ -e "$1/bin/$applet" ] || ln -s busybox "$1/bin/$applet"
    done
    ln -s ../bin/busybox "$1/sbin/init"
    echo 'root::0:0:root:/root:/bin/sh' >"$1/etc/passwd"
    cat >"$1/etc/inittab" <<'INITTAB'
::sysinit:/bin/mount -o remount,rw /
ttyS0::respawn:/bin/getty -L ttyS0 9600 vt100
::shutdown:/bin/umount -a -r
INITTAB
}
once "$MADE/root" qemu/mkroot "$MADE/root"
once "$MADE/busybox-root" make_busybox_root "$MADE/busybox-root"
DISK=$MADE/busybox-in-use.img
qemu/mkdisk -t ext4 -p none "$DISK" "$MADE/busybox-root" || bail_out "cannot make a disk"
to_prompt_and_down busybox "root=/dev/vda console=ttyS0" "/sbin/tell" "$DISK"
went_well busybox

# A word for the init itself, which the kernel hands to /init.
system_disk sysvinit
run_machine "single" 'Press Enter for maintenance|Give root password' "root=/dev/vda single" "$DISK"
check "sysvinit: single" log_shows "INIT: version" "Press Enter for maintenance"

# The root taken down from outside, on a machine whose last console is not the one somebody types at.
system_disk systemd
image shutdown -f shutdown
to_prompt_and_down shutdown "root=/dev/vda console=ttyS0 console=tty0" tell "$DISK"
went_well shutdown
check "shutdown: systemd goes back to the initramfs" log_shows "systemd-shutdown[1]: Successfully changed into root pivot"
check "shutdown: which unmounts the root" log_shows "kindling: the old root is unmounted"
check "shutdown: and finds nothing in its way" log_lacks "kindling: cannot unmount"
check "shutdown: it is there" grep -qx shutdown <(told kept)

# Above a root that is not written to: its fstab asks for options of ext4, which systemd then remounts the overlay with.
system_disk systemd
image overlay -p vm -f overlay
to_prompt_and_down overlay "root=/dev/vda rd.overlay console=ttyS0" tell "$DISK"
check "overlay: up to its prompt and down again" down_again
check "overlay: it could tell" log_shows "system: told"
check "overlay: each mount once, the root an overlay" is "$(told mounts)" \
    "/ overlay /dev devtmpfs /proc proc /run tmpfs /sys sysfs"
check "overlay: it is writable" is "$(told root)" rw
check "overlay: it is up without a failure" is "$(told running)" running
check "overlay: no unit failed" is "$(told failed)" ""
check "overlay: its disk is as it was" cmp "$MADE/debian-systemd.img" "$DISK"

done_testing
