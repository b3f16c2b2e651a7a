# The other generators, installed by Debian's packages into a root of their own; source it. Needs root (chroot).
# shellcheck shell=bash

# shellcheck source=qemu/common.sh
. qemu/common.sh
tool=tests/bench/${0##*/}

# What each class of image holds, for every generator the same as far as it lets one choose:
#   a  what a virtio disk with ext4 needs and nothing else
#   b  a shell, e2fsck, virtio-scsi and virtio-net, nvme and ide beside it
#   c  what the generator takes by itself for a machine that it does not know
MODULES_A="virtio_pci virtio_blk ext4"
MODULES_B="$MODULES_A virtio_scsi virtio_net sd_mod nvme ata_piix"

PEER_PACKAGES=dracut-core,initramfs-tools-core,tiny-initramfs-core,systemd-sysv,udev,kmod,busybox,e2fsprogs,zstd,gzip,hyperfine

# What booster, which Debian 12 does not have, puts into an image for a machine that it does not know: with Debian's cloud
# kernel 375 modules.
BOOSTER_DIRECTORIES="fs arch/x86/crypto crypto drivers/input/serio drivers/input/keyboard drivers/md drivers/char/tpm
    drivers/usb/host drivers/hid drivers/ata drivers/scsi"
BOOSTER_MODULES="hid_generic usbhid sd_mod ahci sdhci sdhci_acpi sdhci_pci mmc_block nvme usb_storage uas efivarfs virtio_pci
    virtio_blk virtio_scsi virtio_crypto mptspi vmd"

# booster_modules KERNEL-TREE: those of them that this kernel has, as kindling build -m takes them.
booster_modules() {
    local name found=()
    for name in $BOOSTER_DIRECTORIES; do
        [ ! -d "$1/$name" ] || found+=("kernel/$name/")
    done
    for name in $BOOSTER_MODULES; do
        [ -z "$(find "$1" -name "${name//_/[-_]}.ko*" -print -quit)" ] || found+=("$name")
    done
    (
        IFS=,
        echo "${found[*]}"
    )
}

# The rows that there are: PEER CLASS.
# shellcheck disable=SC2034 # for those who source it
PEERS="tiny-initramfs a
initramfs-tools a
initramfs-tools b
initramfs-tools c
dracut a
dracut b
dracut c"

# peers_root [KIND PACKAGES]: sets PEER_ROOT; installs the peers once and keeps them in the cache. A kind of its own has
# more packages, which would be in every image of the others.
peers_root() {
    local archive
    PEER_ROOT=$(cache_directory)/peers/bookworm${1:+-$1}
    [ "$(id -u)" = 0 ] || fail "cannot run the other generators: it takes root (chroot)"
    [ ! -e "$PEER_ROOT/bench/complete" ] || return 0
    need_program mmdebstrap mmdebstrap "install the other generators"
    archive=$(archive_uri debian)
    [ "$archive" ] || fail "cannot find an archive of Debian among this host's apt sources: name one with KINDLING_MIRROR=URI"
    echo "$tool: installing dracut, initramfs-tools and tiny-initramfs" >&2
    rm -rf "$PEER_ROOT"
    mkdir -p "${PEER_ROOT%/*}"
    mmdebstrap --quiet --variant=minbase --include="$PEER_PACKAGES${2:+,$2}" --format=directory bookworm "$PEER_ROOT" "$archive" >&2 ||
        fail "cannot install the other generators"
    mkdir -p "$PEER_ROOT/bench"
    touch "$PEER_ROOT/bench/complete"
}

# peers_kernel KERNEL-DIRECTORY: as its package would install it.
peers_kernel() {
    local kver
    kver=$(<"$1/release")
    [ ! -e "$PEER_ROOT/lib/modules/$kver/modules.dep" ] || return 0
    mkdir -p "$PEER_ROOT/lib/modules" "$PEER_ROOT/boot"
    cp -a "$1/lib/modules/$kver" "$PEER_ROOT/lib/modules/"
    cp "$1/boot/"*"$kver" "$PEER_ROOT/boot/"
    chroot "$PEER_ROOT" depmod "$kver"
}

# in_peers_root COMMAND...: with /proc, /sys and /dev, and with temporary files in memory, so that none of them pays for the
# files that the run before removed; nobody else sees these.
in_peers_root() {
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare -m sh -c 'for d in proc sys dev; do mount --rbind /$d "$0/$d" || exit 1; done
        for d in tmp var/tmp; do mount -t tmpfs -o mode=1777 tmpfs "$0/$d" || exit 1; done
        exec chroot "$0" "$@"' "$PEER_ROOT" "$@"
}

# peer_command PEER CLASS METHOD KVER OUT: the command line that writes OUT inside the root. METHOD: gzip, or own for
# the generator's own default.
peer_command() {
    local peer=$1 class=$2 method=$3 kver=$4 out=$5
    case $peer in
        tiny-initramfs) echo "mktirfs -o $out -m no -M no --include-modules=${MODULES_A// /,} $kver" ;;
        initramfs-tools)
            initramfs_tools_configuration "$class" "$method"
            echo "mkinitramfs -d /bench/initramfs-tools-$class-$method -o $out $kver"
            ;;
        dracut) echo "dracut -q -f --no-hostonly $(dracut_compressor "$method") $(dracut_class "$class") $out $kver" ;;
    esac
}

dracut_compressor() {
    [ "$1" = own ] || echo "--$1"
}

dracut_class() {
    local few="-m 'base fs-lib rootfs-block kernel-modules udev-rules'"
    case $1 in
        a) echo "$few --drivers '$MODULES_A'" ;;
        b) echo "$few --drivers '$MODULES_B'" ;;
    esac
}

# initramfs_tools_configuration CLASS METHOD
initramfs_tools_configuration() {
    local directory=$PEER_ROOT/bench/initramfs-tools-$1-$2 modules=list busybox=y list=$MODULES_B
    rm -rf "$directory"
    cp -r "$PEER_ROOT/etc/initramfs-tools" "$directory"
    case $1 in
        a) busybox=n list=$MODULES_A ;;
        c) modules=most busybox=auto list= ;;
    esac
    sed -i "s/^MODULES=.*/MODULES=$modules/; s/^BUSYBOX=.*/BUSYBOX=$busybox/" "$directory/initramfs.conf"
    # Named, or its fsck hook finds no root to look at in a chroot.
    echo "FSTYPE=ext4" >>"$directory/initramfs.conf"
    [ "$2" = own ] || sed -i "s/^COMPRESS=.*/COMPRESS=$2/" "$directory/initramfs.conf"
    tr ' ' '\n' <<<"$list" >"$directory/modules"
}

# peer_image PEER CLASS KVER: writes the gzip image once and sets PEER_IMAGE.
peer_image() {
    local out=/bench/$1-$2-$3.img
    PEER_IMAGE=$PEER_ROOT$out
    [ -s "$PEER_IMAGE" ] || in_peers_root sh -c "$(peer_command "$1" "$2" gzip "$3" "$out")" >"$PEER_IMAGE.said" 2>&1 || {
        rm -f "$PEER_IMAGE"
        fail "$1 cannot make its image: $(tail -n 1 "$PEER_IMAGE.said")"
    }
}

# kindling_image CLASS KERNEL-DIRECTORY: KINDLING_IMAGE.
kindling_image() {
    KINDLING_IMAGE=$BENCH/kindling-$1.img
    # shellcheck disable=SC2046 # several options
    "$BUILD/bin/kindling" build -k "$(<"$2/release")" --modules-dir "$2/lib/modules" -o "$KINDLING_IMAGE" $(kindling_class "$1") ||
        fail "kindling cannot make $KINDLING_IMAGE"
}

# kindling_class CLASS: the options of kindling build for the same content; vm and generic are profiles.
kindling_class() {
    case $1 in
        a) echo "-p minimal -m ${MODULES_A// /,}" ;;
        b) echo "-p minimal -f busybox,e2fsck -m ${MODULES_B// /,}" ;;
        generic-checkers) echo "-p generic -f fsck-vfat,fsck-f2fs,fsck-exfat" ;;
        *) echo "-p $1" ;;
    esac
}
