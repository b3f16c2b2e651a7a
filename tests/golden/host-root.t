#!/bin/bash
# A machine whose root lies on what the image cannot open gets no new image, read out of what was kept of its /sys, /proc
# and /etc.
. "$(dirname "$0")/lib.sh"

SYSROOT=$WORK/root
SYS=$SYSROOT/sys
BOOT=$WORK/out
IMAGE=$BOOT/initrd.img-$KVER
profile host 'description one machine' 'host disks filesystems'
for name in crypt lvm md verity integrity bcache; do
    feature $name "description $name" "file /etc/of-$name"
done

# block NAME NUMBER PATH: the disk or partition of that name at a path below /sys/devices; mapped NAME NUMBER UUID.
block() {
    mkdir -p "$SYS/devices/$3/slaves" "$SYS/class/block" "$SYS/dev/block"
    ln -sfn "../../devices/$3" "$SYS/class/block/$1"
    ln -sfn "../../devices/$3" "$SYS/dev/block/$2"
}
mapped() {
    block "$1" "$2" "virtual/block/$1"
    mkdir -p "$SYS/devices/virtual/block/$1/dm"
    echo "$3" >"$SYS/devices/virtual/block/$1/dm/uuid"
}
# on UPPER LOWER: what it is made of.
on() {
    local upper lower
    upper=$(realpath "$SYS/class/block/$1")
    lower=$(realpath "$SYS/class/block/$2")
    ln -s "$(realpath --relative-to "$upper/slaves" "$lower")" "$upper/slaves/$2"
}
mounted() {
    mkdir -p "$SYSROOT/proc/self"
    printf '%s\n' "$@" >"$SYSROOT/proc/self/mountinfo"
}
fresh() {
    rm -rf "$SYSROOT"
    mkdir -p "$SYSROOT/etc" "$SYSROOT/dev/mapper"
    block vda 254:0 pci0/block/vda
    block vda1 254:1 pci0/block/vda/vda1
    block vdb 254:16 pci0/block/vdb
    echo 1 >"$SYS/devices/pci0/block/vda/vda1/partition"
    mounted '29 1 254:1 / / rw - zeta /dev/vda1 rw'
    touch "$SYSROOT/etc/of-"{lvm,crypt,md,verity,integrity,bcache}
    takes_out -lvm,-crypt,-md
}
# takes_out [FEATURES]: those that a machine's image would have by itself.
takes_out() {
    printf 'sysroot = %s\nmodules-dir = %s\n' "$SYSROOT" "$WORK/modules" >"$KINDLING_ETC/kindling.conf"
    [ $# -eq 0 ] || echo "feature = $1" >>"$KINDLING_ETC/kindling.conf"
}
update() {
    "$KINDLING" update -b "$BOOT" -k "$KVER" "$@"
}
built_with() {
    "$KINDLING" ls "$IMAGE" | grep -x "etc/of-$1"
}
built_without() {
    ! built_with "$1"
}
refuses() {
    fails_with 1 "^kindling: this image could not open what this machine needs: $1; --force makes it\$" update
}

fresh
check "a root on a partition" update
echo good >"$IMAGE"
mapped dm-0 253:0 LVM-abc
on dm-0 vda1
mounted '29 1 253:0 / / rw - zeta /dev/mapper/vg-root rw'
check "on LVM" refuses '/ lies on LVM \(dm-0\), and it has no feature lvm'
check "the image stays" grep -qx good "$IMAGE"
check "and nothing is beside it" test "$(ls -A "$BOOT")" = "initrd.img-$KVER"
check "build -p host does not either" fails_with 1 '/ lies on LVM' build --sysroot "$SYSROOT" -p host -f -lvm -o "$IMAGE"
# What a kernel's package calls: dpkg is to hear of it.
sed "s|@BINDIR@|$WORK/bin|g" "$ROOT/generator/host/postinst.d" >"$WORK/postinst.d"
mkdir "$WORK/bin"
ln -s "$KINDLING" "$WORK/bin/kindling"
touch "$BOOT/vmlinuz-$KVER"
kernel_package_refuses() {
    local status
    DEB_MAINT_PARAMS=configure sh "$WORK/postinst.d" "$KVER" "$BOOT/vmlinuz-$KVER" >"$WORK/stdout" 2>"$WORK/stderr"
    status=$?
    cat "$WORK/stderr"
    [ "$status" -eq 1 ] && grep -qE '^kindling: this image could not open .*: / lies on LVM .*; --force makes it$' "$WORK/stderr"
}
check "a kernel's package fails" kernel_package_refuses
check "and the image stays, too" grep -qx good "$IMAGE"
check "with nothing beside it" test "$(ls -A "$BOOT")" = "$(printf '%s\n' "initrd.img-$KVER" "vmlinuz-$KVER")"
rm "$BOOT/vmlinuz-$KVER"
check "nor kernel-install" fails_with 1 '/ lies on LVM' build --sysroot "$SYSROOT" --for-host -o "$IMAGE"
check "an image for anybody does" build --sysroot "$SYSROOT" -o "$WORK/out/any"
check "and so does --force" update --force
check "for build as well" build --sysroot "$SYSROOT" -p host -f -lvm --force -o "$IMAGE"
takes_out
check "the feature that opens it comes by itself" update
check "with update" built_with lvm
check "with build -p host" build --sysroot "$SYSROOT" -p host -o "$IMAGE"
check "as well" built_with lvm
check "and with kernel-install" build --sysroot "$SYSROOT" --for-host -o "$IMAGE"
check "too" built_with lvm
check "but not into an image for anybody" build --sysroot "$SYSROOT" -o "$IMAGE"
check "which has it not" built_without lvm

# What the feature takes is not on this system.
printf 'program /sbin/opener /sbin/opener package=opener\nrequire nosuch\n' >>"$KINDLING_DATA/modules.d/lvm"
check "nor without the feature's modules and programs" fails_with 1 "cannot find nosuch in this kernel: .*/?lvm:[0-9]+ requires it\$" update
check "--force makes it without" update --force
check "with the rest of the feature" built_with lvm
check "unless the feature was asked for by its name" fails_with 1 'cannot find nosuch in this kernel' build \
    --sysroot "$SYSROOT" -p host -f lvm --force -o "$WORK/out/named"
feature lvm 'description lvm' 'file /etc/of-lvm'

fresh
mapped dm-0 253:0 LVM-abc
mapped dm-1 253:1 CRYPT-LUKS2-def-root
on dm-0 dm-1
on dm-1 vda1
mounted '29 1 253:0 / / rw - zeta /dev/mapper/vg-root rw'
takes_out -crypt
check "LVM on LUKS" refuses '/ lies on LUKS \(dm-1\), and it has no feature crypt'
takes_out
check "both features come by themselves" update
check "that of the upper layer" built_with lvm
check "and that of the lower" built_with crypt

for kind in verity integrity; do
    fresh
    mapped dm-0 253:0 "CRYPT-${kind^^}-def-root"
    on dm-0 vda1
    mounted '29 1 253:0 / / rw - zeta /dev/mapper/root rw'
    takes_out "-$kind"
    check "dm-$kind" refuses "/ lies on dm-$kind \\(dm-0\\), and it has no feature $kind"
    takes_out
    check "its feature comes by itself" update
    check "into the image as well" built_with "$kind"
done

fresh
block md0 9:0 virtual/block/md0
mkdir "$SYS/devices/virtual/block/md0/md"
block md0p1 259:0 virtual/block/md0/md0p1
echo 1 >"$SYS/devices/virtual/block/md0/md0p1/partition"
mounted '29 1 259:0 / / rw - zeta /dev/md0p1 rw'
takes_out
check "the feature of md comes by itself" update
check "into the image" built_with md
takes_out -lvm,-crypt,-md
check "a partition of md" refuses '/ lies on md \(md0\), and it has no feature md'
mounted '29 1 254:1 / / rw - zeta /dev/vda1 rw' '31 1 9:0 / /usr rw - zeta /dev/md0 rw'
check "/usr" refuses '/usr lies on md \(md0\), .*'
mounted '29 1 254:1 / / rw - zeta /dev/vda1 rw' '31 1 9:0 / /home rw - zeta /dev/md0 rw'
check "anything else is the system's own business" update
mapped dm-2 253:2 mpath-abc
mapped dm-3 253:3 part1-mpath-abc
on dm-3 dm-2
mounted '29 1 253:3 / / rw - zeta /dev/mapper/mpatha-part1 rw'
check "what there is no feature for keeps build -p host" fails_with 1 '/ lies on multipath' build --sysroot "$SYSROOT" -p host -o "$IMAGE"
check "a multipath partition" refuses '/ lies on multipath \(dm-3\), and it has no feature multipath'
feature multipath "description multipath" "file /etc/of-multipat[h]"
touch "$SYSROOT/etc/of-multipath"
check "where there is one it comes by itself" update
check "into the image too: multipath" built_with multipath
mapped dm-5 253:5 DMRAID-sil_abcdef
mapped dm-6 253:6 part1-DMRAID-sil_abcdef
on dm-6 dm-5
mounted '29 1 253:6 / / rw - zeta /dev/mapper/sil_abcdef1 rw'
check "a partition of the firmware's RAID" refuses '/ lies on dmraid \(dm-6\), and it has no feature dmraid'
feature dmraid "description dmraid" "file /etc/of-dmrai[d]"
touch "$SYSROOT/etc/of-dmraid"
check "where there is its feature it comes by itself" update
check "into the image too: dmraid" built_with dmraid
mapped dm-4 253:4 ''
mounted '29 1 253:4 / / rw - zeta /dev/mapper/other rw'
check "whatever is mapped" refuses '/ lies on a mapped device \(dm-4\), and kindling has nothing for that'
mounted '29 1 0:40 / / rw - zfs pool/root rw'
feature zfs 'description zfs' 'file /etc/of-zf[s]'
touch "$SYSROOT/etc/of-zfs"
takes_out -zfs
check "ZFS" refuses '/ lies on ZFS \(pool/root\), and it has no feature zfs'
takes_out
check "its feature comes by itself" update
check "into the image too" built_with zfs
block bcache0 252:0 virtual/block/bcache0
mkdir "$SYS/devices/virtual/block/bcache0/bcache"
mounted '29 1 252:0 / / rw - zeta /dev/bcache0 rw'
takes_out -bcache
check "bcache" refuses '/ lies on bcache \(bcache0\), and it has no feature bcache'
takes_out
check "its feature comes by itself" update
check "into the image too" built_with bcache
takes_out -lvm,-crypt,-md

# A btrfs with one device that is encrypted.
mapped dm-5 253:5 CRYPT-LUKS2-def-second
mkdir -p "$SYS/fs/btrfs/u/devices"
ln -s ../../../../devices/pci0/block/vdb "$SYS/fs/btrfs/u/devices/vdb"
ln -s ../../../../devices/virtual/block/dm-5 "$SYS/fs/btrfs/u/devices/dm-5"
mounted '29 1 0:22 /@ / rw - btrfs /dev/vdb rw'
check "a device of a btrfs" refuses '/ lies on LUKS \(dm-5\), .*'

# What the files say.
fresh
mapped dm-5 253:5 CRYPT-LUKS2-def-root
ln -s ../dm-5 "$SYSROOT/dev/mapper/root"
touch "$SYSROOT/dev/dm-5"
echo '/dev/mapper/root / zeta defaults 0 1' >"$SYSROOT/etc/fstab"
check "a root of /etc/fstab" refuses '/ lies on LUKS \(dm-5\), .*'
echo '/dev/mapper/root none swap sw 0 0' >"$SYSROOT/etc/fstab"
check "swap opens later" update
echo 'root=/dev/vda1 resume=/dev/mapper/root' >"$SYSROOT/proc/cmdline"
check "what the system resumes from" refuses 'resume= lies on LUKS \(dm-5\), .*'
rm "$SYSROOT/proc/cmdline" "$SYSROOT/etc/fstab"
printf '# comment\nhome UUID=1 none luks\n' >"$SYSROOT/etc/crypttab"
check "/etc/crypttab" update
echo 'data UUID=2 none luks,initramfs' >>"$SYSROOT/etc/crypttab"
check "a line that means the initramfs" refuses 'a line of /etc/crypttab lies on LUKS \(data\), .*'
printf '\nnew UUID=3 none luks\n' >"$SYSROOT/etc/crypttab"
check "and one that nothing early is on" update
echo '/dev/mapper/new / zeta defaults 0 1' >"$SYSROOT/etc/fstab"
check "a root that is not open here" refuses 'a line of /etc/crypttab lies on LUKS \(new\), .*'
rm "$SYSROOT/etc/fstab"
echo 'root=/dev/vda1 resume=/dev/mapper/new' >"$SYSROOT/proc/cmdline"
check "nor what the system resumes from" refuses 'a line of /etc/crypttab lies on LUKS \(new\), .*'
rm "$SYSROOT/proc/cmdline"
printf 'data UUID=2 none luks,x-initrd.attach\n' >"$SYSROOT/etc/crypttab"
check "by systemd's word" refuses 'a line of /etc/crypttab lies on LUKS \(data\), .*'
printf 'data UUID=2 #key luks,initramfs\n' >"$SYSROOT/etc/crypttab"
check "behind a field that begins with a #, as in /init" refuses 'a line of /etc/crypttab lies on LUKS \(data\), .*'

# From the network, behind a card.
fresh
for name in nfs nbd iscsi nvme-tcp aoe; do
    feature $name "description $name" "file /etc/of-$name"
    touch "$SYSROOT/etc/of-$name"
done
takes_out
mkdir -p "$SYS/class/net" "$SYS/devices/pci0/card0/net/eth0"
ln -s ../../devices/pci0/card0/net/eth0 "$SYS/class/net/eth0"
echo up >"$SYS/devices/pci0/card0/net/eth0/operstate"
echo pci:v00008086d1 >"$SYS/devices/pci0/card0/modalias"
# lies_on FEATURE: an image for the machine has it, and the driver of its card
lies_on() {
    build --sysroot "$SYSROOT" -p host -o "$IMAGE" && built_with "$1" && has_card
}
has_card() {
    "$KINDLING" ls "$IMAGE" | grep net-card.ko
}
local_root_has_no_card() {
    build --sysroot "$SYSROOT" -p host -o "$IMAGE" && ! has_card
}
card_without_link() {
    build --sysroot "$SYSROOT" -p host -o "$IMAGE" && built_with nfs && ! has_card
}
nvme_on_pci() {
    build --sysroot "$SYSROOT" -p host -o "$IMAGE" && built_without nvme-tcp
}
check "a local root has no card's driver" local_root_has_no_card
mounted '29 1 0:50 / / rw - nfs4 10.0.2.2:/root rw'
check "NFS" lies_on nfs
echo down >"$SYS/devices/pci0/card0/net/eth0/operstate"
check "a card without a link is on no way" card_without_link
echo up >"$SYS/devices/pci0/card0/net/eth0/operstate"
block nbd0p1 43:1 virtual/block/nbd0/nbd0p1
echo 1 >"$SYS/devices/virtual/block/nbd0/nbd0p1/partition"
mounted '29 1 43:1 / / rw - zeta /dev/nbd0p1 rw'
check "NBD" lies_on nbd
block sda 8:0 platform/host2/session1/target2:0:0/2:0:0:1/block/sda
mounted '29 1 8:0 / / rw - zeta /dev/sda rw'
check "iSCSI" lies_on iscsi
block nvme0n1 259:0 virtual/nvme-fabrics/ctl/nvme0/nvme0n1
echo tcp >"$SYS/devices/virtual/nvme-fabrics/ctl/nvme0/transport"
mounted '29 1 259:0 / / rw - zeta /dev/nvme0n1 rw'
check "NVMe by TCP" lies_on nvme-tcp
block nvme1n1 259:1 virtual/nvme-subsystem/nvme-subsys1/nvme1n1
ln -s ../../nvme-fabrics/ctl/nvme0 "$SYS/devices/virtual/nvme-subsystem/nvme-subsys1/nvme0"
mounted '29 1 259:1 / / rw - zeta /dev/nvme1n1 rw'
check "NVMe by TCP, of which there may be several paths" lies_on nvme-tcp
echo pcie >"$SYS/devices/virtual/nvme-fabrics/ctl/nvme0/transport"
check "NVMe on PCI" nvme_on_pci
block 'etherd!e0.1' 152:1 'virtual/block/etherd!e0.1'
mounted '29 1 152:1 / / rw - zeta /dev/etherd/e0.1 rw'
check "AoE" lies_on aoe
mapped dm-0 253:0 LVM-abc
on dm-0 nbd0p1
touch "$SYSROOT/etc/of-lvm"
mounted '29 1 253:0 / / rw - zeta /dev/mapper/vg-root rw'
check "LVM on NBD" lies_on nbd
check "with what is above it" built_with lvm
mounted '29 1 0:50 / / rw - cifs //server/root rw'
check "CIFS" refuses '/ lies on CIFS \(//server/root\), and kindling has nothing for that'

# What is no machine of its own.
fresh
mapped dm-0 253:0 LVM-abc
mounted '29 1 253:0 /var/lib/containers/1 / rw - zeta /dev/mapper/vg-root rw'
check "a directory of another system" update
mounted '29 1 0:50 / / rw - overlay overlay rw'
check "an overlay" update
rm -r "$SYSROOT/proc" "$SYSROOT/sys"
check "without /proc and /sys" update
check "no debris" no_debris

# What of /etc/crypttab goes with the image.
fresh
mapped dm-0 253:0 CRYPT-LUKS2-abc-system
echo system >"$SYS/devices/virtual/block/dm-0/dm/name"
on dm-0 vda1
mounted '29 1 253:0 / / rw - zeta /dev/mapper/system rw'
takes_out
echo secret >"$SYSROOT/etc/key"
chmod 600 "$SYSROOT/etc/key"
printf 'system UUID=1 none luks,discard\nhome UUID=2 none luks\ndata UUID=3 /etc/key luks,initramfs\n' >"$SYSROOT/etc/crypttab"
has_crypttab() {
    diff <("$KINDLING" cat "$IMAGE" etc/crypttab) <(printf '%s\n' "$@")
}
check "an image for what needs a volume" update
check "has the root's line of crypttab, those that mean it, and nobody's key" \
    has_crypttab 'system UUID=1 none luks,discard' 'data UUID=3 none luks,initramfs'
check "which is not there" prints_not 'etc/key' "$KINDLING" ls "$IMAGE"
feature with-key 'file /etc/key'
echo 'feature = with-key' >>"$KINDLING_ETC/kindling.conf"
check "until somebody asks for it" update
check "and then it is named" has_crypttab 'system UUID=1 none luks,discard' 'data UUID=3 /etc/key luks,initramfs'
key_is_kept() {
    "$KINDLING" ls -l "$IMAGE" | grep -E '^-rw-------.* etc/key$'
}
check "with the rights that it has" key_is_kept
sed -i 's/discard/keyscript=\/bin\/key/' "$SYSROOT/etc/crypttab"
check "an option that /init cannot honour" fails_with 1 \
    '^kindling: /etc/crypttab: the initramfs cannot open system as it says: /init does nothing with its option keyscript=/bin/key$' update
printf 'system UUID=1 none luks,header=/etc/header\n' >"$SYSROOT/etc/crypttab"
check "a header that is not in the image" fails_with 1 \
    '^kindling: /etc/crypttab: the initramfs cannot open system: its header /etc/header is not in the image, where a feature with the line "file /etc/header" would put it$' update
echo header >"$SYSROOT/etc/header"
feature with-header 'file /etc/header'
echo 'feature = with-header' >>"$KINDLING_ETC/kindling.conf"
check "until a feature brings it" update
printf 'system UUID=1 none luks,header=/header:LABEL=stick\n' >"$SYSROOT/etc/crypttab"
check "or it is on a device" update
for option in plain,cipher=aes-xts-plain64,size=512,hash=sha256 tcrypt-veracrypt bitlk; do
    echo "system UUID=1 none $option" >"$SYSROOT/etc/crypttab"
    check "a volume that is $option" update
done
echo 'system UUID=1 none luks,tpm2-device=auto' >"$SYSROOT/etc/crypttab"
check "a key in a TPM" fails_with 1 \
    '^kindling: /etc/crypttab: the initramfs cannot open system as it says: its option tpm2-device=auto takes the feature crypt-tpm2$' update
make_program "$SYSROOT/usr/bin/cryptsetup" -static
feature with-tpm2 'program /sbin/cryptsetup-tpm2 /usr/bin/cryptsetup'
echo 'feature = with-tpm2' >>"$KINDLING_ETC/kindling.conf"
check "and an image that can ask it" update

done_testing
