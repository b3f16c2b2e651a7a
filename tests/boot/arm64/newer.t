#!/bin/bash
# arm64 on every bus with kernels of 6.12 to 7.x, with pages of 16 KiB and of 4.
. "$(dirname "$0")/buses.sh"

use_kernel 16k trixie
on_all generic
use_kernel 16k trixie-backports
on_all vm
use_kernel cloud sid
on_all generic

done_testing
