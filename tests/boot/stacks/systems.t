#!/bin/bash
# Real systems whose root, /home and swap are volumes of one group, in a LUKS volume, on an array, with another group on
# an array of its own: what their udev and systemd make of what they inherit, and how it is taken down.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
. tests/boot/systems.sh
PATH=$PATH:/usr/sbin:/sbin

MEMORY=768
TIMEOUT=1200
MORE_DISKS=()
VAULT=7c7c7c7c-1111-4222-8333-0123456789ab

CMDLINE="root=/dev/vg/root console=ttyS0"

# What is asked of a system at its prompt, and what it has to mount.
make_questions() {
    rm -rf "$1" && mkdir -p "$1"/{usr/sbin,etc/systemd/system.conf.d,srv} && cat >"$1/usr/sbin/tell" <<'TELL'
#!/bin/sh
say() {
    while read -r line; do
        echo "system: $1 $line"
    done
}
mounted() {
    awk '$1 ~ "^/dev/" { print $2 }' /proc/self/mounts | LC_ALL=C sort | paste -sd ' '
}
mounted | say mounted
awk 'NR > 1 { print $1 }' /proc/swaps | xargs -r readlink -f | while read -r swap; do
    cat "/sys/block/${swap##*/}/dm/name"
done | say swap
if [ -d /run/systemd/system ]; then
    systemctl is-system-running --wait | say running
    systemctl --failed --plain --no-legend --no-pager | say failed
    systemctl daemon-reload && systemctl daemon-reexec && systemctl is-system-running --wait | say reloaded
    mounted | say remained
    for volume in vg-root vg-home vg-swap data-srv vault; do
        systemctl is-active "dev-mapper-$(systemd-escape "$volume").device"
    done | sort | uniq -c | say active
fi
udevadm settle
for device in /sys/block/dm-* /sys/block/md*; do
    udevadm info -q property "$device" | sed -n "s/^SYSTEMD_READY=/${device##*/} /p"
done | sort | uniq | grep ' 0$' | say "not ready"
for link in /dev/mapper/*; do
    echo "${link##*/} $(readlink "$link")"
done | grep -v '^control ' | sed 's/[0-9]*$//' | paste -sd ' ' | say mapper
dmsetup udevcookies | grep -c 0xd4d | say cookies
lvs --noheadings -o lv_full_name,lv_active --separator ' ' | paste -sd ' ' | tr -s ' ' | say volumes
pvs --noheadings -o vg_name | tr -d ' ' | sort | paste -sd ' ' | say groups
find /run/lvm -type f ! -path '*/pvs_online/*' ! -path '*/vgs_online/*' ! -name hints | say stale
ls -d /run/initramfs/shutdown | say kept
# An image of the system's own, by what it finds itself to stand on; the kernel's modules are on a disk that is not its.
boot=$(blkid -t LABEL=own-boot -o device)
if [ "$boot" ]; then
    mkdir -p /mnt/own /lib/modules
    mount "$boot" /mnt/own
    mount --bind /mnt/own/modules /lib/modules
    kindling build -q -p host -o /mnt/own/image 2>&1 | say build
    kindling check --machine this-host /mnt/own/image 2>&1 | say check
    kindling check -v --machine this-host /mnt/own/image 2>&1 | grep -o '[^ ]* -> another device.*' | paste -sd '|' | say layers
    umount /lib/modules /mnt/own
fi
echo "system: told"
TELL
    chmod 755 "$1/usr/sbin/tell"
    cat >"$1/etc/fstab" <<'FSTAB'
/dev/vg/root / ext4 errors=remount-ro 0 1
LABEL=home /home ext4 defaults 0 2
/dev/mapper/data-srv /srv ext4 defaults 0 2
/dev/vg/swap none swap sw 0 0
FSTAB
    echo "vault UUID=$VAULT none luks,x-initrd.attach" >"$1/etc/crypttab"
    # Whether its devices come is what is asked, and not how fast the tests' machine is.
    printf '[Manager]\nDefaultDeviceTimeoutSec=600\n' >"$1/etc/systemd/system.conf.d/devices.conf"
    install_kindling "$1"
}

# The program as it is installed; its libraries, and a busybox for its images, which the least Debian has not.
install_kindling() {
    local library
    mkdir -p "$1/usr/bin" && cp "$(command -v busybox)" "$1/usr/bin/" || return
    make --no-print-directory -s install DESTDIR="$(realpath "$1")" PREFIX=/usr >/dev/null || return
    ldd "$1/usr/bin/kindling" | grep -oE '/[^ ]*/lib(deflate|kmod|archive|blkid)[^ ]*' | while read -r library; do
        mkdir -p "$1/usr${library%/*}" && cp -nL "$library" "$1/usr${library%/*}/"
    done
}

# with_key DIRECTORY: the template of an image that opens the vault by itself.
with_key() {
    rm -rf "$1" && cp -r template "$1" && mkdir -p "$1/etc" && printf 'open sesame' >"$1/etc/key" && chmod 600 "$1/etc/key" &&
        echo "vault UUID=$VAULT /etc/key luks,initramfs" >"$1/etc/crypttab"
}

# system_on_stack SUITE INIT PACKAGES: DISKS, fresh copies that the boot may write to.
system_on_stack() {
    local made disk
    STACK_POURED=$MADE/poured-$1-$2.img
    once "$STACK_POURED" qemu/mkdebian -s "$1" -I "$2" -P "$3" -L poured "$STACK_POURED" "$MADE/stacks-questions"
    STACK_SIZE=700M
    stack "system-$1-$2" 4 "
mdadm --create /dev/md0 --assume-clean --run --level=1 --raid-devices=2 --metadata=1.2 --homehost=any --name=vault /dev/vda /dev/vdb
mdadm --create /dev/md1 --assume-clean --run --level=1 --raid-devices=2 --metadata=1.2 --homehost=any --name=data /dev/vdc /dev/vdd
printf 'open sesame' >/tmp/key
cryptsetup luksFormat -q --type luks2 --uuid $VAULT --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/md0 /tmp/key
cryptsetup open --key-file /tmp/key /dev/md0 vault
lvm pvcreate -q /dev/mapper/vault
lvm vgcreate -q -s 1m vg /dev/mapper/vault
lvm lvcreate -q -W n -Z n -n root -L 500m vg
lvm lvcreate -q -W n -Z n -n home -L 32m vg
lvm lvcreate -q -W n -Z n -n swap -L 32m vg
lvm pvcreate -q /dev/md1
lvm vgcreate -q -s 1m data /dev/md1
lvm lvcreate -q -W n -Z n -n srv -L 32m data
pour /dev/vg/root
mke2fs -q -t ext4 -L home /dev/vg/home
mke2fs -q -t ext4 /dev/data/srv
mkswap -q /dev/vg/swap
lvm vgchange -q -a n vg
lvm vgchange -q -a n data
cryptsetup close vault
"
    made=("${DISKS[@]}") DISKS=()
    for disk in "${made[@]}"; do
        DISKS+=("$MADE/system-on-stack-${disk##*.}.img")
        cp --sparse=always "$disk" "${DISKS[-1]}" || bail_out "cannot copy a disk"
    done
}

is_clean_array() {
    local disk
    for disk in "$@"; do
        mdadm --examine "$disk" | grep -q 'State : clean' || { mdadm --examine "$disk" && return 1; }
    done
}

# boots_whole NAME SUITE INIT PACKAGES
boots_whole() {
    system_on_stack "$2" "$3" "$4"
    to_prompt_and_down "$1" "$CMDLINE" tell "${DISKS[@]}" "${MORE_DISKS[@]}"
    check "$1: up to its prompt and down again" down_again
    check "$1: it could tell" log_shows "system: told"
    check "$1: all is mounted" is "$(told mounted)" "/ /home /srv"
    check "$1: there is swap space" is "$(told swap)" vg-swap
    check "$1: no device is kept from systemd" is "$(told 'not ready')" ""
    check "$1: what is in /dev/mapper are links" is "$(told mapper)" \
        "data-srv ../dm- vault ../dm- vg-home ../dm- vg-root ../dm- vg-swap ../dm-"
    check "$1: no cookie is left" is "$(told cookies)" 0
    check "$1: all volumes are active" is "$(told volumes)" \
        "data/srv active vg/home active vg/root active vg/swap active"
    check "$1: all physical volumes are known" is "$(told groups)" "data vg"
    check "$1: nothing stale in /run/lvm" is "$(told stale)" ""
    check "$1: the arrays are clean afterwards" is_clean_array "${DISKS[@]}"
}

# What systemd makes of it.
is_content() {
    check "$1: it is up without a failure" is "$(told running)" running
    check "$1: no unit failed" is "$(told failed)" ""
    check "$1: each device has its unit" is "$(told active)" "5 active"
    check "$1: and is that again when it was told anew" is "$(told reloaded)" running
    check "$1: which has unmounted nothing" is "$(told remained)" "/ /home /srv"
    check "$1: the shutdown goes back to the initramfs" log_shows "kindling: the old root is unmounted" \
        "kindling: the mapped device vg-root is removed" "kindling: the mapped device vault is removed" "kindling: the md array md127 is stopped"
}

use_kernel cloud
once "$MADE/stacks-questions" make_questions "$MADE/stacks-questions"
once "$MADE/stacks-with-key" with_key "$MADE/stacks-with-key"
image whole-stack -f crypt,lvm,md,shutdown --template "$MADE/stacks-with-key"

# Some of them, when they are named.
is_asked_for() {
    [ -z "${SYSTEMS-}" ] || grep -qwF "$1" <<<"$SYSTEMS"
}

# A disk with the kernel's modules, on which the system lays the image that it makes for itself.
make_own_boot() {
    rm -rf "$1.root" && mkdir -p "$1.root/modules" && cp -r "$KERNEL/lib/modules/$KVER" "$1.root/modules/" &&
        qemu/mkdisk -t ext4 -p none -s 400M -L own-boot "$1" "$1.root" && rm -rf "$1.root"
}

# takes_over NAME: boots it from that image.
takes_over() {
    IMAGE=$MADE/own-image.img
    check "$1: it has made an image for itself" debugfs -R "dump /image $IMAGE" "$MADE/own-boot-in-use.img"
    check "$1: without a word" is "$(told build)" ""
    check "$1: which boots this very system, it says" grep -q 'boots on this-host (ext4)' <(told check)
    check "$1: through each layer" is "$(told layers)" "linux_raid_member -> another device, by the feature md|crypto_LUKS -> another device, by the feature crypt|LVM2_member -> another device, by /init itself"
    RUN_OPTIONS=(--fail 'Kernel panic' --type '^kindling: passphrase for vault .*: (\[ *[0-9.]+\] .*)?$ => open sesame')
    run_machine "$1 from its own image" 'login: $' "$CMDLINE" "${DISKS[@]}"
    RUN_OPTIONS=()
    check "$1: and it does" down_again
}

if is_asked_for bookworm; then
    once "$MADE/own-boot.img" make_own_boot "$MADE/own-boot.img"
    cp --sparse=always "$MADE/own-boot.img" "$MADE/own-boot-in-use.img" || bail_out "cannot copy a disk"
    MORE_DISKS=("$MADE/own-boot-in-use.img")
    boots_whole "Debian 12" bookworm systemd lvm2,mdadm,cryptsetup-bin,cryptsetup
    MORE_DISKS=()
    is_content "Debian 12"
    takes_over "Debian 12"
fi
if is_asked_for trixie; then
    boots_whole "Debian 13" trixie systemd lvm2,mdadm,cryptsetup-bin,systemd-cryptsetup
    is_content "Debian 13"
fi
! is_asked_for sysvinit || boots_whole "Debian 12 with sysvinit" bookworm sysvinit lvm2,mdadm,cryptsetup-bin,cryptsetup
done_testing
