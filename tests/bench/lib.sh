# Boots in guest time: with --icount the machine's clock counts instructions, so that a figure repeats to the
# millisecond on any host. Source it.
# shellcheck shell=bash

. tests/tap.sh

BUILD=${BUILD:-build}
BENCH=$BUILD/bench
mkdir -p "$BENCH"

# make_floor KERNEL-DIRECTORY IMAGE: the image of floor.c, an init that knows the answer.
make_floor() {
    local kernel=$1 image=$2 kver tree module
    kver=$(<"$kernel/release")
    tree=$(mktemp -d)
    mkdir "$tree"/{dev,proc,sys,run,sysroot}
    for module in virtio/{virtio,virtio_ring,virtio_pci_legacy_dev,virtio_pci_modern_dev,virtio_pci} block/virtio_blk; do
        cp "$kernel/lib/modules/$kver/kernel/drivers/$module.ko" "$tree" || return
    done
    musl-gcc -Os -static -s -o "$tree/init" tests/bench/floor.c &&
        (
            cd "$tree" &&
                fakeroot sh -c 'mknod dev/console c 5 1 && find . -mindepth 1 | sed "s,^\./,," | LC_ALL=C sort |
                    cpio --quiet -o -R 0:0 -H newc | gzip -9n'
        ) >"$image"
    rm -rf "$tree"
}

# boot_in_guest_time KERNEL-DIRECTORY IMAGE LOG CMDLINE DISK...
boot_in_guest_time() {
    local kernel=$1 image=$2 log=$3 cmdline=$4 disk disks=()
    shift 4
    for disk in "$@"; do
        disks+=(-d "$disk")
    done
    qemu/run -k "$kernel/vmlinuz" -i "$image" -m 512 --snapshot "${disks[@]}" --icount -a "$cmdline panic=-1" \
        --log "$log" --timeout 300 --until 'real-root: reached'
}

# stamp LOG TEXT: the kernel's stamp of the first line that holds TEXT, in microseconds.
stamp() {
    sed -n "/$2/{s/^\[ *\([0-9]*\)\.\([0-9]*\)\].*/\1\2/p;q}" "$1" | sed 's/^0*//'
}

# from_init LOG: microseconds from `Run /init` to the real root's init.
from_init() {
    echo $(($(stamp "$1" 'real-root: reached') - $(stamp "$1" 'Run \/init')))
}

# make_unclean DISK OUT: as DISK, as a machine would leave it whose power went: with a transaction in its journal (that revokes a block which nothing uses).
make_unclean() {
    cp "$1" "$2" && debugfs -w -f - "$2" >/dev/null 2>&1 <<'END'
journal_open
journal_write -r 1000
journal_close
END
}

# Figures as tables show them.
seconds() {
    awk -v us="$1" 'BEGIN { printf "%.3f s", us / 1000000 }'
}

ratio() {
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'
}

bytes_of() {
    stat -Lc %s "$1"
}

# make_root DIRECTORY: what all images hand over to. systemd, in dracut's images, wants an os-release there.
make_root() {
    qemu/mkroot "$1" && echo 'ID=kindling-bench' >"$1/etc/os-release"
}

# The root disk that all of them boot, by its UUID.
# shellcheck disable=SC2034 # for those who source it
UUID=6b6b6b6b-3333-4222-8333-0123456789ab
make_root_disk() {
    [ -d "$BENCH/root" ] || make_root "$BENCH/root"
    qemu/mkdisk -t ext4 -p none -U $UUID "$BENCH/clean.img" "$BENCH/root" || fail "cannot make a root disk"
}
