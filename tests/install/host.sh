# A Debian as the host, from its sources to the prompt of its init: built there, `make quick` there, with all golden tests;
# then the package in a fresh one, where it makes the image of a kernel that apt installs, which boots, and goes with the
# kernel. Source it with SUITE set. What one Debian has otherwise than another stands here, and nowhere else.
# shellcheck shell=bash

case $SUITE in
bookworm) COMPILER=12 KERNEL='6\.1\.' ;;
trixie) COMPILER=14 KERNEL='6\.1[2-9]\.' ;;
sid) COMPILER='1[5-9]|[2-9]' KERNEL='([7-9]|[1-9][0-9])\.' ;;
esac

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

CMDLINE="root=LABEL=debian ro console=ttyS0 rd.info"

new_root builder
SOURCES=$ROOT/root/kindling
mkdir "$SOURCES"
cp -a .dev Makefile README.md LICENSE init generator template modules.d qemu tests "$SOURCES"
mapfile -t PACKAGES < <(.dev/deps --list quick)
check "apt's lists are today's" apt update
check "apt installs what building and the quick tests take" apt install "${PACKAGES[@]}"

# in_sources NAME COMMAND...: with a log of that name, of which what went wrong is shown.
in_sources() {
    local log=$LOGS/$SUITE-$1.log
    shift
    in_root sh -c 'cd /root/kindling && exec "$@"' - "$@" >"$log" 2>&1 || {
        grep -E '^not ok|^#  |error|warning|Failed|Result|rror [0-9]' "$log"
        return 1
    }
}
compiler() {
    in_root gcc --version | head -n 1
    in_root gcc -dumpversion | grep -qE "^($COMPILER)"
}
check "gcc is of this Debian" compiler
check "all is built without a warning" in_sources build make -k -j2 KINDLING_STRICT=1 all
# The fuzzers have a compiler of their own; SLOW_GOLDEN is what `make quick` leaves out.
check "make quick, with all golden tests" in_sources quick make KINDLING_STRICT=1 JOBS=2 SLOW_GOLDEN= quick
check "the package" in_sources deb env "SOURCE_DATE_EPOCH=1763700000" make -s deb DEB_DIR=/root/deb
DEB=$(echo "$ROOT"/root/deb/*.deb)
[ -f "$DEB" ] || bail_out "no package"

new_root debian
cp "$DEB" "$ROOT/tmp/kindling.deb"
same_lists() {
    rm -rf "$ROOT/var/lib/apt/lists" && cp -a "$WORK/builder/root/var/lib/apt/lists" "$ROOT/var/lib/apt/"
}
check "apt's lists are the same there" same_lists
check "apt installs it" apt install /tmp/kindling.deb
check "apt installs a kernel" apt install linux-image-cloud-amd64
KVER=$(cd "$ROOT/boot" && echo vmlinuz-*) KVER=${KVER#vmlinuz-}
IMAGE=$ROOT/boot/initrd.img-$KVER
kernel() {
    echo "$KVER"
    grep -qE "^$KERNEL" <<<"$KVER"
}
check "which is of this Debian" kernel
check "its image is there" test -s "$IMAGE"
check "and no other initramfs tool" test ! -e "$ROOT/usr/sbin/mkinitramfs"
check "kindling check says that it boots" in_root kindling check "/boot/initrd.img-$KVER" --machine q35-virtio --rootfstype ext4
disk
# One boot. Systemd is asked when its start is done, which is a while after the prompt.
LOG=$LOGS/$SUITE-boot.log
qemu/run -k "$ROOT/boot/vmlinuz-$KVER" -i "$IMAGE" -m 1024 -d "$DISK" --snapshot -a "$CMDLINE" --log "$LOG" --timeout 1200 \
    --type 'debian login: ?$ => root' --type '# ?$ => systemctl is-system-running --wait; systemd-analyze time' \
    --until '\(initrd\) \+ .*\(userspace\)' --fail 'Kernel panic'
STATUS=$?
logged() {
    local line
    for line; do
        grep -qaE -- "$line" "$LOG" || {
            echo "the console does not show: $line ($LOG)"
            tail -n 20 "$LOG"
            return 1
        }
    done
}
check "it boots to the prompts of Debian's init" logged 'kindling: ' 'debian login: '
check "its systemd-analyze knows of the initramfs" test "$STATUS" -eq 0
check "apt removes the kernel" apt purge linux-image-cloud-amd64 "linux-image-$KVER"
check "its image goes with it" test -z "$(cd "$ROOT/boot" && find . -name 'initrd*')"
done_testing
