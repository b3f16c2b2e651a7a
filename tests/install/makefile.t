#!/bin/bash
# Somebody's makefile: a directory with several kernel trees and one line, `include kindling.mk`.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
KERNEL=$(qemu/fetch-kernel) || bail_out "no kernel"
KVER=$(<"$KERNEL/release")
SMALL=1.2.3-small
export KINDLING_ACCEL=${KINDLING_ACCEL:-tcg} XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache} KINDLING_ETC=$WORK/etc
unset MAKEFLAGS MAKELEVEL

make --no-print-directory -s install DESTDIR="$WORK" PREFIX=/usr >/dev/null || bail_out "make install failed"
export PATH=$WORK/usr/bin:$PATH
DATA=$WORK/usr/share/kindling

# The directory: links to what belongs to nobody here, copies of what is touched.
mkdir -p "$WORK/etc" "$WORK/home/lib/modules/$KVER" "$WORK/home/lib/modules/$SMALL/kernel/drivers/block" "$WORK/home/template/etc"
cp -RL "$KERNEL/lib/modules/$KVER"/. "$WORK/home/lib/modules/$KVER"
cp -p "$KERNEL/lib/modules/$KVER/kernel/drivers/virtio"/*.ko "$KERNEL/lib/modules/$KVER/kernel/drivers/block/virtio_blk.ko" \
    "$WORK/home/lib/modules/$SMALL/kernel/drivers/block"
cp -R template/. "$WORK/home/template"
ln -s "$KERNEL/vmlinuz" "$WORK/home/vmlinuz-$KVER"
echo 'profile = vm' >"$WORK/home/our.conf"
cat >"$WORK/home/Makefile" <<END
KINDLING_FLAGS = --template template -c our.conf
KINDLING_FLAGS_$SMALL = -f -nvme
include $DATA/kindling.mk
END
cd "$WORK/home" || exit 1

# made_by COMMAND...: the kernels whose images make makes anew after the command.
made_by() {
    sleep 1.1
    "$@" >/dev/null
    make -j2 | sed -n 's/.*IMAGE.*initramfs-\(.*\)\.img/\1/p' | sort | tr '\n' ' '
}

makes() {
    local expected=$1 made
    made=$(made_by "${@:2}")
    [ "$made" = "$expected" ] || {
        echo "made anew: $made"
        return 1
    }
}

check "make -j2" makes "$SMALL $KVER " true
check "one image for each kernel" test "$(echo initramfs-*)" = "initramfs-$SMALL.img initramfs-$KVER.img"
check "a second make does nothing" makes "" true
check "a module of one kernel" makes "$KVER " touch "lib/modules/$KVER/kernel/drivers/block/virtio_blk.ko"
check "a module of the other" makes "$SMALL " touch "lib/modules/$SMALL/kernel/drivers/block/virtio_blk.ko"
check "a module that is in no image" makes "" touch "lib/modules/$KVER/kernel/net/sctp/sctp.ko"
check "a file of the template" makes "$SMALL $KVER " touch template/etc/initrd-release
check "a new file of the template" makes "$SMALL $KVER " touch template/etc/new
check "a feature that both have" makes "$SMALL $KVER " touch "$DATA/modules.d/virtio"
check "a feature that neither has" makes "" touch "$DATA/modules.d/f2fs"
check "the configuration" makes "$SMALL $KVER " touch our.conf
check "/init" makes "$SMALL $KVER " touch "$WORK/usr/lib/kindling/init"
check "kindling itself" makes "$SMALL $KVER " touch "$WORK/usr/bin/kindling"
check "the flags of one kernel" makes "$SMALL " sed -i 's/-f -nvme/-f -xen/' Makefile
check "the flags of all" makes "$SMALL $KVER " sed -i 's/our.conf/our.conf -v/' Makefile
check "a flag with a quote" makes "$SMALL $KVER " sed -i "s/our.conf -v/our.conf --cmdline 'rd.info=1'/" Makefile
check "a module that is gone" makes "$SMALL " rm "lib/modules/$SMALL/kernel/drivers/block/virtio_blk.ko"
check "nothing is left to do" makes "" true
no_such_kernel() {
    ! make initramfs-9.9.img 2>"$WORK/stderr" && grep -q "no kernel 9.9 in lib/modules (there are: $SMALL, $KVER)" "$WORK/stderr"
}
check "an image of no kernel" no_such_kernel

boots() {
    make check-boot-"$KVER" >"$WORK/said" && grep -q "BOOTS.*$KVER" "$WORK/said" && grep -q 'real-root: done' .kindling/boot-"$KVER".log
}
check "make check-boot-KVER" boots
boots_not() {
    ! make check-boot-"$KVER" KINDLING_CMDLINE="init=/nosuch root=LABEL=nosuch rd.timeout=1" >"$WORK/said" 2>&1 &&
        grep -q "^$KVER does not boot, see .kindling/boot-$KVER.log" "$WORK/said" && grep -q 'kindling: failed' "$WORK/said"
}
check "what does not boot says so" boots_not
no_kernel() {
    ! make check-boot-"$SMALL" 2>"$WORK/stderr" &&
        grep -q "cannot boot $SMALL: there is no vmlinuz-$SMALL, name it with KINDLING_KERNEL_$SMALL=FILE" "$WORK/stderr"
}
check "a kernel that is not there" no_kernel

# Kernel trees right here, and nothing but the include.
bare() {
    mkdir -p "$WORK/bare" && cp -R "lib/modules/$SMALL" "$WORK/bare/" && cd "$WORK/bare" || return 1
    echo "include $DATA/kindling.mk" >Makefile
    make && [ "$(echo initramfs-*)" = "initramfs-$SMALL.img" ] && ! make | grep IMAGE
}
check "kernel trees in the directory itself" bare

make clean-images >/dev/null
check "make clean-images" test "$(echo initramfs-* .kindling*)" = 'initramfs-* .kindling*'
done_testing
