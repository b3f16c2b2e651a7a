#!/bin/bash
# The kernels of Debian 13's backports on the buses of a PC: the newest, and the newest 6.18.
. "$(dirname "$0")/buses.sh"

use_kernel cloud trixie-backports
both_on_all
use_kernel generic trixie-backports
both_on_all
# The archive has no more than some parts of the others between.
VERSION=$(qemu/fetch-kernel --suite trixie-backports --list | awk '
    index($1, "6.18.") == 1 && $2 == "generic" { version = $1 } END { print version }')
check "there is a 6.18" test "$VERSION"
use_kernel generic trixie-backports "$VERSION"
both_on_all

done_testing
