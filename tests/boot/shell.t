#!/bin/bash
# shellcheck disable=SC2016 # the shell in the machine expands what stands in single quotes
# A shell is there when it was asked for, and only then; and what it is like to be in it.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image vm
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab

# shell_says NAME CMDLINE UNTIL TYPED... -- LINES...: at each prompt (or where TYPED itself says, 'REGEX => TEXT') a line
# is typed, and the console shows the lines.
shell_says() {
    local name=$1 cmdline=$2 until=$3
    shift 3
    RUN_OPTIONS=()
    while [ "$1" != -- ]; do
        case $1 in
            *' => '*) RUN_OPTIONS+=(--type "$1") ;;
            *) RUN_OPTIONS+=(--type "$SHELL_PROMPT => $1") ;;
        esac
        shift
    done
    shift
    run_machine "$name" "$until" "$cmdline" "$DISK"
    RUN_OPTIONS=()
    check "$name" log_shows "$@"
}

PANIC=
shell_says "rd.break stops before the hand-over" "root=/dev/vda1 rd.break" "real-root: done" \
    'echo pid $$; ls /lib/kindling /sysroot; tty; head -n 1 /run/initramfs/timing /run/initramfs/log; echo rights $(sed -n "s|^[^ ]* \(....\) .* /init$|\1|p" /proc/1/maps)' \
    'for module in $(cut -d" " -f1 /proc/modules); do grep "module $module " /run/initramfs/timing || echo untimed $((1)) $module; done; echo timed $((1))' \
    'echo peak $(sed -n "s/VmHWM:[^0-9]*//p" /proc/1/status)' exit -- \
    "a shell in the initramfs, because rd.break asked for it before the step hand-over" \
    'the log is /run/initramfs/log; `exit` goes on' left-out.gz sbin /dev/console "step mounts" "rights r--p r-xp r--p r--p rw-p" "timed 1" "real-root: done"
check "each module has its line in the timing" log_lacks "untimed 1"
check "/init takes little memory: 4 MiB at most, its own pages and the modules it inflates" \
    test "$(sed -n 's/^peak \([0-9]*\) kB.*/\1/p' "$LOG")" -le 4096
check "its terminal is whole" log_lacks "can't access tty" "job control turned off"
shell_says "^C ends what runs in the shell, and not the shell; jobs can be put into the background" \
    "root=/dev/vda1 rd.break" "real-root: done" 'sh -c "echo going; exec sleep 1000"' $'^going => \003' 'echo status $?' \
    'sleep 1000 & kill %1 && echo job ended' exit -- "status 130" "job ended" "real-root: done"

every_stop="rd.break=cmdline rd.break=pre-trigger rd.break=initqueue rd.break=pre-mount rd.break=mount"
every_stop+=" rd.break=pre-pivot rd.break=cleanup"
shell_says "rd.break stops before each step that it names" "root=/dev/vda1 $every_stop" "real-root: done" \
    exit exit exit 'echo root $(cat /proc/mounts | grep -c sysroot) && exit' exit \
    'echo root $(cat /proc/mounts | grep -c sysroot)' exit exit -- \
    "before the step autoload" "before the step devices" "before the step root" "before the step resume" \
    "before the step mount" "before the step target-init" "before the step hand-over" "root 0" "root 1"

shell_says "events that come while somebody is at the shell do not make the root another device" \
    "root=/dev/vda1 rd.break=pre-mount rd.break=mount" "real-root: done" \
    'for device in vda1 vda; do echo add >/sys/class/block/$device/uevent; done' exit exit -- "real-root: root /dev/vda1 "
shell_says "rd.shell gives one when the boot fails, and exit tries again" "root=/dev/vdz rd.timeout=1 rd.shell" \
    'real-root: done' exit 'mount -o ro /dev/vda1 /sysroot && echo mounted by hand' exit -- \
    'kindling: failed step=root object="/dev/vdz" reason="not found"' \
    "a shell in the initramfs, because no device is root=/dev/vdz" '`exit` tries again, or goes on with what is mounted' \
    "mounted by hand" "real-root: done"
twice() { test "$(grep -c 'kindling: failed step=root' "$LOG")" = 2; }
check "the step was tried twice" twice
shell_says "a /usr that failed is tried again, until somebody mounts it" \
    "root=/dev/vda1 mount.usr=LABEL=none rd.timeout=1 rd.shell" 'real-root: done' \
    'mount -o remount,rw /sysroot; mkdir /sysroot/usr' exit exit 'mount -t tmpfs none /sysroot/usr' exit -- \
    "kindling: the root has no directory /usr" "kindling: cannot mount LABEL=none on /usr" "real-root: done"
tried_again() { test "$(grep -c 'kindling: failed step=usr object="LABEL=none"' "$LOG")" = 2; }
check "the step was tried again" tried_again
gpt=$DISK
disk ext2-broken -t ext2 -p none -L broken
shell_says "what a disk holds is looked at again after the shell" "root=LABEL=mended rd.timeout=1 rd.shell" 'real-root: done' \
    'echo -n mended | dd of=/dev/vda bs=1 seek=$((1024 + 120)) conv=notrunc' exit -- \
    "/dev/vda: an ext2 file system" "LABEL=broken" 'kindling: failed step=root object="LABEL=mended"' "real-root: root /dev/vda "
DISK=$gpt
shell_says "what was mended at the shell is found mended" "root=/dev/vda1 init=/sbin/missing rd.emergency=shell" \
    'real-root: done' 'mount -o remount,rw /sysroot; ln -s init /sysroot/sbin/missing' exit -- \
    'kindling: failed step=target-init object="/sbin/missing"' "real-root: init /sbin/missing" "real-root: done"

# The step that failed is the one that was to find the root, whichever comes next.
shell_says "a root that was taken out at the shell is not found again" "root=/dev/vda1 rd.break=mount rd.timeout=1" \
    'Kernel panic' 'p=$(grep -l 0x010000 /sys/bus/pci/devices/*/class) && echo 1 >${p%/*}/remove' exit -- \
    'kindling: failed step=root object="/dev/vda1" reason="not found"'
shell_says "a /sys that is not there" "root=/dev/vda1 rd.break=pre-trigger" 'Kernel panic' 'umount -l /sys' exit -- \
    "kindling: cannot walk through /sys: No such file or directory" \
    'kindling: failed step=devices object="/sys" reason="No such file or directory"'
once_said() { [ "$(grep -c "cannot walk through /sys" "$LOG")" = 1 ]; }
check "which is said once" once_said

PANIC=panic=-1
fails "panic= on the command line: never a shell" "root=/dev/vdz rd.timeout=1 rd.shell rd.break rd.emergency=shell" \
    "$DISK" -- "failed step=root"
check "there was none" log_lacks "a shell in the initramfs"
fails "by default: no shell" "root=/dev/vdz rd.timeout=1" "$DISK" -- "failed step=root"
check "there was none by default" log_lacks "a shell in the initramfs" "/bin/sh"

for end in "reboot:reboot: Restarting system" "poweroff:reboot: Power down" "halt:reboot: System halted"; do
    run_machine "rd.emergency=${end%%:*}" "${end#*:}|Kernel panic" "root=/dev/vdz rd.timeout=1 rd.emergency=${end%%:*}" "$DISK"
    check "rd.emergency=${end%%:*} is how a failed boot ends" log_shows "kindling: failed step=root" "${end#*:}"
done

PANIC=
use_kernel generic
image keyboard -p generic
RUN_OPTIONS=(--type "$SHELL_PROMPT => until cat /sys/bus/hid/devices/*/uevent 2>/dev/null | grep DRIVER=; do sleep 1; done; echo look\"\"ed")
run_machine_with_keyboard() {
    # shellcheck disable=SC2054 # a comma is QEMU's
    RUN_OPTIONS+=(-- -device qemu-xhci -device usb-kbd)
    run_machine "$@"
}
run_machine_with_keyboard "a USB keyboard" 'looked$' "root=/dev/vda1 rd.break" "$DISK"
RUN_OPTIONS=()
check "who is asked to type gets a keyboard, though the root did not need its drivers" log_shows "DRIVER=hid-generic"
use_kernel cloud
image vm
run_machine "no terminal" "Kernel panic" "root=/dev/vdz rd.timeout=1 rd.shell console=ttyUSB0 earlyprintk=serial,ttyS0,115200,keep" "$DISK"
check "without a console there is no shell either" log_shows "a shell was asked for, but there is no console for it"
image no-busybox -f -busybox
run_machine "no busybox" "Kernel panic" "root=/dev/vdz rd.timeout=1 rd.shell" "$DISK"
check "an image without busybox says so" log_shows "a shell was asked for, but this image has no busybox"

done_testing
