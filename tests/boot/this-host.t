#!/bin/bash
# kindling check --machine this-host, asked on Debian systems that run: of the image that the machine was booted from, and
# of some with a link missing, which that machine does not boot from.
. "$(dirname "$0")/lib.sh"
BOOT_LOADER=yes
. tests/mutilate.sh

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
WORK=$MADE/this-host
SYSTEM=$WORK/system
MEMORY=512
TIMEOUT=400
rm -rf "$WORK"
mkdir -p "$SYSTEM/boot" "$SYSTEM/etc" "$SYSTEM/usr/sbin"

# What is asked, by hand or in the place of the system's init, of each image for the kernel that runs.
make_questions() {
    cat >"$SYSTEM/usr/sbin/ask" <<'ASK'
#!/bin/sh
ask() {
    name=$1
    shift
    said=$(kindling check --machine this-host "$@" 2>&1)
    echo "answer: $name: $? $said"
}
release=$(uname -r)
for image in /boot/*-"$release.img"; do
    name=${image#/boot/}
    ask "${name%"-$release.img"}" "$image"
done
ask named --root "$(grep -o 'UUID=[^ ]*' /proc/cmdline)" "/boot/whole-$release.img"
echo "answer: that is all"
[ $$ != 1 ] || exec sleep 600
ASK
    chmod 755 "$SYSTEM/usr/sbin/ask"
    echo "UUID=$UUID / ext4 errors=remount-ro 0 1" >"$SYSTEM/etc/fstab"
}

# The program as it is installed, and the library of it that the least Debian has not.
install_kindling() {
    local library
    make --no-print-directory -s install DESTDIR="$(realpath "$SYSTEM")" PREFIX=/usr >/dev/null || return 1
    library=$(ldd "$SYSTEM/usr/bin/kindling" | grep -o '/[^ ]*/libdeflate[^ ]*') || return 0
    mkdir -p "$SYSTEM/usr${library%/*}"
    cp -L "$library" "$SYSTEM/usr${library%/*}/"
}

# images FLAVOUR MODULE...: an image for that kernel, and one without each of the modules, in the system's /boot.
images() {
    local module
    use_kernel "$1"
    image vm
    cp "$IMAGE" "$SYSTEM/boot/whole-$KVER.img"
    for module in "${@:2}"; do
        check "made: $1 without $module" mutilate "$IMAGE" "$SYSTEM/boot/$module-$KVER.img" without "$module"
    done
}

# answered PATTERN: so one of the answers begins.
answered() {
    tr -d '\r' <"$LOG" | sed -n 's,.*answer: ,,p' >"$LOG.answers"
    grep -qE "^$1" "$LOG.answers" && return
    cat "$LOG.answers"
    echo "no answer like this: $1"
    return 1
}

# on_machine MACHINE BUS FLAVOUR CMDLINE MODULE...: none of the modules can its boot do without.
on_machine() {
    local module disk=$WORK/system.img,bus=$2
    MACHINE=$1
    use_kernel "$3"
    IMAGE=$SYSTEM/boot/whole-$KVER.img
    run_machine "$MACHINE" 'answer: that is all' "root=UUID=$UUID console=ttyS0 $4" "$disk"
    check "$MACHINE: the system is up and answers" log_shows 'answer: that is all'
    check "$MACHINE: the image that it came from boots" answered "whole: 0 /boot/whole-$KVER.img boots on this-host \(ext4\)\$"
    check "$MACHINE: from the root by its name too" answered "named: 0 /boot/whole-$KVER.img boots on this-host \(ext4\)\$"
    shift 4
    for module; do
        check "$MACHINE: without $module" answered \
            "$module: 1 kindling: /boot/$module-$KVER.img does not boot on this-host: .*module $module is in .*index, but its file .* is not there"
    done
    RUN_OPTIONS=()
    for module; do
        IMAGE=$SYSTEM/boot/$module-$KVER.img
        fails "$MACHINE, without $module" "root=UUID=$UUID rd.timeout=3" "$disk" -- "$module"
    done
}

make_questions
install_kindling || bail_out "make install failed"
images cloud virtio_blk
images generic ahci ext4
qemu/mkdebian -U $UUID "$WORK/system.img" "$SYSTEM" || bail_out "cannot make a disk: see above"
RUN_OPTIONS=(--fail 'Kernel panic' --type 'login: $ => root' --type '# $ => ask')
on_machine pc virtio cloud "" virtio_blk
on_machine q35 ahci generic init=/usr/sbin/ask ahci ext4
done_testing
