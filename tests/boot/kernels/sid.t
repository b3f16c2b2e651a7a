#!/bin/bash
# The kernels of Debian's unstable on the buses of a PC.
. "$(dirname "$0")/buses.sh"

use_kernel cloud sid
both_on_all
use_kernel generic sid
both_on_all

done_testing
