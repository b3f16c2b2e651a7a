#!/bin/bash
# The hand-over: what the root's init finds and what it does not, on kernels that let go of the initramfs and on those
# that do not; and roots that are no place for it.
. "$(dirname "$0")/lib.sh"

# A root with the program that tells its own state, and inits of every kind that cannot be started.
make_root() {
    local root=$1
    rm -rf "$root" && qemu/mkroot "$root" || return
    musl-gcc -Os -static -s -o "$root/sbin/state" tests/boot/state.c || return
    printf '#!/no/such/shell -x\n' >"$root/sbin/script"
    printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0' >"$root/sbin/arm64"
    truncate -s 4K "$root/sbin/arm64"
    printf 'no program at all\n' >"$root/sbin/text"
    cp /bin/true "$root/sbin/dynamic"
    ln -s /init "$root/sbin/outside"
    ln -s ../../../../../sbin/other-init "$root/sbin/above"
    ln -s loop "$root/sbin/loop"
    printf '#!/sbin\n' >"$root/sbin/of-directory"
    printf '#!/etc/passwd\n' >"$root/sbin/of-data"
    printf '#!/sbin/script\n' >"$root/sbin/of-script"
    printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\1\0\76\0' >"$root/sbin/object" # ET_REL, x86-64
    truncate -s 4K "$root/sbin/object"
    chmod 755 "$root"/sbin/{script,arm64,text,object,of-directory,of-data,of-script}
}

state_disk() {
    once "$MADE/state-root" make_root "$MADE/state-root"
    once "$MADE/state.img" qemu/mkdisk -t ext4 -p none "$MADE/state.img" "$MADE/state-root"
    DISK=$MADE/state.img
}

# The floor's program knows one init only.
make_floor_root() {
    rm -rf "$1" && cp -R "$MADE/state-root" "$1" && mv "$1/sbin/state" "$1/sbin/init"
}

# said WHAT: what the state program said of it.
said() {
    tr -d '\r' <"$LOG" | sed -n "s/^state: $1 //p"
}

# Device, type and place of each mount, sorted; the kernel's own numbers left out.
mounts() {
    said mount | awk '{ for (i = 1; $i != "-"; i++); print $5, $(i + 1) }' | LC_ALL=C sort | paste -sd ' '
}

is() {
    [ "$1" = "$2" ] || {
        printf 'it is:        %s\nit should be: %s\n' "$1" "$2"
        return 1
    }
}

SEARCH=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
clean_start() {
    check "$1: no descriptor but the console's" is "$(said fd | sort | paste -sd ' ')" \
        "0 /dev/console 1 /dev/console 2 /dev/console"
    check "$1: no signal is blocked, ignored or caught" is \
        "$(said status | awk '/^Sig(Blk|Ign|Cgt)/ { print $2 }' | sort -u)" 0000000000000000
    check "$1: each mount once, and nothing of the initramfs" is "$(mounts)" \
        "/ ext4 /dev devtmpfs /proc proc /run tmpfs /sys sysfs"
    check "$1: the words of the command line" is "$(said arg | paste -sd ' ')" "/sbin/state one three"
    check "$1: the environment of the kernel, and a PATH" is "$(said env | sort | paste -sd ' ')" "HOME=/ $SEARCH SEEN=yes TERM=linux"
    check "$1: umask and directory" is "$(said umask) $(said cwd)" "022 /"
}

# What systemd knows an initramfs by; it is read as /etc/os-release is, in the shell's syntax (os-release(5)).
release() (
    unset NAME ID VERSION_ID PRETTY_NAME
    # shellcheck source=/dev/null
    . <(unpacked "$IMAGE" | cpio -i --quiet --to-stdout etc/initrd-release)
    echo "${NAME-}, ${ID-}, ${VERSION_ID-}, ${PRETTY_NAME-}"
)

use_kernel cloud
image vm
check "it names itself in /etc/initrd-release" is "$(release)" \
    "kindling, kindling, $("$KINDLING" --version | cut -d ' ' -f 2), kindling initramfs"
state_disk
CMDLINE="root=/dev/vda init=/sbin/state one SEEN=yes -- three"
boots "6.1: by way of a deletion" "$CMDLINE" "$DISK" -- "state: arg one"
clean_start 6.1

# Against an initramfs of 75 KB that does nothing but mount the same disk: less than 1 % of the memory may be missing.
free_memory() {
    said memory | awk '/^(MemFree|PerCpuFree):/ { sum += $2 } END { print sum + 0 }'
}
memory_bound() {
    echo "free: $2 KiB, after the least initramfs $1 KiB, of $3 KiB"
    [ "$1" -gt 0 ] && [ "$2" -gt 0 ] && [ $(($1 - $2)) -lt $(($3 / 100)) ]
}
make_floor_image() (
    . tests/bench/lib.sh
    make_floor "$KERNEL" "$1"
)
OURS=$(free_memory)
TOTAL=$(said memory | awk '/^MemTotal/ { print $2 }')
FLOOR=$MADE/handover-floor-$KVER.img
once "$FLOOR" make_floor_image "$FLOOR"
IMAGE=$FLOOR
once "$MADE/floor-root" make_floor_root "$MADE/floor-root"
once "$MADE/floor.img" qemu/mkdisk -t ext4 -p none "$MADE/floor.img" "$MADE/floor-root"
boots "6.1: an initramfs that is next to nothing" "" "$MADE/floor.img" -- "state: memory MemFree" "state: memory PerCpuFree: "
check "6.1: no memory stays behind" memory_bound "$(free_memory)" "$OURS" "$TOTAL"

use_kernel cloud trixie-backports
image vm
boots "7.2: by way of a pivot" "$CMDLINE" "$DISK" -- "state: arg one"
clean_start 7.2
# Moved, the root would lie on the initramfs, which has a number of its own.
check "7.2: the root took the initramfs's place" grep -qx 1 <(said mount | awk '$5 == "/" { print $2 }')

# The pages of a ramfs count as unevictable, those of a tmpfs as shared.
check "7.2: no memory stays behind" test "$(said memory | awk '/^(Shmem|Unevictable):/ { sum += $2 } END { print sum }')" -lt \
    $(($(said memory | awk '/^MemTotal/ { print $2 }') / 100))

# What is wrong with an init is found out before anything is given up.
use_kernel cloud
image vm
while read -r init sentence; do
    fails "init=$init" "root=/dev/vda init=$init" "$DISK" -- "kindling: the root's $init $sentence"
done <<'LIST'
/sbin/script wants /no/such/shell, which is not there: No such file or directory
/sbin/dynamic wants /lib64/ld-linux-x86-64.so.2, which is not there: No such file or directory
/sbin/of-directory wants /sbin, which cannot be started: Is a directory
/sbin/of-data wants /etc/passwd, which cannot be started: Permission denied
/sbin/of-script wants /no/such/shell, which is not there: No such file or directory
/sbin/arm64 cannot be started: Exec format error
/sbin/object cannot be started: Exec format error
/sbin/text cannot be started: Exec format error
/sbin/outside cannot be started: No such file or directory
/sbin/loop cannot be started: Symbolic link loop
/sbin cannot be started: Is a directory
LIST
boots "a link that climbs out of the root stays in it" "root=/dev/vda init=/sbin/above" "$DISK" -- \
    "real-root: init /sbin/above"

make_merged() {
    rm -rf "$1" && cp -R "$MADE/root" "$1" && mkdir "$1/usr" && mv "$1/bin" "$1/sbin" "$1/usr" &&
        ln -s /usr/bin "$1/bin" && ln -s /usr/sbin "$1/sbin"
}
disk ext4-whole -t ext4 -p none -L "my root"
once "$MADE/merged-root" make_merged "$MADE/merged-root"
once "$MADE/merged.img" qemu/mkdisk -t ext4 -p none "$MADE/merged.img" "$MADE/merged-root"
boots "/bin and /sbin are links into /usr" "root=/dev/vda" "$MADE/merged.img" -- \
    "real-root: mounted dev proc sys run"

make_bare() {
    rm -rf "$1" && cp -R "$MADE/root" "$1" && rmdir "$1"/{dev,proc,sys} && rm -rf "$1/run" && ln -s tmp "$1/run"
}
once "$MADE/bare-root" make_bare "$MADE/bare-root"
once "$MADE/bare.img" qemu/mkdisk -t ext4 -p none "$MADE/bare.img" "$MADE/bare-root"
boots "a root without directories for its mounts" "root=/dev/vda" "$MADE/bare.img" -- \
    "kindling: the root starts without /dev: No such file or directory" \
    "kindling: the root starts without /proc: No such file or directory" \
    "kindling: the root starts without /sys: No such file or directory" \
    "kindling: the root starts without /run: Not a directory"

done_testing
