#!/bin/bash
# Debian with each of its other inits, and a root of busybox: to a prompt on the serial console and down again.
. "$(dirname "$0")/../lib.sh"
. tests/boot/systems.sh
BOOT_LOADER=yes

MEMORY=512
TIMEOUT=400

PATH=$PATH:/usr/sbin:/sbin
use_kernel cloud
image vm

for init in sysvinit openrc runit; do
    system_disk "$init"
    to_prompt_and_down "$init" "root=/dev/vda console=ttyS0" tell "$DISK"
    went_well "$init"
done

# The same without a distribution.
make_busybox_root() {
    local applet
    rm -rf "$1" && cp -R "$MADE/root" "$1" && cp -R tests/boot/systems/questions/usr/sbin/tell "$1/sbin" && rm "$1/sbin/init" || return
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

done_testing
