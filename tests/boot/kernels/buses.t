#!/bin/bash
# Kernels of Debian 12, 13, its backports and unstable, each with both profiles on the buses of a PC; and what of a kernel in
# several packages may be missing.
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2034 # lib.sh's
MACHINE=q35 MEMORY=384
UUID=6b6b6b6b-1111-4222-8333-0123456789ab
disk ext4-gpt-64m -t ext4 -p gpt -L kindling-root -U $UUID -s 64M

on_bus() {
    boots "$KVER, $PROFILE, $1" "root=UUID=$UUID" "$DISK,bus=$1" -- "real-root: root $2 ext4 ro,"
}

both_on_all() {
    for PROFILE in vm generic; do
        image "$PROFILE" -p "$PROFILE"
        check "$KVER, $PROFILE: check says so" "$KINDLING" check --machine q35-virtio,nvme "$IMAGE"
        on_bus virtio /dev/vda1
        on_bus nvme /dev/nvme0n1p1
        # Cloud kernels have no drivers of the others.
        [[ $KVER != *cloud* ]] || continue
        on_bus ahci /dev/sda1
        on_bus usb /dev/sda1
    done
}

for SUITE in bookworm trixie trixie-backports sid; do
    use_kernel cloud "$SUITE"
    both_on_all
    use_kernel generic "$SUITE"
    both_on_all
done
# The newest of the years between that the archive still has.
for SERIES in 6.16 6.17 6.18; do
    VERSION=$(qemu/fetch-kernel --suite trixie-backports --list | awk -v series="$SERIES." '
        index($1, series) == 1 && $2 == "generic" { print $1 } ' | tail -n 1)
    [ "$VERSION" ] || continue
    use_kernel generic trixie-backports "$VERSION"
    both_on_all
done

# Of a kernel in three packages (linux-base, linux-binary, linux-modules), as `dpkg -x` leaves them, one is missing.
use_kernel cloud trixie-backports
PARTS=$MADE/kernel-parts
rm -rf "$PARTS" && mkdir -p "$PARTS/lib/modules"
cp -al "$(readlink -f "$KERNEL/lib/modules")/$KVER" "$PARTS/lib/modules/$KVER"
of_parts() {
    "$KINDLING" build -q -k "$KVER" --modules-dir "$PARTS/lib/modules" -p vm -o "$MADE/kernel-parts.img" 2>&1
}
rm -f "$PARTS/lib/modules/$KVER"/{vmlinuz,config,System.map}
check "without the kernel's own package: the image is made" of_parts
rm -r "$PARTS/lib/modules/$KVER/kernel"
without_modules() {
    local said
    said=$(of_parts) && return 1
    echo "$said"
    [[ $said = "kindling: "*"$KVER"* ]] && [ "$(wc -l <<<"$said")" = 1 ]
}
check "without that of the modules: one sentence" without_modules
rm -rf "$PARTS"

done_testing
