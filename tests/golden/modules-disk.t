#!/bin/bash
# qemu/modules-disk: what it says to those who ask it wrongly. The disk itself is booted by tests/boot/minivm.t.
. "$(dirname "$0")/lib.sh"
cd "$WORK" || exit 1

modules_disk() {
    "$ROOT/qemu/modules-disk" --modules-dir "$WORK/modules" "$@"
}
check "the size first" fails_with 2 "the kernel comes first, then the size of the disk: modules-disk $KVER 300 " modules_disk 300 "$KVER"
check "of a kernel that is not there" fails_with 2 "the kernel comes first, .*: modules-disk 6.1.0-x 300 " modules_disk 300 6.1.0-x
check "a template first, as for mkinitramfs" fails_with 2 "the kernel comes first, .*: modules-disk $KVER " modules_disk template "$KVER"
check "a size that is none" fails_with 2 "'large' is no size in megabytes" modules_disk "$KVER" large
check "no kernel of that name" fails_with 1 "cannot read $WORK/modules/6.2: there is no such directory" modules_disk 6.2 300
check "nothing is left behind" test -z "$(find . -name '*.qcow2' -o -name '.modules-disk*')"
done_testing
