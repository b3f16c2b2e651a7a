#!/bin/bash
# Debian's unstable: its compiler and its libraries are the newest.
SUITE=sid
. "$(dirname "$0")/host.sh"
