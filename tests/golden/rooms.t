#!/bin/bash
# Who may include whom: .dev/rooms says so of this tree, and finds an arrow that runs back.
cd "$(dirname "$0")/../.." || exit 1
. tests/golden/lib.sh

check "each room includes only what lies below it" .dev/rooms

# with_line FILE LINE: what .dev/rooms says of a copy in which FILE has that line, too.
with_line() {
    local tree=$WORK/tree
    rm -rf "$tree"
    mkdir -p "$tree"
    cp -R init generator "$tree/"
    mkdir -p "$tree/$(dirname "$1")"
    echo "$2" >>"$tree/$1"
    .dev/rooms "$tree" >"$WORK/said"
}

# refused NAME FILE LINE WORDS
refused() {
    check "$1" not with_line "$2" "$3"
    check "$1: named" grep -qF "$4" "$WORK/said"
}

not() {
    ! "$@"
}

refused "an arrow that runs back" init/format/crc.c '#include "root/report.h"' \
    "init/format/crc.c includes root/report.h, which lies above it"
refused "an arrow from the generator into /init" generator/base/file.c '#include "device/coldplug.h"' \
    "generator/base/file.c includes init/device/coldplug.h, which is not for the generator"
refused "a disk judged elsewhere than in the prediction" generator/archive/cache.c '#include "format/superblock.h"' \
    "generator/archive/cache.c includes init/format/superblock.h"
refused "an arrow from the network's program into /init" init/network/main.c '#include "root/wait.h"' \
    "init/root/wait.h: its room is not in the list"
refused "an arrow from /init into the network's program" init/root/wait.c '#include "network/report.h"' \
    "init/network/report.h: its room is not in the list"
refused "a room that is in no list" init/attic/old.c '#include "system/text.h"' "its room is not in the list"
refused "a file outside the rooms" generator/stray.c '#include "base/file.h"' "its room is not in the list"
refused "an include that is no path from the program's folder" init/root/usr.c '#include "mount_options.h"' \
    '"mount_options.h" is not a path from init/'

done_testing
