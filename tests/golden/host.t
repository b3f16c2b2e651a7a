#!/bin/bash
# The profile of one machine, read out of what was kept of its /sys and /proc: what is below its root, and no more.
. "$(dirname "$0")/lib.sh"

SYSROOT=$WORK/root
SYS=$SYSROOT/sys
profile host 'description one machine' 'host disks filesystems' 'on-virtual-machine alpha'
profile keys 'host keyboards'

# device PATH ALIAS [DRIVER]: a directory below /sys/devices.
device() {
    mkdir -p "$SYS/devices/$1"
    echo "$2" >"$SYS/devices/$1/modalias"
    [ -z "${3-}" ] || {
        mkdir -p "$SYS/module/$3" "$SYS/bus/$3"
        ln -sfn /sys/module/"$3" "$SYS/bus/$3/module"
        ln -sfn "/sys/bus/$3" "$SYS/devices/$1/driver"
    }
}
# block NAME NUMBER PATH: the disk or partition of that name at a path below /sys/devices.
block() {
    mkdir -p "$SYS/devices/$3" "$SYS/class/block" "$SYS/dev/block"
    ln -sfn "../../devices/$3" "$SYS/class/block/$1"
    ln -sfn "../../devices/$3" "$SYS/dev/block/$2"
}
mounted() {
    mkdir -p "$SYSROOT/proc/self"
    printf '%s\n' "$@" >"$SYSROOT/proc/self/mountinfo"
}
fstab() {
    mkdir -p "$SYSROOT/etc"
    printf '%s\n' "$@" >"$SYSROOT/etc/fstab"
}
fresh() {
    rm -rf "$SYSROOT"
    mkdir -p "$SYSROOT"
    device pci0/card pci:v00001AF4d00001001sv
    device pci0/card/bus0 bus:d00000002v00001AF4
    block vda 254:0 pci0/card/bus0/block/vda
    block vda1 254:1 pci0/card/bus0/block/vda/vda1
    device pci0/net pci:v00008086d00001234sv net_card
    device pci0/net/other '' beta
    block sdb1 8:17 pci0/net/other/block/sdb/sdb1
    mounted '21 1 0:5 / /proc rw - proc proc rw' '29 1 254:1 / / rw,relatime shared:1 - zeta /dev/vda1 rw'
}
modules() {
    build --sysroot "$SYSROOT" -p host -n 2>&1 | sed -n 's,.*/\(.*\)\.ko\(\.gz\)\?$,\1,p' | sort | tr '\n' ' '
}

fresh
check "the devices below the root" test "$(modules)" = "bus bus-ring bus_disk slow-disk "
check "--why says so" sh -c "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' --sysroot '$SYSROOT' -p host \
    -o '$WORK/out/i' && '$KINDLING' ls --why '$WORK/out/i' 'slow-disk.ko*' | grep 'modules.d/profiles/host:2'"
mounted '29 1 8:17 / / rw - zeta /dev/root rw'
check "by the driver that is at work, too" test "$(modules)" = "beta helper net-card "
mounted '29 1 254:1 / / rw - beta /dev/vda1 rw'
check "its file system's module" test "$(modules)" = "beta bus bus-ring bus_disk helper slow-disk "
mounted '29 1 254:1 / / rw - alpha /dev/vda1 rw'
feature alpha 'module fs-alpha net-card'
check "or its feature, when there is one" prints net-card.ko build --sysroot "$SYSROOT" -p host -n
feature alpha 'module alpha'

mounted '29 1 254:1 / / rw - zeta /dev/vda1 rw' '30 29 8:17 / /usr ro shared:2 master:1 - beta /dev/sdb1 ro'
check "a separate /usr" test "$(modules)" = "beta bus bus-ring bus_disk helper net-card slow-disk "
mounted '29 1 254:1 / / rw - zeta /dev/vda1 rw'
mkdir -p "$SYSROOT/dev/disk/by-uuid"
touch "$SYSROOT/dev/sdb1"
ln -s ../../sdb1 "$SYSROOT/dev/disk/by-uuid/12-34"
fstab '# /etc/fstab' 'UUID=12-34 none swap sw 0 0' '/dev/nosuch /home alpha defaults 0 2'
check "swap, which a hibernated system resumes from" test "$(modules)" = "beta bus bus-ring bus_disk helper net-card slow-disk "
mkdir "$SYSROOT/dev/disk/by-label"
ln -s ../../sdb1 "$SYSROOT/dev/disk/by-label/more\\x20#1"
fstab 'LABEL=more\040#1 none swap sw 0 0'
check "what is escaped in fstab, and a # in a name" test "$(modules)" = "beta bus bus-ring bus_disk helper net-card slow-disk "
fstab '/dev/vda1 / beta defaults 0 1'
check "the type by fstab" test "$(modules)" = "beta bus bus-ring bus_disk helper slow-disk "
fstab '/dev/vda1 / auto,zeta defaults 0 1 # and so on'
printf 'Filename Type Size\n/dev/sdb1 partition 1 0 -2\n/swapfile file 1 0 -3\n' >"$SYSROOT/proc/swaps"
check "swap that is in use" prints net-card.ko build --sysroot "$SYSROOT" -p host -n
rm "$SYSROOT/proc/swaps"
echo 'root=/dev/vda1 resume=/dev/sdb1 quiet' >"$SYSROOT/proc/cmdline"
check "resume=" prints net-card.ko build --sysroot "$SYSROOT" -p host -n
echo 'resume="LABEL=more #1" quiet' >"$SYSROOT/proc/cmdline"
check "resume= with quotes" prints net-card.ko build --sysroot "$SYSROOT" -p host -n
echo '-- resume=/dev/sdb1' >"$SYSROOT/proc/cmdline"
check "what stands behind -- is not the kernel's" prints_not net-card.ko build --sysroot "$SYSROOT" -p host -n
rm "$SYSROOT/proc/cmdline"
mounted '29 1 254:1 / / rw - zeta /dev/vda1 rw,logdev=/dev/sdb1,noquota'
check "a log on another disk" prints net-card.ko build --sysroot "$SYSROOT" -p host -n
mounted '29 1 254:1 / / rw - zeta /dev/vda1 rw'
fstab '/dev/vda1 / zeta journal_path=LABEL=more\040#1 0 1'
check "a journal that fstab names" prints net-card.ko build --sysroot "$SYSROOT" -p host -n
fstab '/dev/vda1 /home zeta logdev=/dev/sdb1 0 1'
check "not that of another mount" prints_not net-card.ko build --sysroot "$SYSROOT" -p host -n
fstab
echo 'rootflags=rtdev=/dev/sdb1' >"$SYSROOT/proc/cmdline"
check "real-time data that rootflags= names" prints net-card.ko build --sysroot "$SYSROOT" -p host -n
rm "$SYSROOT/proc/cmdline"

# What is stacked.
block dm-0 253:0 virtual/block/dm-0
mkdir "$SYS/devices/virtual/block/dm-0/slaves" "$SYSROOT/dev/mapper"
ln -s ../../../../pci0/net/other/block/sdb/sdb1 "$SYS/devices/virtual/block/dm-0/slaves/sdb1"
mounted '29 1 253:0 / / rw - zeta /dev/mapper/root rw'
check "what a mapped device is made of" test "$(modules)" = "beta helper net-card "
ln -s ../dm-0 "$SYSROOT/dev/mapper/my\\x20root"
touch "$SYSROOT/dev/dm-0"
mounted '29 1 0:22 / / rw - zeta /dev/mapper/my\134x20root rw'
check "whose name the kernel writes with escapes" test "$(modules)" = "beta helper net-card "
block nvme0n1 259:0 virtual/nvme-subsystem/nvme-subsys0/nvme0n1
device pci0/ssd pci:v00001AF4d00001001sv
mkdir -p "$SYS/devices/pci0/ssd/nvme/nvme0"
ln -s ../../../pci0/ssd/nvme/nvme0 "$SYS/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0"
mounted '29 1 259:0 / / rw - zeta /dev/nvme0n1 rw'
check "the controllers of a disk with many paths" test "$(modules)" = "slow-disk "
mkdir -p "$SYS/fs/btrfs/u/devices"
ln -s ../../../../devices/pci0/net/other/block/sdb/sdb1 "$SYS/fs/btrfs/u/devices/sdb1"
ln -s ../../../../devices/pci0/card/bus0/block/vda/vda1 "$SYS/fs/btrfs/u/devices/vda1"
mounted '29 1 0:22 /@ / rw - zeta /dev/vda1 rw'
check "all devices of one file system" test "$(modules)" = "beta bus bus-ring bus_disk helper net-card slow-disk "
mounted '29 1 0:22 / / rw - overlay overlay rw'
check "a root on no device is told" prints '/ of the machine of .* is overlay \(overlay\), which lies on no device' \
    build --sysroot "$SYSROOT" -p host -n

# A virtual machine has all that its kind has.
fresh
echo 'flags		: fpu vme hypervisor lahf_lm' >"$SYSROOT/proc/cpuinfo"
check "on a virtual machine: its bus as well" prints alpha.ko build --sysroot "$SYSROOT" -p host -n
echo 'flags		: fpu vme hypervisors lahf_lm' >"$SYSROOT/proc/cpuinfo"
check "not on any other" prints_not alpha.ko build --sysroot "$SYSROOT" -p host -n

# Keyboards.
device pci0/net/input/input3 'input:b0003'
mkdir -p "$SYS/devices/pci0/net/input/input3/capabilities" "$SYS/class/input"
echo 120013 >"$SYS/devices/pci0/net/input/input3/capabilities/ev"
ln -s ../../devices/pci0/net/input/input3 "$SYS/class/input/input3"
check "keyboards" prints net-card.ko build --sysroot "$SYSROOT" -p keys -n
echo 3 >"$SYS/devices/pci0/net/input/input3/capabilities/ev"
check "but no power button" prints_not net-card.ko build --sysroot "$SYSROOT" -p keys -n

rm "$SYSROOT/proc/self/mountinfo"
check "nothing known of the machine" fails_with 1 \
    'cannot tell what the machine of .*/root needs: .*/root/proc/self/mountinfo: No such file' build --sysroot "$SYSROOT" -p host -n
feature wrong 'host everything'
check "a word that is none" fails_with 1 'wrong:1: everything: there are disks, filesystems, keyboards and microcode' build -f wrong -n
check "no debris" no_debris

done_testing
