#!/bin/bash
# Arrays in containers of the firmware's RAID, as Intel's and DDF's superblocks tell of them. mdadm believes that there is
# such firmware when its environment says so, which comes from the kernel's command line.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image md -f md
PLATFORM="IMSM_NO_PLATFORM=1 IMSM_DEVNAME_AS_SERIAL=1"

# container NAME METADATA: two disks with a mirror, that has partitions.
container() {
    stack "container-$1" 2 "
export $PLATFORM
modprobe raid1
mdadm --create /dev/md/box --run --metadata=$2 --raid-devices=2 /dev/vda /dev/vdb
mdadm --create /dev/md/volume --assume-clean --run --level=1 --size=40M --raid-devices=2 /dev/md/box
printf 'label: dos\nsize=4M\nsize=+\n' | sfdisk \$(readlink -f /dev/md/volume)
fill \$(readlink -f /dev/md/volume)p2 -L in-$1
sync
mdadm --wait-clean --scan
mdadm --stop /dev/md/volume
mdadm --stop /dev/md/box
"
}

container imsm imsm
IMSM=("${DISKS[@]}")
boots "Intel's: on a partition of an array in it" "root=LABEL=in-imsm rw rd.info $PLATFORM" "${IMSM[@]}" -- \
    "active with 2 out of 2 mirrors" "real-root: root /dev/md126p2 ext4 rw,"
boots "one of its disks is missing" "root=LABEL=in-imsm rw $PLATFORM" "${IMSM[0]}" -- \
    "starting the arrays of the firmware's RAID on /dev/vda degraded: only 1 of 2 disks have come" "real-root: root /dev/md126p2 ext4 rw,"
fails "which may be forbidden" "root=LABEL=in-imsm rd.md.degraded=never rd.timeout=5 $PLATFORM" "${IMSM[0]}" -- \
    "it is a disk of the firmware's RAID, of which 1 of 2 have come: rd.md.degraded=never keeps it from starting"
boots "a superblock that is left over, on a machine without such firmware" "root=LABEL=in-imsm" "${IMSM[0]}" -- \
    "mdadm does not take /dev/vda for a disk of the firmware's RAID" "real-root: root /dev/vda2 ext4 ro,"
boots "which is not asked about" "root=LABEL=in-imsm rd.md.imsm=0" "${IMSM[0]}" -- "real-root: root /dev/vda2 ext4 ro,"
check "and mdadm is not" log_lacks "program mdadm"

# A root that was written to is taken down, and the superblocks are in step.
COPIES=("$MADE/container-1.img" "$MADE/container-2.img")
for number in 0 1; do
    cp --sparse=always "${IMSM[number]}" "${COPIES[number]}" || bail_out "cannot copy disks"
done
# shellcheck disable=SC2016
SNAPSHOT='' run_machine "taken down" '' "root=LABEL=in-imsm rw $PLATFORM"' kindling.shutdown init=/bin/sh -- -c "busybox dd if=/dev/zero of=/written bs=1M count=2; cd /run/initramfs; busybox mkdir dev proc sys run oldroot; mount -o bind . .; cd /run/initramfs; for d in dev proc sys; do mount -o move /$d $d; done; busybox pivot_root . oldroot; exec /shutdown poweroff <dev/console >dev/console 2>&1"' "${COPIES[@]}"
check "the shutdown stops the array" log_shows "the old root is unmounted" "the md array md126 is stopped"
boots "and it is in step afterwards" "root=LABEL=in-imsm rw $PLATFORM" "${COPIES[@]}" -- "active with 2 out of 2 mirrors"
check "with nothing to mend" log_lacks "not clean"

STACK_SIZE=128M # a DDF superblock takes 32 MB at the end of each disk
container ddf ddf
boots "DDF" "root=LABEL=in-ddf rw $PLATFORM" "${DISKS[@]}" -- "active with 2 out of 2 mirrors" "real-root: root /dev/md12" " ext4 rw,"
boots "DDF, one of its disks is missing" "root=LABEL=in-ddf rw $PLATFORM" "${DISKS[1]}" -- \
    "active with 1 out of 2 mirrors" "real-root: root /dev/md12" " ext4 rw,"
image no-mdmon -f layers
boots "without mdadm its superblock does not count" "root=LABEL=in-imsm" "${IMSM[0]}" -- "real-root: root /dev/vda2 ext4 ro,"
done_testing
