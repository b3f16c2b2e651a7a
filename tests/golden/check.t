#!/bin/bash
# kindling check: the sentence for each link that can be missing, and what it makes of images that mean it ill.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/mutilate.sh"

# A machine whose disk is behind a bus of two devices, and one more that nothing announces.
mkdir -p "$KINDLING_DATA/modules.d/machines" "$KINDLING_DATA/modules.d/filesystems"
machine() {
    printf '%s\n' "${@:2}" >"$KINDLING_DATA/modules.d/machines/$1"
}
filesystem() {
    printf '%s\n' "${@:2}" >"$KINDLING_DATA/modules.d/filesystems/$1"
}
machine small 'description a bus and a disk' 'device acpi:BUS0: bus' 'device bus:d00000002v1 bus_disk'
machine slow 'device pci:v00001AF4d1 slow_disk' 'require-firmware slow/disk.bin'
machine any 'device bus:d00000002v1'
machine silent 'device - bus' 'device bus:d00000002v1 bus_disk'
machine foreign 'device pci:v0000FFFFd1 alien aliens'
filesystem alpha 'need crypto-sum' 'need nobody-has-it' 'need nls_x|helper'
filesystem gamma 'description built in'

module kernel/drivers/bus/bus.ko exports=bus_register 'alias=acpi*:BUS0:*' "vermagic=$KVER SMP "
module kernel/drivers/block/bus_disk.ko uses=bus_register uses=ring_new 'alias=bus:d00000002v*' 'depends=bus,bus-ring' "vermagic=$KVER SMP "
module kernel/drivers/block/slow-disk.ko 'alias=pci:v00001AF4d*' 'firmware=slow/disk.bin' 'firmware=slow/other.bin'
module kernel/drivers/md/dm-thin-pool.ko "vermagic=$KVER SMP "
rm "$KINDLING_DATA/init"
make_program "$KINDLING_DATA/init" -static
feature bus 'module bus'
profile vm 'description the usual' 'feature bus disk alpha' 'machine small any'

# says STATUS PATTERN OPTIONS...: the exit status, and one line in all that matches.
says() {
    local status
    "$KINDLING" check "${@:3}" >"$WORK/said" 2>&1
    status=$?
    cat "$WORK/said"
    [ "$status" -eq "$1" ] && [ "$(wc -l <"$WORK/said")" -eq 1 ] && grep -qE -- "$2" "$WORK/said"
}
IMAGE=$WORK/out/image
BROKEN=$WORK/out/broken
build -f alpha -m bus-ring,helper -o "$IMAGE" --modules-dir "$WORK/modules" || bail_out "no image"

check "it boots: one line" says 0 'out/image boots on small \(alpha\)$' --machine small --rootfstype alpha "$IMAGE"
check "with -v, each link" same_as check.chain \
    sh -c "'$KINDLING' check -v --machine small --rootfstype alpha '$IMAGE' | sed 's|$WORK/||'"
check "machines in a list" [ "$("$KINDLING" check --machine small,any --rootfstype alpha "$IMAGE" | grep -c boots)" = 2 ]
check "a built-in file system" says 0 'boots on small \(gamma\)' --machine small --rootfstype gamma "$IMAGE"
check "one of several types is enough" says 0 'boots' --machine small --rootfstype nosuch,alpha "$IMAGE"
check "auto is any type" says 0 'boots on small$' --machine small --rootfstype auto "$IMAGE"
check "any driver that claims the device" says 0 'boots on any' --machine any --rootfstype alpha "$IMAGE"
build -a bus,bus-ring -f alpha -m helper -o "$WORK/out/autoload"
check "what nothing asks for has to be loaded unasked" \
    says 1 "the machine's bus wants bus, which is in this image" --machine silent --rootfstype alpha "$IMAGE"
check "and may be" says 0 'boots on silent' --machine silent --rootfstype alpha "$WORK/out/autoload"

profile elsewhere 'description machines that this kernel has no driver for' 'feature bus disk alpha' 'machine foreign'
build -p elsewhere -m helper -o "$WORK/out/elsewhere" 2>/dev/null
check "an image for none of its machines" sh -c "'$KINDLING' check --rootfstype alpha '$WORK/out/elsewhere' 2>&1; test \$? = 1"
check "is said to be one" prints 'is not for foreign: .*' sh -c "'$KINDLING' check --rootfstype alpha '$WORK/out/elsewhere' 2>&1; true"

# A root on something that holds another device.
make_program "$WORK/opener" -static
feature opener 'description opens vaults' 'layer safe vault' 'need net-card' "program /sbin/opener $WORK/opener"
build -f alpha,opener -m bus-ring,helper,net-card -o "$WORK/out/layered"
check "a root on a layer" says 0 'boots on small \(vault\)$' --machine small --rootfstype vault "$WORK/out/layered"
check "which is a link of the chain" prints 'vault -> another device, by the feature opener$' \
    "$KINDLING" check -v --machine small --rootfstype vault "$WORK/out/layered"
check "behind which any file system may lie" prints 'fs-gamma -> gamma, built in$' \
    "$KINDLING" check -v --machine small --rootfstype vault "$WORK/out/layered"
build -f alpha -m bus-ring,helper,net-card -o "$WORK/out/unopened"
check "the layer's program is not in the image" says 1 \
    'a root on vault wants /sbin/opener, which cannot run: it is not in this image \(kindling build -f opener\)$' \
    --machine small --rootfstype vault "$WORK/out/unopened"
build -f alpha,opener -m bus-ring,helper -o "$WORK/out/layered"
check "nor is what it asks the kernel for" says 1 'vault \(which asks for net-card\) wants net_card, which kernel .* has, but' \
    --machine small --rootfstype vault "$WORK/out/layered"
rm "$KINDLING_DATA/modules.d/opener"
feature zfs 'description zfs' 'layer zfs_member' 'need net-card'
check "a root in a ZFS pool is on a layer" says 1 'does not boot on small: zfs_member \(which asks for net-card\) wants net_card, which kernel .* has, but this image has not' \
    --machine small --root zfs:tank/root "$WORK/out/layered"
build -f alpha -m bus-ring,helper,net-card -o "$WORK/out/pool"
check "which its feature opens" says 0 'boots on small \(zfs_member\)$' --machine small --root ZFS=tank/root "$WORK/out/pool"

# For more layers, further down.
describe_layers() {
    feature arrays 'description arrays' 'layer linux_raid_member' "program /sbin/mdadm $WORK/opener"
    feature vaults 'description vaults' 'layer crypto_LUKS' 'need helper' "program /sbin/cryptsetup $WORK/opener"
    feature volumes 'description volumes' 'layer LVM2_member' "program /sbin/lvm $WORK/opener"
}
describe_layers
build -f alpha,arrays,vaults,volumes -m bus-ring,helper -o "$WORK/out/stacked"
build -f alpha,arrays,volumes -m bus-ring,helper -o "$WORK/out/unstacked"
build -f alpha,volumes -m bus-ring,helper,dm-thin-pool -o "$WORK/out/pooled"
build -f alpha -m bus-ring,helper -o "$WORK/out/no-layers"
rm "$KINDLING_DATA"/modules.d/{arrays,vaults,volumes}

check "the kernel has no driver" says 1 'does not boot on foreign: pci:v0000FFFFd1 wants alien or aliens, which neither this image nor kernel 6.9.0-golden has' \
    --machine foreign "$IMAGE"
build -p minimal -f alpha -o "$WORK/out/diskless"
check "the kernel has it, the image has not" says 1 'acpi:BUS0: wants bus, which kernel 6.9.0-golden has, but this image has not' \
    --machine small "$WORK/out/diskless"
build -p minimal -f disk,bus -o "$WORK/out/fileless"
check "no such file system in the image" says 1 'a root of type alpha wants alpha, which kernel .* has, but' --machine small --rootfstype alpha "$WORK/out/fileless"
check "nor in the kernel" says 1 'a root of type zeta: there is no such file system in this image or in kernel' --machine small --rootfstype zeta "$IMAGE"
check "firmware that a machine's driver asks for" says 1 'slow_disk wants the firmware slow/disk.bin, which is not in this image' --machine slow "$IMAGE"
with_firmware() {
    mkdir -p lib/firmware/slow
    echo disk | xz "$@" >lib/firmware/slow/disk.bin.xz
}
mutilate "$IMAGE" "$BROKEN" with_firmware --check=crc32
check "it may be compressed" says 0 'boots on slow' --machine slow --rootfstype alpha "$BROKEN"
check "firmware that a driver may ask for is only told of" prints 'slow_disk: may ask for firmware .* slow/other.bin$' \
    "$KINDLING" check -v --machine slow --rootfstype alpha "$BROKEN"
unreadable='slow_disk wants the firmware slow/disk.bin, which is in this image, but damaged, or compressed as the kernel cannot'
mutilate "$IMAGE" "$BROKEN" with_firmware --check=crc64
check "by xz as people call it, the kernel cannot read it" says 1 "$unreadable" --machine slow "$BROKEN"
with_two_firmwares() {
    with_firmware --check=crc64
    mkdir lib/firmware/updates
    mv lib/firmware/slow lib/firmware/updates/
    with_firmware --check=none
}
mutilate "$IMAGE" "$BROKEN" with_two_firmwares
check "but takes the next one that it can" says 0 'boots on slow' --machine slow --rootfstype alpha "$BROKEN"
with_cut_firmware() {
    with_firmware --check=crc32
    truncate -s 40 lib/firmware/slow/disk.bin.xz
}
mutilate "$IMAGE" "$BROKEN" with_cut_firmware
check "damaged firmware" says 1 "$unreadable" --machine slow "$BROKEN"

# broken DESCRIPTION STATUS PATTERN COMMAND...: the image, mutilated.
broken() {
    check "made: $1" mutilate "$IMAGE" "$BROKEN" "${@:4}"
    check "$1" says "$2" "$3" --machine small --rootfstype alpha "$BROKEN"
}
broken "a module gone" 1 'module bus_disk is in this image.s index, but its file .* is not there' without bus_disk
broken "a dependency gone" 1 'module bus_disk needs bus_ring: module bus_ring is in' without bus-ring
broken "an alias cut" 1 'wants bus_disk, which is in this image, but its index does not name it' cut_alias bus:d00000002v
broken "what a file system asks for gone" 1 'alpha \(which asks for crypto-sum\) wants sum_fast, but module sum_fast' without sum-fast
broken "an alias that the kernel asks for cut" 1 'alpha \(which asks for crypto-sum\) wants sum_fast, which is in this image' cut_alias crypto_sum
no_module() {
    echo nonsense | gzip >"$(find . -name 'bus_disk.ko*')"
}
broken "a module that is none" 1 'bus_disk.ko is no kernel module' no_module
other_init() {
    echo "$1" >init
    seal
}
broken "another init than was packed" 1 'does not boot: its /init is damaged' sh -c 'echo hello >init'
broken "an init that is none" 1 '/init cannot run: it is no program' other_init hello
broken "an init whose interpreter is gone" 1 '/init cannot run: its interpreter /bin/sh cannot run: it is not in this image' \
    other_init '#!/bin/sh'
broken "interpreters without end" 1 'interpreters without end' other_init '#!/init'
broken "no index" 1 'does not boot: it holds no index' without index
broken "no seal" 1 'does not boot: it has no seal' without seal
broken "a seal of another index" 1 'does not boot: its index does not belong' flip lib/kindling/seal 17
broken "symbolic links for directories" 0 'boots on small' sh -c 'mv lib/modules mods && ln -s .././mods lib/modules'
broken "names that begin with a dot" 0 'boots on small' true

older_index() {
    printf '\1' | dd of=lib/kindling/index bs=1 seek=8 conv=notrunc status=none
    seal
}
broken "an index of an older kindling" 1 'does not boot: its index is of another version$' older_index

# Programs, each with its files, which /init unpacks when they are wanted.
for file in lib/ld.so.1 lib/libc.so.1 bin/tool,interpreter=/lib/ld.so.1,needed=libc.so.1; do
    mkdir -p "$WORK/root/${file%%/*}"
    IFS=, read -ra words <<<"$file"
    perl "$ROOT/tests/golden/make-elf" "$WORK/root/${words[0]}" "${words[@]:1}" || bail_out "no ELF file can be made"
done
printf '#!/bin/tool\n' >"$WORK/root/bin/script"
chmod 755 "$WORK/root/bin/script"
feature tool 'program /sbin/tool /bin/tool' 'program /sbin/script /bin/script'
build -f alpha,tool -m bus-ring,helper --sysroot "$WORK/root" -o "$WORK/out/tool"
SOUND=$IMAGE IMAGE=$WORK/out/tool
# tells PATTERN: it boots all the same, and a line of what is said matches.
tells() {
    prints "$1" "$KINDLING" check -v --machine small --rootfstype alpha "$BROKEN" && prints 'boots on small' \
        "$KINDLING" check --machine small --rootfstype alpha "$BROKEN"
}
mutilate "$IMAGE" "$BROKEN" true
check "a program with its libraries" tells '^ *([^ ]+: )?/sbin/tool$'
check "a script with its interpreter" tells '^ *([^ ]+: )?/sbin/script$'
mutilate "$IMAGE" "$BROKEN" without libc.so.1.gz
check "a library gone" tells '/sbin/tool cannot run: /lib/libc.so.1.gz is in the index, but not in this image$'
check "which a script's interpreter needs" tells '/sbin/script cannot run: /lib/libc.so.1.gz is in the index, but not'
mutilate "$IMAGE" "$BROKEN" flip lib/libc.so.1.gz
check "a library damaged" tells '/sbin/tool cannot run: /lib/libc.so.1.gz is damaged in this image$'
# Of the three files that the second program needs, the first two.
needs_less() {
    perl -pi -0777 -e 'my ($programs, $count) = unpack "V2", substr($_, 16 + 8 * 6, 8);
        $count == 2 or die "no two programs\n";
        substr($_, $programs + 12 + 8, 4) = pack "V", 2' lib/kindling/index
    seal
}
mutilate "$IMAGE" "$BROKEN" needs_less
check "a library that the index does not name for the program" \
    tells '/sbin/tool cannot run: it needs the library libc.so.1, which is not in this image$'
IMAGE=$SOUND

# The command line that is baked into the image.
# baked DESCRIPTION STATUS PATTERN CMDLINE MACHINE: by the image that it is baked into.
baked() {
    check "made: $1" build -f alpha -m bus-ring,helper -a bus,bus-ring --cmdline "$4" -o "$WORK/out/baked"
    check "$1" says "$2" "$3" --machine "$5" --rootfstype alpha "$WORK/out/baked"
}
forbidden="which is blacklisted by this image's own command line"
for word in modprobe.blacklist rd.driver.blacklist blacklist module_blacklist; do
    baked "$word=" 1 "bus:d00000002v1 wants bus_disk, $forbidden" "quiet $word=nosuch,bus-disk" small
done
baked "a driver that no description names" 1 "bus:d00000002v1 wants bus_disk, $forbidden" modprobe.blacklist=bus_disk any
baked "what is to be loaded unasked" 1 "the machine's bus wants bus, $forbidden" modprobe.blacklist=bus silent
baked "a file system" 1 "a root of type alpha wants alpha, $forbidden" modprobe.blacklist=alpha small
baked "in quotes" 1 "wants bus_disk, $forbidden" '"blacklist=x,bus_disk"' small
baked "another word" 0 'boots on small' 'x.blacklist=bus_disk blacklist' small
baked "behind the end of the words" 0 'boots on small' '-- blacklist=bus_disk' small
baked "what another module needs is loaded all the same" 0 'boots on small' modprobe.blacklist=bus-ring,libalpha small
baked "so is what is asked for by its name" 0 'boots on small' modprobe.blacklist=helper small
asked_for() {
    check "made: rd.driver.pre=$2" build -f alpha -m bus-ring,helper --cmdline "rd.driver.pre=$2" -o "$WORK/out/baked"
    check "rd.driver.pre=$2" says "$1" "$3" --machine silent --rootfstype alpha "$WORK/out/baked"
}
asked_for 0 nosuch,bus 'boots on silent'
asked_for 0 acpi:BUS0: 'boots on silent'
asked_for 1 nosuch "the machine's bus wants bus, which is in this image"
check "made: a root's type" build -f alpha -m bus-ring,helper --cmdline 'rootfstype=zeta rootfstype="alpha"' -o "$WORK/out/baked"
check "a root's type" says 0 'boots on small \(alpha\)' --machine small "$WORK/out/baked"

# A root that the host shares lies behind no disk.
module kernel/fs/9p.ko 'alias=fs-9p' "vermagic=$KVER SMP "
build -p minimal -m 9p -o "$WORK/out/shared"
check "a shared root cannot be told of" says 2 'cannot tell whether .*out/shared boots: it can mount a root of type 9p, but that lies on no disk' \
    --root rootshare --rootfstype 9p "$WORK/out/shared"
check "on no machine" says 2 'cannot tell whether .*out/shared boots' --machine small --rootfstype 9p "$WORK/out/shared"
build -p minimal -m 9p --cmdline 'root=rootshare rootfstype=9p' -o "$WORK/out/shared"
check "nor when its own command line says so" says 2 'cannot tell whether .*out/shared boots' "$WORK/out/shared"
build -p minimal -f alpha -o "$WORK/out/unshared"
check "without its file system it does not boot" says 1 'does not boot: a root of type 9p wants 9p, which kernel .* has, but this image has not' \
    --rootfstype 9p "$WORK/out/unshared"
check "nor where the kernel has none" says 1 'does not boot: a root of type virtiofs: there is no such file system' \
    --rootfstype virtiofs "$WORK/out/unshared"
check "a tag without a type" says 2 'cannot tell what lies on rootshare: .*say it with --rootfstype' \
    --machine small --root rootshare "$WORK/out/unshared"

# shows LINE LACKING IMAGE: of the links to a root on NFS
shows() {
    "$KINDLING" check -v --machine server --root nfs:10.0.2.2:/root "$3" >"$WORK/said" 2>&1
    cat "$WORK/said"
    grep -q -- "$1" "$WORK/said" && ! grep -q -- "$2" "$WORK/said"
}

# A root on the network lies behind a card, and behind what its server speaks.
make_program "$KINDLING_DATA/network" -static
feature network 'description the network' 'own-program /lib/kindling/network network' 'network-module net-card'
feature nfs 'description a directory of a server' 'feature network' 'module nfs nfsv3' 'need nfs' 'need nfsv4|nfsv3'
feature nbd 'description a disk of a server' 'feature network' 'module nbd' 'need nbd'
machine server 'description a card' 'device acpi:BUS0: bus' 'card pci:v00008086d1 net-card'
module kernel/fs/nfs/nfs.ko 'alias=fs-nfs' "vermagic=$KVER SMP "
module kernel/fs/nfs/nfsv3.ko "vermagic=$KVER SMP "
module kernel/drivers/block/nbd.ko "vermagic=$KVER SMP "
module kernel/drivers/net/net-card.ko 'alias=pci:v00008086d*' "vermagic=$KVER SMP "
build -p minimal -f nfs -o "$WORK/out/nfs"
check "a root on NFS" says 0 'out/nfs boots on server$' --machine server --root nfs:10.0.2.2:/root "$WORK/out/nfs"
check "the same by the image's own command line" eval "build -p minimal -f nfs --cmdline root=10.0.2.2:/root -o '$WORK/out/own' &&
    says 0 'boots on server' --machine server '$WORK/out/own'"
check "the disk's bus is not on the way" shows 'net_card' 'acpi:' "$WORK/out/nfs"
check "a machine whose card nobody knows" says 1 'does not boot on small: nothing is known of a network card of that machine' \
    --machine small --root nfs:10.0.2.2:/root "$WORK/out/nfs"
build -p minimal -f alpha -o "$WORK/out/nothing"
check "an image without the protocol" says 1 'nfs \(which asks for nfs\) wants nfs, which kernel .* has, but this image has not' \
    --machine server --root nfs:10.0.2.2:/root "$WORK/out/nothing"
build -p minimal -f -network,nfs -m nfs,nfsv3,net-card -o "$WORK/out/no-network"
check "without the network's program" says 1 'a root on network wants /lib/kindling/network, which cannot run: it is not in this image \(kindling build -f network\)' \
    --machine server --root 10.0.2.2:/root "$WORK/out/no-network"
# A live system that is fetched: the root's image, or an ISO image that has it.
for name in squashfs overlay isofs; do
    module "kernel/fs/$name.ko" "alias=fs-${name/isofs/iso9660}" "vermagic=$KVER SMP "
done
module kernel/drivers/block/loop.ko "vermagic=$KVER SMP "
URL=http://10.0.2.2/root.squashfs
build -p minimal -f network -m squashfs,overlay,loop -o "$WORK/out/live"
check "a root that is fetched" says 0 'out/live boots on server \(squashfs,erofs\)$' --machine server --root "live:$URL" "$WORK/out/live"
check "a machine whose card is not known" says 1 'does not boot on small: nothing is known of a network card of that machine' \
    --machine small --root "live:$URL" "$WORK/out/live"
check "a medium that is fetched" says 1 'a root of type iso9660 wants isofs, which kernel .* has, but this image has not' \
    --machine server --root live:http://10.0.2.2/live.iso "$WORK/out/live"
build -p minimal -f network -m squashfs,overlay,loop,isofs --cmdline "boot=live fetch=http://10.0.2.2/live.iso" -o "$WORK/out/medium"
check "by the image's own command line" says 0 'boots on server' --machine server "$WORK/out/medium"
build -p minimal -f -network -m squashfs,overlay,loop,net-card -o "$WORK/out/no-fetch"
check "without what fetches it" says 1 'a root on network wants /lib/kindling/network, which cannot run' --machine server --root "live:$URL" "$WORK/out/no-fetch"
build -p minimal -f network -m squashfs,overlay -o "$WORK/out/no-loop"
check "without a loop device" says 1 "$URL \(which asks for loop\) wants loop, which kernel .* has, but this image has not" \
    --machine server --root "live:$URL" "$WORK/out/no-loop"
check "by what /init does not fetch" says 1 'does not boot: root on the kernel command line: a live system is fetched by http: alone' \
    --machine server --root live:https://10.0.2.2/root.squashfs "$WORK/out/live"

rm "$KINDLING_DATA/modules.d/network"
feature network 'description the network' 'own-program /lib/kindling/network network'
build -p minimal -f nfs -o "$WORK/out/no-card"
check "without the card's driver" says 1 'pci:v00008086d1 wants net_card, which kernel .* has, but this image has not' \
    --machine server --root nfs:/root "$WORK/out/no-card"
build -p minimal -f nbd -m net-card -f alpha -m bus-ring,helper -o "$WORK/out/nbd"
check "a disk from the network has a file system" says 0 'boots on server \(alpha\)' --machine server --root nbd:10.0.2.2:root --rootfstype alpha "$WORK/out/nbd"
check "which has to be in the image" says 1 'a root of type beta wants beta' --machine server --root nbd:10.0.2.2:root --rootfstype beta "$WORK/out/nbd"
check "a form that is none" says 1 'does not boot: root=nbd: is no form of a root on the network that /init knows' \
    --machine server --root nbd: "$WORK/out/nbd"

# Other kernels.
module kernel/drivers/block/bus_disk.ko 'alias=bus:d00000002v*' "vermagic=5.0.0-other SMP "
build -o "$WORK/out/mixed"
check "a module of another kernel" says 1 'module bus_disk is for kernel 5.0.0-other, and this image is for 6.9.0-golden' \
    --machine small --rootfstype alpha "$WORK/out/mixed"
check "another kernel" says 1 'wants bus, but this image holds modules for kernel 6.9.0-golden, and 7.0 is to run' \
    --machine small -k 7.0 "$IMAGE"
mkdir -p "$WORK/modules/7.0"
printf 'kernel/bus.ko\nkernel/bus_disk.ko\nkernel/gamma.ko\n' >"$WORK/modules/7.0/modules.builtin"
printf 'gamma.alias=fs-gamma\0' >"$WORK/modules/7.0/modules.builtin.modinfo"
check "another kernel that needs no module" says 0 'boots on small' --machine small --rootfstype gamma -k 7.0 \
    --modules-dir "$WORK/modules" "$IMAGE"
echo 'CONFIG_RD_XZ=y' >"$WORK/modules/$KVER/config"
check "a kernel that cannot unpack it" says 1 "kernel $KVER could not unpack it \(.*/config has no CONFIG_RD_GZIP\)" \
    --machine small --modules-dir "$WORK/modules" "$IMAGE"
echo 'CONFIG_RD_GZIP=y' >"$WORK/modules/$KVER/config"
check "a kernel that can" says 0 'boots on small' --machine small --rootfstype alpha --modules-dir "$WORK/modules" "$IMAGE"
rm "$WORK/modules/$KVER/config"

# A kernel's file tells its release in its setup header.
perl -e 'print "\0" x 0x202, "HdrS", pack("v", 0x20f), "\0" x 6, pack("v", 0x100), "\0" x 0xf0, "7.0 (me\@here) #1\0"' >"$WORK/vmlinuz"
check "the release of a kernel's file" says 1 'and 7.0 is to run' --machine small -k "$WORK/vmlinuz" "$IMAGE"
cd "$WORK" || exit 1
check "a kernel's file that lies here, by its bare name" says 1 'and 7.0 is to run' --machine small -k vmlinuz "$IMAGE"
cd "$ROOT" || exit 1
# Image, Image.gz and zboot of arm64: a header, and the line that the kernel logs first.
perl -e 'print "MZ", "\0" x 0x36, "ARM\x64", "\0" x 100, "Linux version %s\0", "Linux version 7.0 (me\@here)\n"' >"$WORK/Image"
check "an arm64 kernel's release" says 1 'kernel 7.0 is for arm64, and its /init is for x86-64' --machine small -k "$WORK/Image" "$IMAGE"
perl -pe 's/ARM\x64/RSC\x05/' "$WORK/Image" >"$WORK/Image-riscv64"
check "a riscv64 kernel's release" says 1 'kernel 7.0 is for riscv64, and its /init is for x86-64' --machine small -k "$WORK/Image-riscv64" "$IMAGE"
gzip -k "$WORK/Image"
check "of Image.gz" says 1 'kernel 7.0 is for arm64, and its /init is for x86-64' --machine small -k "$WORK/Image.gz" "$IMAGE"
for method in "gzip -c" "zstd -qc" "xz -c --check=crc32"; do
    $method "$WORK/Image" >"$WORK/payload"
    perl -e 'print "MZ\0\0zimg", pack("VV", 0x80, -s $ARGV[0]), "\0" x 0x70' "$WORK/payload" | cat - "$WORK/payload" >"$WORK/zboot"
    check "of EFI's zboot, ${method%% *}" says 1 'kernel 7.0 is for arm64, and its /init is for x86-64' --machine small -k "$WORK/zboot" "$IMAGE"
done
truncate -s -10 "$WORK/zboot"
check "of a zboot that is cut short" says 2 'is no kernel of x86, arm64 or riscv64' --machine small -k "$WORK/zboot" "$IMAGE"
check "a file that is no kernel" says 2 'is no kernel of x86, arm64 or riscv64 that tells its release' --machine small -k "$IMAGE" "$IMAGE"

# The root, by a disk image.
truncate -s 8M "$WORK/disk"
mke2fs -q -t ext4 "$WORK/disk"
check "what lies on a disk image" says 1 'a root of type ext4: there is no such' --machine small --root "$WORK/disk" "$IMAGE"
check "a root that nobody here knows" says 2 'cannot tell what lies on UUID=nosuch: this host has no such device' \
    --machine small --root UUID=nosuch "$IMAGE"
truncate -s 1M "$WORK/empty"
mkfifo "$WORK/pipe"
a_pipe() {
    timeout 60 "$KINDLING" check --machine small --root "$WORK/pipe" "$IMAGE" >"$WORK/said" 2>&1
    [ $? = 2 ] && grep -q 'cannot read .*/pipe: it is neither a disk nor a file' "$WORK/said"
}
check "a pipe is no root, and is not waited for" a_pipe
check "a root with nothing on it" says 2 'nothing that /init knows lies on' --machine small --root "$WORK/empty" "$IMAGE"
check "that is for rootfstype= to say" says 0 'boots on small \(alpha\)$' --machine small --root "$WORK/empty" --rootfstype alpha "$IMAGE"
check "a type that is not what lies there" says 1 'a root of type ext4: there is no such' --machine small --root "$WORK/disk" --rootfstype alpha "$IMAGE"

# What blkid knows and /init does not: romfs. What both know: jfs, here in the second partition, behind a FAT.
perl -e 'print pack("a8N2a16", "-rom1fs-", 4096, 0, "rom"), "\0" x 1048544' >"$WORK/rom"
check "a root that blkid knows, and /init does not" says 2 'nothing that /init knows lies on' --machine small --root "$WORK/rom" "$IMAGE"
# put_fixture NAME DISK MEGABYTES: what is kept of a real file system, on the disk from there on.
put_fixture() {
    local size ends=$WORK/ends
    size=$(awk -F '\t' -v name="$1" '$1 == name { print $2 }' tests/data/superblock/list)
    zcat "tests/data/superblock/$1.gz" >"$ends"
    head -c 69632 "$ends" | dd of="$2" bs=1M seek="$3" conv=notrunc status=none
    tail -c 131072 "$ends" | dd of="$2" bs=4096 oflag=seek_bytes seek=$(($3 * 1048576 + size - 131072)) conv=notrunc status=none
}
truncate -s 24M "$WORK/parts"
perl -e 'print "\0" x 446, pack("(C8VV)2", 0,0,0,0,0xc,0,0,0, 2048, 2048, 0,0,0,0,0x83,0,0,0, 8192, 32768), "\0" x 32, "\x55\xaa"' |
    dd of="$WORK/parts" conv=notrunc status=none
put_fixture fat12 "$WORK/parts" 1
put_fixture jfs "$WORK/parts" 4
check "a partition of a disk image" says 1 'a root of type jfs: there is no such' --machine small --root "$WORK/parts" "$IMAGE"
put_fixture luks1 "$WORK/parts" 1
check "two partitions" says 2 'several file systems lie on' --machine small --root "$WORK/parts" "$IMAGE"
check "of which one is meant" says 1 'a root of type jfs: there is no such' --machine small --root "$WORK/parts" --rootfstype jfs "$IMAGE"

# What /init refuses whatever the image has.
truncate -s 300M "$WORK/claimed"
put_fixture xfs "$WORK/claimed" 0
dd if="$WORK/disk" of="$WORK/claimed" bs=1024 skip=1 seek=1 count=1 conv=notrunc status=none
check "two file systems" says 1 'image does not boot: both xfs and ext4 claim .*/claimed: boot with rootfstype=xfs or rootfstype=ext4' \
    --machine small --root "$WORK/claimed" "$IMAGE"
check "one of which is said to be true" says 1 'a root of type xfs: there is no such' --machine small --root "$WORK/claimed" --rootfstype xfs "$IMAGE"
check "neither of which is said" says 1 'both xfs and ext4 claim' --machine small --root "$WORK/claimed" --rootfstype alpha "$IMAGE"
truncate -s 6M "$WORK/disk"
check "a file system larger than its device" says 1 'does not boot: an ext4 file system of 8388608 bytes is on .*/disk, which has 6291456' \
    --machine small --root "$WORK/disk" "$IMAGE"
truncate -s 16M "$WORK/member"
put_fixture luks1 "$WORK/member" 0
check "a member, whatever is said" says 1 'a root of type crypto_LUKS' --machine small --root "$WORK/member" --rootfstype alpha "$IMAGE"

# This host, as a sysfs of our own tells it: a bus that is built in, one with a module, a disk, a partition.
SYSFS=$WORK/sys
disk=$SYSFS/devices/root0/bus0/disk0
# device DIRECTORY MODALIAS DRIVER [MODULE]
device() {
    mkdir -p "$1" "$SYSFS/drivers/$3" "$SYSFS/module/${4:-none}"
    echo "$2" >"$1/modalias"
    ln -s "$SYSFS/drivers/$3" "$1/driver"
    [ -z "${4-}" ] || ln -s "../../module/$4" "$SYSFS/drivers/$3/module"
}
device "$SYSFS/devices/root0" acpi:ROOT: root-bridge
device "$SYSFS/devices/root0/bus0" acpi:BUS0: the-bus bus
device "$disk" bus:d00000002v1 disk bus_disk
mkdir -p "$disk/block/xda/xda1" "$SYSFS/class/block" "$SYSFS/devices/virtual/block/dm-0"
ln -s ../../devices/root0/bus0/disk0/block/xda/xda1 "$SYSFS/class/block/xda1"
ln -s ../../devices/virtual/block/dm-0 "$SYSFS/class/block/dm-0"
this_host() {
    KINDLING_SYSFS=$SYSFS says "$1" "$2" --machine this-host --rootfstype alpha "${@:3}"
}
check "this host" this_host 0 'boots on this-host \(alpha\)' --root /dev/xda1 "$IMAGE"
check "each link of it" same_as check.this-host \
    sh -c "KINDLING_SYSFS='$SYSFS' '$KINDLING' check -v --machine this-host --rootfstype alpha --root /dev/xda1 '$IMAGE' | sed 's|$WORK/||'"
check "this host's bus" this_host 1 'acpi:BUS0: wants bus, which kernel .* has, but' --root /dev/xda1 "$WORK/out/diskless"
check "a root that this host lacks" this_host 2 'cannot tell by what devices this host comes to /dev/xdb1: No such file' --root /dev/xdb1 "$IMAGE"
check "a root that is a layer of nobody knows what" this_host 2 '/dev/dm-0 is no disk but a layer over others' --root /dev/dm-0 "$IMAGE"

# layer NAME UUID SLAVE...: a mapped device, which is made of others; md: an array; bcache: a cached disk.
layer() {
    local slave directory=$SYSFS/devices/virtual/block/$1
    mkdir -p "$directory/slaves"
    if [ "$2" = md ] || [ "$2" = bcache ]; then
        mkdir "$directory/$2"
    else
        mkdir "$directory/dm"
        echo "$2" >"$directory/dm/uuid"
    fi
    ln -sfn "../../devices/virtual/block/$1" "$SYSFS/class/block/$1"
    for slave in "${@:3}"; do
        ln -s "$SYSFS/class/block/$slave" "$directory/slaves/$slave"
    done
}
layer md0 md xda1
layer dm-1 CRYPT-LUKS2-6b6b6b6b11114222833301234567abcd-vault md0
layer dm-2 LVM-yU0zJSuCEdasrzvkPN4exgDUvqOHLusZCy38YLbkNWzDfSXrtRBsneo8xRg3hiKP dm-1
describe_layers
stacked_as_told() {
    KINDLING_SYSFS=$SYSFS "$KINDLING" check -v --machine this-host --rootfstype alpha --root /dev/dm-2 "$WORK/out/stacked" |
        grep -o '[^ ]* -> another device.*' | paste -sd '|'
}
check "a root on layers over a disk" this_host 0 'boots on this-host \(alpha\)' --root /dev/dm-2 "$WORK/out/stacked"
check "each is a link, the lowest first" [ "$(stacked_as_told)" = "linux_raid_member -> another device, by the feature arrays|crypto_LUKS -> another device, by the feature vaults|LVM2_member -> another device, by the feature volumes" ]
check "one of which the image cannot open" this_host 1 'a root on crypto_LUKS wants /sbin/cryptsetup, which cannot run: .*-f vaults' \
    --root /dev/dm-2 "$WORK/out/unstacked"
check "and the disk's own bus" this_host 1 'acpi:BUS0: wants bus, which kernel .* has, but' --root /dev/dm-2 "$WORK/out/diskless"
device "$SYSFS/devices/root0/other0" pci:v00008086d1 net_card net_card
mkdir -p "$SYSFS/devices/root0/other0/block/xdc"
ln -s ../../devices/root0/other0/block/xdc "$SYSFS/class/block/xdc"
layer md7 md xda1 xdc
check "and the bus of another disk" this_host 1 'pci:v00008086d1 wants net_card, which kernel .* has, but this image has not' --root /dev/md7 "$WORK/out/stacked"
layer dm-3 mpath-3600a xda1
layer dm-4 part1-mpath-3600a dm-3
feature paths 'description paths' 'layer mpath_member' 'need helper'
check "on paths to a disk" this_host 0 'boots on this-host \(alpha\)' --root /dev/dm-4 "$WORK/out/stacked"
feature paths 'description paths' 'layer mpath_member' 'need net-card'
check "of which the image makes nothing" this_host 1 'mpath_member \(which asks for net-card\) wants net_card, which kernel .* has, but' --root /dev/dm-4 "$WORK/out/stacked"
rm "$KINDLING_DATA"/modules.d/{arrays,vaults,paths}
# Whatever else `kindling update` knows of, by the words of our own features: NAME UUID FEATURE TYPE.
while read -r name uuid feature type; do
    layer "$name" "$uuid" xda1
    feature "$feature" "description $feature" "$(grep -x 'layer .*' "modules.d/$feature")" 'need helper'
    check "on $type" this_host 0 'boots on this-host \(alpha\)' --root "/dev/$name" "$WORK/out/stacked"
    feature "$feature" "description $feature" "$(grep -x 'layer .*' "modules.d/$feature")" 'need net-card'
    check "of which the image makes nothing: $type" this_host 1 "$type \\(which asks for net-card\\) wants net_card, which kernel .* has, but" \
        --root "/dev/$name" "$WORK/out/stacked"
    rm "$KINDLING_DATA/modules.d/$feature"
done <<'END'
bcache0 bcache bcache bcache
dm-5 CRYPT-VERITY-6b6b6b6b11114222833301234567abcd-root verity DM_verity_hash
dm-6 CRYPT-INTEGRITY-root integrity DM_integrity
dm-7 CRYPT-BITLK-6b6b6b6b11114222833301234567abcd-root crypt BitLocker
dm-8 CRYPT-PLAIN-root crypt dm-crypt
dm-11 DMRAID-sil_root dmraid silicon_medley_raid_member
dm-12 part1-DMRAID-pdc_root dmraid promise_fasttrack_raid_member
END
layer dm-9 CRYPT-TCRYPT-root xda1
feature crypt 'description crypt' "$(grep -x 'layer .*' modules.d/crypt)" 'need helper'
check "on TrueCrypt" this_host 0 'boots on this-host \(alpha\)' --root /dev/dm-9 "$WORK/out/stacked"
layer dm-10 DMRAID-root xda1
check "what nobody makes" this_host 2 '/dev/dm-10 is no disk but a layer over others' --root /dev/dm-10 "$WORK/out/stacked"
rm "$KINDLING_DATA/modules.d/crypt"

# LVM on a disk: what /init does by itself needs no program.
truncate -s 64M "$WORK/volumes"
gzip -dc tests/data/lvm2/linear.gz | dd of="$WORK/volumes" conv=notrunc status=none
check "linear volumes" says 0 'boots on small \(LVM2_member\)' --machine small --root "$WORK/volumes" "$WORK/out/no-layers"
check "which /init makes" prints 'LVM2_member -> another device, by /init itself$' \
    "$KINDLING" check -v --machine small --root "$WORK/volumes" "$WORK/out/no-layers"
sed -i 's/type = "striped"/type = "thinner"/' "$WORK/volumes"
check "what /init cannot read" says 1 'a root on LVM2_member wants /sbin/lvm, which cannot run' --machine small --root "$WORK/volumes" "$WORK/out/no-layers"

# What its volumes are made of: of the first group all of them need something, of the second one does not.
truncate -s 128M "$WORK/all" "$WORK/some"
gzip -dc tests/data/lvm2/types.gz | dd of="$WORK/all" conv=notrunc status=none
gzip -dc tests/data/lvm2/thin.gz | dd of="$WORK/some" conv=notrunc status=none
volumes() {
    "$KINDLING" check --machine small --root "$1" "$WORK/out/$2" 2>&1
}
describe_layers
check "volumes in a pool" prints 'boots on small \(LVM2_member\)' volumes "$WORK/all" pooled
check "which nothing checks before" prints 'lvm activates what it would check with /usr/sbin/thin_check unchecked: .* \(kindling build -f lvm-thin\)' volumes "$WORK/all" pooled
check "without the pool's module" says 1 'does not boot on small: LVM2_member \(which asks for dm-thin-pool\) wants dm_thin_pool, which kernel .* has, but this image has not' --machine small --root "$WORK/all" "$WORK/out/stacked"
check "which one of the volumes can do without" prints 'boots on small \(LVM2_member\)' volumes "$WORK/some" stacked
check "as it says" prints 'if the root is a volume that wants it, LVM2_member \(which asks for dm-thin-pool\) wants dm_thin_pool' volumes "$WORK/some" stacked
rm "$KINDLING_DATA"/modules.d/{arrays,vaults,volumes}

# A root of several disks: what the others hold is looked at too, and whether they are enough.
describe_layers
truncate -s 8M "$WORK/raid1" "$WORK/linear" "$WORK/other"
put_fixture md-1.2 "$WORK/raid1" 0
put_fixture md-0.90-linear "$WORK/linear" 0
put_fixture md-1.1 "$WORK/other" 0
several() {
    says "$1" "$2" --machine small --root "$3" "$4"
}
check "a LUKS volume beside an array" several 0 'boots on small \(linux_raid_member\)' "$WORK/raid1,$WORK/member" "$WORK/out/stacked"
check "which the image cannot open" several 1 'a root on crypto_LUKS wants /sbin/cryptsetup, which cannot run: .*-f vaults' \
    "$WORK/raid1,$WORK/member" "$WORK/out/unstacked"
check "while it could the array alone" several 0 'boots on small' "$WORK/raid1" "$WORK/out/unstacked"
check "an array that does not do without a member" several 1 \
    'what .*/linear is a member of takes 2 disks at the least, and of those that were named 1 is its' "$WORK/linear,$WORK/other" "$WORK/out/stacked"
check "it has two" several 0 'boots on small' "$WORK/linear,$WORK/linear" "$WORK/out/stacked"
check "one that there is not" several 2 'cannot tell what lies on .*/nosuch' "$WORK/raid1,$WORK/nosuch" "$WORK/out/stacked"
rm "$KINDLING_DATA"/modules.d/{arrays,vaults,volumes}

# What people type.
check "an image of nobody knows what machine" says 2 'does not say what machine it is for: name one with --machine .*there are: any, .*small.*this-host' "$WORK/out/diskless"
check "the profile's machines, else" prints 'autoload boots on small' "$KINDLING" check --rootfstype alpha "$WORK/out/autoload"
check "no such machine" says 2 'no such machine: smal' --machine smal "$IMAGE"
check "no image" says 2 'usage: kindling check'
check "an image that is not there" says 2 'cannot read .*/nosuch: No such file' --machine small "$WORK/nosuch"
check "an image that is none" says 1 'is not an initramfs' --machine small "$WORK/vmlinuz"
check "kindling machines lists them" prints '^small +a bus and a disk$' "$KINDLING" machines

# build tells as well, and goes on.
builds_with() {
    build "${@:3}" -o "$WORK/out/told" >"$WORK/said" 2>&1 || return 1
    cat "$WORK/said"
    [ "$(grep -cE -- "$2" "$WORK/said")" = "$1" ]
}
check "build is silent when all is well" builds_with 0 . -m helper
check "build warns of a machine" builds_with 1 'told does not boot on small: acpi:BUS0: wants bus, which kernel .* has' -f -bus,-disk
check "of a blacklist, too" builds_with 1 "told does not boot on small: .* wants bus, $forbidden" -f alpha --cmdline blacklist=bus
done_testing
