#!/bin/bash
# Each call that writes something fails once, with each error that a disk may give: the old image stays as it was or the
# new one is whole, what failed is said in one sentence, and nothing is left lying about.
# Where nothing has to wait for a disk: a thousand runs and more write here.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../golden/lib.sh"
. "$(dirname "$0")/each_call.sh"
IMAGE=$WORK/out/image
EIO=5 EACCES=13 EMFILE=24 ENOSPC=28 EROFS=30 EDQUOT=122

# For a tree of gzipped modules the scratch directory holds more than indexes.
gzip "$TREE/kernel/lib/helper.ko"
make_new() {
    build -m beta --depfile "$WORK/out/depfile" -z "${METHOD:-gzip}" --force-compress "$@"
}

# old_or_new STATUS CALL: the image that belongs to an exit status is there.
old_or_new() {
    case $1 in
    # libkmod passes over files of the tree that it cannot open: a whole image that knows a little less.
    0) cmp "$IMAGE" "$WORK/new" || { [ "$2" = open ] && "$KINDLING" ls "$IMAGE"; } ;;
    1) cmp "$IMAGE" "$WORK/old" || cmp "$IMAGE" "$WORK/new" ;;
    *) echo "exit status $1" && return 1 ;;
    esac
}
fresh() {
    rm -rf "$XDG_CACHE_HOME" "$WORK/mark" "$WORK/out/depfile"
    [ "$CACHE" != full ] || cp -r "$WORK/full-cache" "$XDG_CACHE_HOME"
    cp "$WORK/old" "$IMAGE"
}
one_failure() {
    local status
    fresh
    LD_PRELOAD=$SHIM FAULT_CALL=$1 FAULT_ERROR=$2 FAULT_NUMBER=$3 FAULT_MARK=$WORK/mark make_new -o "$IMAGE" 2>"$WORK/stderr"
    status=$?
    old_or_new "$status" "$1" && no_debris && test "$(wc -l <"$WORK/stderr")" -eq "$status" && return
    echo "number $3, exit status $status:"
    cat "$WORK/stderr"
    return 1
}

build -o "$IMAGE" || bail_out "nothing can be built"
cp "$IMAGE" "$WORK/old"
for METHOD in gzip none; do
    rm -rf "$XDG_CACHE_HOME"
    make_new -o "$WORK/new" || bail_out "nothing can be built"
    rm -rf "$WORK/full-cache"
    cp -r "$XDG_CACHE_HOME" "$WORK/full-cache"
    cmp -s "$WORK/old" "$WORK/new" && bail_out "both images are the same"
    for CACHE in empty full; do
        [ "$METHOD$CACHE" != noneempty ] || continue
        check "$METHOD, $CACHE cache: no write" each write $ENOSPC 3
        check "$METHOD, $CACHE cache: a write with an error" each write $EIO 3
        check "$METHOD, $CACHE cache: short writes" each write short 3
        check "$METHOD, $CACHE cache: fsync" each fsync $EIO 4
        check "$METHOD, $CACHE cache: rename" each rename $ENOSPC 2
        check "$METHOD, $CACHE cache: close" each close $EIO 4
        # depmod only warns when it cannot read what it could do without.
        FAULT_PROGRAM=kindling check "$METHOD, $CACHE cache: open" each open $EMFILE 5
        check "$METHOD, $CACHE cache: fallocate" each fallocate $EDQUOT 1
        check "$METHOD, $CACHE cache: mkdir" each mkdir $EROFS 2
    done
done
unreadable_for_depmod() {
    fails_with 1 'cannot find out what .*\.ko needs: depmod makes nothing of it' env LD_PRELOAD="$SHIM" \
        FAULT_PROGRAM=depmod FAULT_CALL=open FAULT_ERROR=$EMFILE FAULT_NUMBER=10 FAULT_MARK="$WORK/mark" "$KINDLING" build -q \
        -k "$KVER" --modules-dir "$WORK/modules" --cache none -o "$IMAGE"
}
check "depmod passes over a module" unreadable_for_depmod
METHOD=zstd
make_new -o "$WORK/new" || bail_out "nothing can be built"
check "a rename that is not allowed" each rename $EACCES 2

done_testing
