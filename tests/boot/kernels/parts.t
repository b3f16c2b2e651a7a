#!/bin/bash
# Of a kernel in three packages (linux-base, linux-binary, linux-modules), as `dpkg -x` leaves them, one is missing.
. "$(dirname "$0")/../lib.sh"

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
