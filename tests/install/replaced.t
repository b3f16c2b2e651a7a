#!/bin/bash
# A system of dracut's, and one of initramfs-tools': the package takes their place, and the system boots on, by the same
# kernel command line as before.
. "$(dirname "$0")/lib.sh"

UUID=6b2f63a6-59a1-4c3f-8f2e-1f0f7a3c1d11
OLDER=linux-image-6.1.0-

# An older kernel of the suite, for the system as it was; the newest comes later.
older_kernel() {
    in_root apt-cache pkgnames "$OLDER" | grep -E '^linux-image-[0-9.-]+-cloud-amd64$' | sort -V | tail -n 2 | head -n 1
}

newest_kernel() {
    in_root apt-cache pkgnames "$OLDER" | grep -E '^linux-image-[0-9.-]+-cloud-amd64$' | sort -V | tail -n 1
}

is_gone() {
    ! in_root dpkg-query -s "$1" 2>/dev/null | grep -q '^Status:.* installed'
}

is_ours() {
    build/bin/kindling ls "$1" | grep -qx lib/kindling/index
}

# One that was cut off lacks anything: it has to have come to the prompt that was waited for.
console_lacks() {
    grep -qa 'debian login: ' "$LOGS/${0##*/}-$1.log" && ! grep -aE "$2" "$LOGS/${0##*/}-$1.log"
}

# replace TOOL CMDLINE SIGN: SIGN is what a boot from the tool's own image shows.
replace() {
    local tool=$1 cmdline=$2 sign=$3 old new
    new_root "$tool"
    old=$(older_kernel) new=$(newest_kernel)
    old=${old#linux-image-} new=${new#linux-image-}
    check "$tool and a kernel" apt install "$tool" e2fsprogs "linux-image-$old"
    disk
    check "$tool's image boots" boots_to_login "$tool-before" "$old" "$cmdline" "$sign"
    cp "$DEB" "$ROOT/tmp/kindling.deb"
    check "the package is installed" apt install /tmp/kindling.deb
    check "$tool goes" is_gone "$tool"
    check "the kernel has our image" is_ours "$ROOT/boot/initrd.img-$old"
    check "$tool's image is kept" test -s "$ROOT/boot/initrd.img-$old.old"
    check "it is not ours" eval "! is_ours '$ROOT/boot/initrd.img-$old.old'"
    check "another kernel comes" apt install "linux-image-$new"
    check "with our image" is_ours "$ROOT/boot/initrd.img-$new"
    disk
    check "the new kernel boots, by the same command line" boots_to_login "$tool-new" "$new" "$cmdline" 'Run /init'
    check "without a word of $tool" console_lacks "$tool-new" "$sign"
    check "so does the old one" boots_to_login "$tool-old" "$old" "$cmdline" 'Run /init'
    check "without one as well" console_lacks "$tool-old" "$sign"
    check "purging what $tool left" apt purge "$tool"
    check "harms nothing" is_ours "$ROOT/boot/initrd.img-$new"
    umount -R "$ROOT"
}

package
replace dracut "root=UUID=$UUID ro rd.info rd.timeout=90 rd.shell=0 console=ttyS0" "dracut .*hook"
replace initramfs-tools "root=UUID=$UUID ro rootdelay=10 console=ttyS0" 'Begin: Mounting root file system'
done_testing
