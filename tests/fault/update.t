#!/bin/bash
# `kindling update` that is killed, or whose disk fails, at any of its calls: the image that booted is there whole, and the
# next update keeps it as the previous one. Where files have one name only, too.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../golden/lib.sh"
. "$(dirname "$0")/each_call.sh"
BOOT=$WORK/out
IMAGE=$BOOT/initrd.img-$KVER
EPERM=1 EIO=5 EINVAL=22 ENOSYS=38
printf 'microcode = none\nmodules-dir = %s\n' "$WORK/modules" >"$KINDLING_ETC/kindling.conf"

# update NUMBER [VARIABLE=VALUE]...: to an image of that number.
update() {
    echo "change $1" >"$KINDLING_DATA/template/etc/change"
    env "${@:2}" "$KINDLING" update --force -q -b "$BOOT" -k "$KVER"
}
{ update 0 && cp "$IMAGE" "$WORK/earlier" && update 1 && cp "$IMAGE" "$WORK/booted"; } || bail_out "nothing can be built"

# Both have booted, whenever this machine started.
fresh() {
    rm -f "$BOOT"/* "$WORK/mark"
    cp "$WORK/earlier" "$IMAGE.old"
    cp "$WORK/booted" "$IMAGE"
    touch -d 1990-01-01 "$IMAGE" "$IMAGE.old"
}
is_there() {
    local file
    for file in "$IMAGE" "$IMAGE.old" "$IMAGE.old.new"; do
        ! cmp -s "$file" "$WORK/booted" || return 0
    done
    echo "the image that booted is gone"
    return 1
}
one_failure() {
    fresh
    update 2 "LD_PRELOAD=$SHIM" FAULT_PROGRAM=kindling "FAULT_CALL=$1" "FAULT_ERROR=$2" "FAULT_NUMBER=$3" \
        "FAULT_MARK=$WORK/mark" >"$WORK/said" 2>&1
    is_there && update 3 "LD_PRELOAD=$SHIM" && cmp "$IMAGE.old" "$WORK/booted" && [ ! -e "$IMAGE.old.new" ] && no_debris && return
    echo "number $3:"
    cat "$WORK/said"
    ls -li "$BOOT"
    return 1
}

for FAULT_LINKS in "" $EPERM $ENOSYS; do
    export FAULT_LINKS
    name="links fail with '$FAULT_LINKS'"
    check "$name: killed before a rename" each rename before 2
    check "$name: killed after one" each rename after 2
    check "$name: a rename fails" each rename $EIO 2
    check "$name: killed at a sync" each fsync before 2
    check "$name: a sync fails" each fsync $EIO 2
done
unset FAULT_LINKS
# VFAT, by its number, and a kernel that cannot exchange names there.
export FAULT_MAGIC=0x4d44 FAULT_LINKS=$EPERM
check "where names are exchanged: killed before it" each exchange before 1
check "it fails" each exchange $EIO 1
check "it cannot be" each exchange $EINVAL 1
check "killed at a sync" each fsync before 2
check "a sync fails" each fsync $EIO 2
unset FAULT_MAGIC FAULT_LINKS
check "killed before a write" each write before 2
check "killed before a link" each link before 1

# On the disk before anything else happens: order TYPE SYNC LINES, of renames and links in /boot and the next sync.
order() {
    rm -f "$WORK/log"
    fresh
    update 2 "LD_PRELOAD=$SHIM" FAULT_PROGRAM=kindling "FAULT_LOG=$WORK/log" "FAULT_MAGIC=$1"
    sed -n "s,initrd.img-$KVER,IMAGE,; s,$BOOT/,,; s,$BOOT,DIRECTORY,; s,-[A-Za-z0-9]*\$,-XXXXXX,; /IMAGE\|DIRECTORY/p" "$WORK/log" |
        diff "$WORK/expected" -
}
cat >"$WORK/expected" <<'END'
link IMAGE.old.new
fsync DIRECTORY
fsync .IMAGE.kindling-XXXXXX
rename IMAGE
fsync DIRECTORY
rename IMAGE.old
fsync DIRECTORY
END
for magic in 0xef53 0x58465342 0x9123683e 0xf2f52010; do
    check "a name is on the disk before the next one changes ($magic)" order "$magic"
done
sed -i 's/fsync DIRECTORY/syncfs DIRECTORY\n&/; s/rename IMAGE$/exchange IMAGE/' "$WORK/expected"
for magic in 0x4d44 0x2011bab0 0x52654973; do
    check "where fsync means nothing, all of it is ($magic)" order "$magic"
done

# What is no whole image is not kept in the place of one.
torn() {
    fresh
    head -c 2000 "$WORK/booted" >"$IMAGE.old.new"
    update 2
    cmp "$IMAGE.old" "$WORK/booted" && [ ! -e "$IMAGE.old.new" ]
}
check "half an image under the spare name is removed" torn

done_testing
