#!/bin/bash
# A real system: Debian with systemd, from the kernel to a prompt on the serial console and down again.
# Its other inits are systems/inits.t.
. "$(dirname "$0")/lib.sh"
. tests/boot/systems.sh
BOOT_LOADER=yes

MEMORY=512
TIMEOUT=400

PATH=$PATH:/usr/sbin:/sbin
use_kernel cloud
image vm

system_disk systemd
to_prompt_and_down systemd "root=/dev/vda console=tty0 console=ttyS0" tell "$DISK"
went_well systemd
check "systemd: it is up without a failure" is "$(told running)" running
check "systemd: no unit failed" is "$(told failed)" ""
check "systemd: it complains of nothing" is "$(told complaint)" ""
check "systemd: systemd-analyze knows of the initramfs" grep -qE '\(kernel\) \+ [0-9.a-z ]+ \(initrd\) \+ .*\(userspace\)' <(told analyze)

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
