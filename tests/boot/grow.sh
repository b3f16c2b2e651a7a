# What became of GROWN, a disk of SIZE bytes in sectors of SECTOR bytes, after a boot that let its root grow, as other
# programs tell it: fdisk of the table, e2fsck of the file system. Source it after lib.sh.
# shellcheck shell=bash disable=SC2034,SC2153

PATH=$PATH:/usr/sbin:/sbin
MIB=1048576
SECTOR=512

# What is behind the last partition: not more than a GPT's end and a rest of 4 KiB.
fills_the_disk() {
    local end
    end=$(partition_end "$1")
    echo "partition $1 ends at $end of $SIZE"
    [ "$end" -le "$SIZE" ] && [ $((SIZE - end)) -le $((9 * 4096)) ]
}
partition_end() {
    LC_ALL=C fdisk -l -b $SECTOR -o Device,End "$GROWN" | sed -n "s/.*\.img$1 *//p" | {
        read -r last && echo $(((last + 1) * SECTOR))
    }
}
table_is_sound() {
    LC_ALL=C fdisk -l -b $SECTOR "$GROWN" >"$LOG.table" 2>&1
    ! grep -i 'corrupt\|mismatch\|not match\|not on the end\|invalid' "$LOG.table"
}
ext4_bytes() {
    dumpe2fs -h "$1" 2>/dev/null | sed -n 's/^Block count: *//p' | { read -r blocks && echo $((blocks * 4096)); }
}
# The file system is sound, and ends with its partition but for a block.
ext4_fills() {
    local end
    end=$(partition_end "$1")
    e2fsck -fn "$GROWN?offset=$MIB" >"$LOG.ext4" 2>&1 || { cat "$LOG.ext4"; return 1; }
    [ $((end - MIB - $(ext4_bytes "$GROWN?offset=$MIB"))) -lt 4096 ]
}
