# Disks of storage stacks (md, LVM, LUKS ...) for tests: source it behind lib.sh. Only a kernel can make them, so that a
# machine of its own does it, the factory: it boots from an image of ours to a root with this system's programs, and what
# a test wants to have done runs there, once.
# shellcheck shell=bash

# The programs, and what they open by themselves.
FACTORY_PROGRAMS=(mdadm mdmon lvm dmsetup cryptsetup pdata_tools mke2fs mkswap sfdisk blkid modprobe)
FACTORY_LIBRARIES=(libgcc_s.so.1)
FACTORY_SCRIPT="# what the factory shall do"
STACK_SIZE=64M # of each disk that it makes, unless a test says otherwise
FACTORY_BUSYBOX= # of the roots that it fills, when they are for another architecture
STACK_POURED=

PROMPT='^kindling: passphrase for .*: (\[ *[0-9.]+\] .*)?$'
# For volumes whose keys are to be derived in no time.
# shellcheck disable=SC2034 # for the tests
FAST='--pbkdf pbkdf2 --pbkdf-force-iterations 1000'

# typed NAME CMDLINE TYPED... -- LINES...: on the DISKS, at each prompt a line is typed; the boot ends in one way or the
# other, and the console shows the lines.
typed() {
    local name=$1 cmdline=$2
    shift 2
    RUN_OPTIONS=()
    while [ "$1" != -- ]; do
        RUN_OPTIONS+=(--type "$PROMPT => $1")
        shift
    done
    shift
    run_machine "$name" 'real-root: done|Kernel panic' "$cmdline" "${DISKS[@]}"
    RUN_OPTIONS=()
    check "$name" log_shows "$@"
}

# carried PROGRAM: lines for a script of stack, which put a program of this system that the factory lacks at /tmp/PROGRAM.
carried() {
    printf "set +x\nprintf %%s '%s' | base64 -d | gunzip >/tmp/%s\nchmod 755 /tmp/%s\nset -x\n" \
        "$(gzip -9c "$(command -v "$1")" | base64 -w 0)" "$1" "$1"
}

# stack NAME COUNT SCRIPT: DISKS, COUNT of them, after SCRIPT has run where they are /dev/vda, /dev/vdb and so on.
# SCRIPT is for sh -ex, has the programs above and busybox's, and
#   fill DEVICE [MKE2FS-OPTIONS]    makes an ext4 there that boots, with qemu/mkroot's content
#   pour DEVICE                     copies the file system of the disk STACK_POURED there, which has that label: poured
# What it prints is in a log, which is shown when it fails.
stack() {
    local recipe file number
    recipe="$TOOLS $(sha256sum tests/boot/stacks.sh) $KERNEL"
    made_by "$recipe" "$MADE/factory-$KVER${FACTORY_BUSYBOX:+-foreign}.img" factory_disk "$MADE/factory-$KVER${FACTORY_BUSYBOX:+-foreign}.img"
    recipe="$recipe $STACK_SIZE $2 $3${STACK_POURED:+ $(cat "$STACK_POURED.recipe")}"
    named_after file "stack-$1-$KVER" "$recipe"
    DISKS=()
    for ((number = 1; number <= $2; number++)); do
        DISKS+=("$file.$number")
    done
    made_by "$recipe" "$file" run_factory "$1" "$3" "$file"
}

run_factory() {
    local name=$1 script=$2 file=$3 disks=() disk image log=$LOGS/factory-$1-$KVER.log
    image=$(factory_image) || return
    printf '%s\n' "$FACTORY_SCRIPT" "$script" >"$file.script"
    truncate -s %4096 "$file.script"
    rm -f "${DISKS[@]}"
    for disk in "${DISKS[@]}"; do
        truncate -s "$STACK_SIZE" "$disk" || return
        disks+=(-d "$disk")
    done
    qemu/run -k "$(kernel_to_boot)" -i "$image" -m 512 "${disks[@]}" \
        -d "$MADE/factory-$KVER${FACTORY_BUSYBOX:+-foreign}.img,bus=virtio-scsi,readonly" -d "$file.script,bus=virtio-scsi,readonly" \
        ${STACK_POURED:+-d "$STACK_POURED,bus=virtio-scsi,readonly"} \
        -a "root=LABEL=factory init=/sbin/factory panic=-1" --log "$log" --timeout 600 || { tail -n 30 "$log" && return 1; }
    grep -qa '^factory: done' "$log" && : >"$file" && return
    echo "the factory could not make $name:"
    tail -n 30 "$log"
    rm -f "${DISKS[@]}"
    return 1
}

# Which init made the disks is no part of what they are.
factory_image() {
    local image=$MADE/factory-initrd-$KVER.img
    made_by "$(sha256sum "$KINDLING" "$BUILD/init/init" "$BUILD/init/network")" "$image" "$KINDLING" build -k "$KVER" \
        --modules-dir "$KERNEL/lib/modules" -o "$image" >&2 && echo "$image"
}

factory_disk() {
    local root=$MADE/factory-root-$KVER${FACTORY_BUSYBOX:+-foreign}
    factory_root "$root" && qemu/mkdisk -t ext4 -p none -L factory "$1" "$root" && rm -rf "$root"
}

factory_root() {
    local root=$1 program library
    rm -rf "$root" && qemu/mkroot "$root" && qemu/mkroot ${FACTORY_BUSYBOX:+--busybox "$FACTORY_BUSYBOX"} "$root/content" && mkdir -p "$root"/{lib64,etc/lvm} || return
    for program in "${FACTORY_PROGRAMS[@]}"; do
        cp "$(PATH=/usr/sbin:/sbin:$PATH command -v "$program")" "$root/sbin/$program" || return
    done
    while read -r library; do
        cp -n --parents "$library" "$root" || return
    done < <({ ldd "$root"/sbin/* 2>/dev/null; /sbin/ldconfig -p | grep -F "${FACTORY_LIBRARIES[@]}"; } |
        grep -o '/[^ ]*\.so[^ )]*' | sort -u)
    for program in thin_check thin_repair cache_check era_check; do
        ln -s pdata_tools "$root/sbin/$program"
    done
    for program in $(busybox --list | grep -vx busybox); do
        ln -sf busybox "$root/bin/$program"
    done
    cp /etc/mke2fs.conf "$root/etc/" && factory_modules "$root/lib/modules/$KVER" &&
        PATH=/usr/sbin:/sbin:$PATH depmod -b "$root" "$KVER" && factory_init >"$root/sbin/factory" && chmod 755 "$root/sbin/factory"
}

# What stacks are made of.
factory_modules() {
    local to
    mkdir -p "$1" && to=$(readlink -f "$1") && (cd "$KERNEL/lib/modules/$KVER" &&
        cp -r --parents modules.* kernel/{drivers/md,drivers/block,crypto,lib,arch/x86/crypto} "$to")
}

# What libdevmapper and mdadm leave to udev, they do by themselves.
factory_init() {
    printf '#!/bin/sh\nFACTORY_SCRIPT="%s"\n' "$FACTORY_SCRIPT"
    cat <<'INIT'
trap 'echo "factory: ended with status $?"; sync; poweroff -f' EXIT
set -e
export PATH=/sbin:/bin DM_DISABLE_UDEV=1 MDADM_NO_UDEV=1 LVM_SUPPRESS_FD_WARNINGS=1
for program in mdadm dmsetup mke2fs mkswap blkid modprobe; do # busybox's shell takes its own before any in PATH
    eval "$program() { /sbin/$program \"\$@\"; }"
done
lvm() {
    /sbin/lvm "$@" --config 'devices{use_devicesfile=0 scan_lvs=1} activation{udev_sync=0 udev_rules=0 monitoring=0} backup{backup=0 archive=0}'
}
fill() {
    local device=$1
    shift
    mke2fs -q -F -t ext4 -d /content "$@" "$device"
}
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mkdir -p /run/lock
pour() {
    dd if="$(blkid -t LABEL=poured -o device /dev/sd?)" of="$1" bs=1M
}
for disk in /dev/sd?; do # which of them is which, changes from boot to boot
    if [ "$(head -n 1 "$disk" | tr -d '\0')" = "$FACTORY_SCRIPT" ]; then
        set -x
        . "$disk"
        set +x
    fi
done
sync
mdadm --stop --scan
echo "factory: done"
INIT
}
