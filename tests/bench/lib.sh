# Boots in guest time: with --icount the machine's clock counts instructions, so that a figure repeats to the
# millisecond on any host. Source it.
# shellcheck shell=bash

. tests/tap.sh

BUILD=${BUILD:-build}
BENCH=$BUILD/bench
ARCHITECTURE= # arm64: kernels, floors and machines of it
mkdir -p "$BENCH"

# What a virtio disk with ext4 takes, in load order; a kernel that has one of them built in has no such file.
FLOOR_MODULES=(
    drivers/virtio/{virtio_ring,virtio,virtio_pci_legacy_dev,virtio_pci_modern_dev,virtio_pci} drivers/block/virtio_blk
    crypto/crc32c_generic lib/crc16 fs/mbcache fs/jbd2/jbd2 fs/ext4/ext4
)
# And a disk on virtio-scsi.
# shellcheck disable=SC2034 # for those who source it
FLOOR_SCSI_MODULES=(
    drivers/scsi/{scsi_common,scsi_mod,virtio_scsi}
    crypto/{crct10dif_common,crct10dif_generic} lib/{crc-t10dif,crc64,crc64-rocksoft} block/t10-pi drivers/scsi/sd_mod
)

FLOOR_SOURCE=tests/bench/floor.c
FLOOR_FLAGS=()

# make_floor KERNEL-DIRECTORY IMAGE [BESIDE]: the image of FLOOR_SOURCE, an init that knows the answer. With BESIDE, a file, it
# takes as long to unpack as an image with these contents can take: it lies in there too, as one file.
make_floor() {
    local kernel=$1 image=$2 beside=${3-} tree
    tree=$(mktemp -d)
    mkdir "$tree"/{dev,proc,sys,run,sysroot}
    floor_modules "$kernel/lib/modules/$(<"$kernel/release")/kernel" "$tree" &&
        floor_program "$tree/init" &&
        { [ -z "$beside" ] || cp "$beside" "$tree/beside"; } &&
        (
            cd "$tree" &&
                fakeroot sh -c 'mknod dev/console c 5 1 && find . -mindepth 1 | sed "s,^\./,," | LC_ALL=C sort |
                    cpio --quiet -o -R 0:0 -H newc' | floor_compressed "$beside"
        ) >"$image"
    rm -rf "$tree"
}

floor_program() {
    local root=build/sysroot/arm64/usr gcc=aarch64-linux-gnu-gcc musl=aarch64-linux-musl
    if [ "$ARCHITECTURE" ]; then
        $gcc -Os -static -nostdinc -isystem "$root/include/$musl" -isystem "$($gcc -print-file-name=include)" -nostdlib -s \
            "${FLOOR_FLAGS[@]}" -o "$1" "$root/lib/$musl/"{crt1.o,crti.o} "$FLOOR_SOURCE" -L"$root/lib/$musl" -lc -lgcc \
            "$root/lib/$musl/crtn.o"
    else
        musl-gcc -Os -static -s "${FLOOR_FLAGS[@]}" -o "$1" "$FLOOR_SOURCE"
    fi
}

# floor_modules KERNEL-TREE TO: floor.c loads a.ko, b.ko and so on.
floor_modules() {
    local module names=({a..z})
    for module in "${FLOOR_MODULES[@]}"; do
        if [ -e "$1/$module.ko" ]; then
            cp "$1/$module.ko" "$2/${names[0]}.ko" || return
        elif [ -e "$1/$module.ko.xz" ]; then
            xz -dc "$1/$module.ko.xz" >"$2/${names[0]}.ko" || return
        else
            continue
        fi
        names=("${names[@]:1}")
    done
}

# What lies beside it is compressed already.
floor_compressed() {
    if [ "$1" ]; then
        pigz -0n -p 1
    else
        gzip -9n
    fi
}

# boot_in_guest_time KERNEL-DIRECTORY IMAGE LOG CMDLINE DISK...
boot_in_guest_time() {
    local kernel=$1 image=$2 log=$3 cmdline=$4 disk disks=()
    shift 4
    for disk in "$@"; do
        disks+=(-d "$disk")
    done
    qemu/run -k "$kernel/vmlinuz" ${ARCHITECTURE:+-M virt} -i "$image" -m 512 --snapshot "${disks[@]}" --icount -a "$cmdline panic=-1" \
        --log "$log" --timeout "${GUEST_TIMEOUT:-300}" --until "${GUEST_UNTIL:-real-root: reached}"
}

# stamps LOG TEXT: the kernel's stamps of the lines that hold TEXT, in microseconds; stamp, the first; last_stamp, the last.
stamps() {
    sed -n "/$2/s/^\[ *\([0-9]*\)\.\([0-9]*\)\].*/\1\2/p" "$1" | sed 's/^0*//'
}
stamp() {
    stamps "$@" | head -n 1
}
last_stamp() {
    stamps "$@" | tail -n 1
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
make_root_disk_of_arm64() {
    qemu/mkroot --busybox build/sysroot/arm64/bin/busybox "$BENCH/root-arm64" || exit 1
    qemu/mkdisk -t ext4 -p none -U $UUID "$1" "$BENCH/root-arm64" || fail "cannot make a root disk"
}

make_root_disk() {
    [ -d "$BENCH/root" ] || make_root "$BENCH/root"
    qemu/mkdisk -t ext4 -p none -U $UUID "$BENCH/clean.img" "$BENCH/root" || fail "cannot make a root disk"
}

timed() {
    hyperfine --style none --command-name it --export-csv "$BENCH/hyperfine.csv" "$@" >"$BENCH/hyperfine.said" 2>&1 ||
        fail "cannot measure ${!#}: see $BENCH/hyperfine.said"
}

# Wall time: medians, in milliseconds.

# wall HYPERFINE-OPTIONS... COMMAND
wall() {
    timed "$@"
    median "$BENCH/hyperfine.csv"
}

# processor_time HYPERFINE-OPTIONS... COMMAND: means of the user's and the system's together, in seconds.
processor_time() {
    timed "$@"
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "user" || $i == "system") at[i] }
        NR == 2 { for (i in at) sum += $i; printf "%.2f", sum }' "$BENCH/hyperfine.csv"
}

# cold FUNCTION CACHE PREPARE HYPERFINE-OPTIONS... COMMAND: as FUNCTION, but before each run CACHE is put away and PREPARE done.
# Put away and not removed: where many files went a moment ago, ext4 seeks long for the numbers of new ones (it does not
# take those of late), and a run would be charged with what was removed before it.
cold() {
    local function=$1 cache=$2 prepare=$3
    shift 3
    mkdir -p "$BENCH/put-away"
    "$function" --prepare "[ ! -e $cache ] || mv $cache \$(mktemp -d $BENCH/put-away/XXXXXX); $prepare" "$@"
}

# The column is found by its name; the command has another, because its commas would be columns too.
median() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "median") at = i } NR == 2 { printf "%.0f", 1000 * $at }' "$1"
}

# install_kernel KERNEL-DIRECTORY: the tree of its modules as an installed kernel's is, with depmod's indexes, which the
# package's own scripts make. INSTALLED is what holds it. (kindling makes them itself where they are missing, and keeps
# them.)
install_kernel() {
    local kver
    kver=$(<"$1/release")
    INSTALLED=$BENCH/installed/lib/modules
    [ ! -e "$INSTALLED/$kver/modules.dep.bin" ] || return 0
    rm -rf "${INSTALLED:?}/$kver"
    mkdir -p "$INSTALLED"
    cp -a "$1/lib/modules/$kver" "$INSTALLED" || fail "cannot copy the modules of $kver"
    depmod -b "$BENCH/installed" "$kver" || fail "cannot index the modules of $kver"
}

# make_kernels KERNEL-DIRECTORY: ten trees that differ in every module, since a real kernel's do. Signatures go with their
# last bytes.
make_kernels() {
    local number module tree
    [ ! -e "$BENCH/kernels/complete" ] || return 0
    rm -rf "$BENCH/kernels"
    for number in 0 1 2 3 4 5 6 7 8 9; do
        tree=$BENCH/kernels/lib/modules/6.1.$number
        mkdir -p "$tree"
        cp -a "$1/lib/modules/$(<"$1/release")/." "$tree"
        find "$tree/kernel" -name '*.ko' -print0 |
            while IFS= read -r -d '' module; do printf '%s' "$number" >>"$module"; done
        depmod -b "$BENCH/kernels" "6.1.$number" || fail "cannot install 6.1.$number"
    done
    touch "$BENCH/kernels/complete"
}

# build_kernels COUNT CACHE: an image of the profile vm for each, as many at once as there are processors, as `make -j`
# does it.
build_kernels() {
    seq 0 $(($1 - 1)) | xargs -P "$(nproc)" -I '{}' "$BUILD/bin/kindling" build -q -k '6.1.{}' --cache "$2" -p vm \
        --modules-dir "$BENCH/kernels/lib/modules" -o "$BENCH/kernel-{}.img"
}

# measure_kernels COUNT KERNEL-DIRECTORY: COLD and WARM. When it is cold, the tools are in the cache and no module is.
# shellcheck disable=SC2034 # for those who source it
measure_kernels() {
    local cache=$BENCH/kernels-cache tools
    install_kernel "$2"
    tools="$BUILD/bin/kindling build -q -k $(<"$2/release") --modules-dir $INSTALLED --cache $cache -o $BENCH/built.img \
        -p minimal -f busybox,e2fsck"
    make_kernels "$2"
    export -f build_kernels
    export BUILD BENCH
    COLD=$(cold wall "$cache" "$tools" -r 3 --shell bash "build_kernels $1 $cache") || exit 1
    WARM=$(wall -w 1 -r 3 --shell bash "build_kernels $1 $cache") || exit 1
}
