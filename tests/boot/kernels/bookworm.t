#!/bin/bash
# The kernels of Debian 12 on the buses of a PC.
. "$(dirname "$0")/buses.sh"

use_kernel cloud bookworm
both_on_all
use_kernel generic bookworm
both_on_all

done_testing
