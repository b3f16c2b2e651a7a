#!/bin/bash
# The kernels of Debian 13 on the buses of a PC.
. "$(dirname "$0")/buses.sh"

use_kernel cloud trixie
both_on_all
use_kernel generic trixie
both_on_all

done_testing
