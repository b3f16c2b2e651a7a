#!/bin/bash
# Debian's own programs for arm64, from the kernel to systemd's prompt and down again. The packages are unpacked, not
# configured, for which it would take a processor of theirs: of what that does, what a login needs is done here.
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2034 # lib.sh's
ARCHITECTURE=arm64 MACHINE=virt MEMORY=768 TIMEOUT=600 SNAPSHOT=''
SYSTEM=$(qemu/fetch-sysroot --arch arm64 base-files base-passwd bash dash coreutils grep sed mawk login mount systemd-sysv \
    dbus udev util-linux e2fsprogs kmod hostname ncurses-base libpam-runtime libpam-modules procps) ||
    bail_out "no system of arm64: see above"

configured() {
    local root=$1/usr/share kind
    rm -rf "$1" && cp -a "$SYSTEM" "$1" && mkdir -p "$1"/{proc,sys,dev,run,tmp,root,var/log,etc/pam.d} &&
        sed 's/^root:[^:]*:/root::/' "$root/base-passwd/passwd.master" >"$1/etc/passwd" &&
        cp "$root/base-passwd/group.master" "$1/etc/group" && echo messagebus:x:101:101::/nonexistent:/usr/sbin/nologin >>"$1/etc/passwd" &&
        echo messagebus:x:101: >>"$1/etc/group" && ln -sf dash "$1/bin/sh" && ln -sf mawk "$1/usr/bin/awk" &&
        echo arm64 >"$1/etc/hostname" && : >"$1/etc/machine-id" || return
    for kind in auth account session password; do
        echo "$kind sufficient pam_permit.so" >"$1/etc/pam.d/common-$kind"
    done
    cp "$1/etc/pam.d/common-session" "$1/etc/pam.d/common-session-noninteractive"
    cat >"$1/usr/sbin/tell" <<'TELL'
#!/bin/sh
echo "system: pid 1 is $(cat /proc/1/comm) on $(uname -m)"
echo "system: root $(awk '$2 == "/" { print $1, $3 }' /proc/self/mounts)"
echo "system: state $(systemctl is-system-running --wait)"
TELL
    chmod 755 "$1/usr/sbin/tell"
}
make_system() {
    local root=$MADE/arm64-debian-root
    configured "$root" && qemu/mkdisk -t ext4 -p none -L arm64-debian -s 640M "$1" "$root" && rm -rf "$root"
}
DISK=$MADE/arm64-debian.img
once "$DISK" make_system "$DISK"
cp --sparse=always "$DISK" "$DISK.in-use"

use_kernel generic
image arm64-vm -p vm
RUN_OPTIONS=(--type 'login: $ => root' --type '# (\e\[[0-9?]*[a-z])*$ => tell; poweroff')
run_machine "Debian with systemd" 'reboot: (Power down|System halted)' "root=LABEL=arm64-debian rw" "$DISK.in-use"
check "to the prompt" log_shows "system: pid 1 is systemd on aarch64" "system: root /dev/vda ext4" "system: state "
check "and down again" test "$STATUS" = 0
rm -f "$DISK.in-use"

done_testing
