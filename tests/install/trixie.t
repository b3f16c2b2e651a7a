#!/bin/bash
# Debian 13: its depmod writes a trie's root first, its modules are *.ko.xz.
SUITE=trixie
. "$(dirname "$0")/host.sh"
