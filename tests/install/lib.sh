# A Debian to install into, for tests: source it. The roots are overlays on one base, in mounts that only the test sees
# and that go with it.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/tap.sh

# chroot and mount need it; the rest of the tests do not.
[ "$(id -u)" -eq 0 ] || bail_out "only root can install packages into a Debian of its own: sudo make check"
[ "${KINDLING_OWN_MOUNTS-}" ] || KINDLING_OWN_MOUNTS=yes exec unshare --mount --propagation private "$BASH" "$0" "$@"

BUILD=${BUILD:-build}
LOGS=$BUILD/tests/install/logs
export KINDLING_ACCEL=${KINDLING_ACCEL:-tcg} DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
unset XDG_RUNTIME_DIR TMPDIR
mkdir -p "$LOGS"

leave() {
    cd /
    umount -R "$WORK"/*/root 2>/dev/null
    rm -rf "$WORK"
}

# SUITE is the test's, if it wants another Debian.
BASE=$(tests/install/mkbase "${SUITE-}") || bail_out "no Debian to install into: see above"
# Beside the base: what is there can hold overlays, and has room.
WORK=$(mktemp -d "${BASE%/*}/work.XXXXXX") || bail_out "no directory to work in"
trap 'leave' EXIT

# The package, of this version of the sources.
package() {
    export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1763700000}
    DEB=$(make --no-print-directory -s deb DEB_DIR="$WORK/deb" | sed -n "s/.* in '\(.*\)'\.$/\1/p")
    [ -f "$DEB" ] || bail_out "no package: make deb failed"
}

# new_root NAME: ROOT, a Debian that can be installed into.
new_root() {
    local home=$WORK/$1 unit
    ROOT=$home/root
    mkdir -p "$home/upper" "$home/work" "$ROOT"
    mount -t overlay overlay -o "lowerdir=$BASE,upperdir=$home/upper,workdir=$home/work" "$ROOT" ||
        bail_out "cannot mount an overlay"
    mount -t proc proc "$ROOT/proc"
    mount -t sysfs -o ro sysfs "$ROOT/sys"
    mount --bind /dev "$ROOT/dev"
    mount --bind /dev/pts "$ROOT/dev/pts"
    mount --bind "$(dirname "$BASE")/archives" "$ROOT/var/cache/apt/archives"
    # No service is started by an installation.
    printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d"
    chmod 755 "$ROOT/usr/sbin/policy-rc.d"
    # What has nothing to do with the boot, and takes its time under emulation.
    for unit in e2scrub_reap.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer systemd-journal-flush.service systemd-pstore.service; do
        ln -sfn /dev/null "$ROOT/etc/systemd/system/$unit"
    done
    echo 'LABEL=debian / ext4 errors=remount-ro 0 1' >"$ROOT/etc/fstab"
    echo debian >"$ROOT/etc/hostname"
}

in_root() {
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive chroot "$ROOT" "$@"
}

# One apt at a time writes to the archives that all roots share.
apt() {
    (
        flock 9
        in_root apt-get -q -y --no-install-recommends "$@"
    ) 9>"$BASE.lock"
}

# disk: DISK, the root as a disk.
disk() {
    DISK=$WORK/disk.img
    rm -f "$DISK"
    mkdir -p "$WORK/bare"
    mount --bind "$ROOT" "$WORK/bare"
    mke2fs -q -F -t ext4 -L debian -U 6b2f63a6-59a1-4c3f-8f2e-1f0f7a3c1d11 -d "$WORK/bare" "$DISK" 2G >/dev/null 2>&1 || bail_out "cannot make a disk"
    umount "$WORK/bare"
}

# boots_to_login NAME KVER CMDLINE LINES...: from the root's own /boot to a login prompt, and the console shows the lines.
boots_to_login() {
    local name=$1 kver=$2 cmdline=$3 log
    shift 3
    log=$LOGS/${0##*/}-$name.log
    qemu/run -k "$ROOT/boot/vmlinuz-$kver" -i "$ROOT/boot/initrd.img-$kver" -m 1024 -d "$DISK" --snapshot \
        -a "$cmdline" --log "$log" --timeout 600 --until 'debian login: ?$' --fail 'Kernel panic' || {
        tail -n 20 "$log"
        return 1
    }
    for line; do
        grep -qaE -- "$line" "$log" || {
            echo "the console does not show: $line ($log)"
            return 1
        }
    done
}
