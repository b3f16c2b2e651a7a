#!/bin/bash
# An image of Debian's generic kernel takes little memory to make: 64 MB are enough for all but depmod, which a kernel
# package runs once, at its installation.
. "$(dirname "$0")/lib.sh"

export KINDLING_DATA=$ROOT/build/share/kindling
KERNEL=$(XDG_CACHE_HOME='' "$ROOT/qemu/fetch-kernel" --flavour generic) || bail_out "no kernel: see above"
[ -x /usr/bin/time ] || bail_out "GNU time is not there"

debian() {
    "$KINDLING" build -q -k "$(<"$KERNEL/release")" --modules-dir "$KERNEL/lib/modules" -o "$WORK/out/image" "$@"
}

# peak_is_below MEGABYTES OPTION...: with depmod's indexes at hand and nothing else.
peak_is_below() {
    rm -rf "$XDG_CACHE_HOME/kindling/members" "$XDG_CACHE_HOME/kindling/module-information"
    /usr/bin/time -f %M -o "$WORK/peak" "$KINDLING" build -q -k "$(<"$KERNEL/release")" --modules-dir "$KERNEL/lib/modules" \
        -o "$WORK/out/image" "${@:2}" || return 1
    echo "$(<"$WORK/peak") KiB"
    [ "$(<"$WORK/peak")" -le $(($1 * 1024)) ]
}
check "depmod's indexes are made" debian -p minimal
check "profile vm: less than 64 MB" peak_is_below 64 -p vm
check "profile generic: less than 64 MB" peak_is_below 64 -p generic
check "and with two threads" peak_is_below 64 -p generic -j 2

done_testing
