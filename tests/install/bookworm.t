#!/bin/bash
# Debian 12, which has the oldest compiler and depmod that we know.
SUITE=bookworm
. "$(dirname "$0")/host.sh"
