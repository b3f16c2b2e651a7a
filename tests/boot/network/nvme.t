#!/bin/bash
# Roots on disks of an NVMe server's, by TCP. Only a kernel serves them, so another machine of ours does.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
NQN=nqn.2014-08.org.example:root
STATIC=10.9.0.2:::255.255.255.0:::none
disk plain -t ext4 -p gpt -L plain
plain=$DISK

# The server's root: it exports its second disk, and then does nothing more.
make_target() {
    rm -rf "$1" && qemu/mkroot "$1" && ln -s busybox "$1/bin/mkdir" && ln -s busybox "$1/bin/ln" && cat >"$1/sbin/target" <<END && chmod 755 "$1/sbin/target"
#!/bin/sh
set -ex
mount -t configfs configfs /sys/kernel/config || [ -d /sys/kernel/config/nvmet ]
cd /sys/kernel/config/nvmet
mkdir subsystems/$NQN
echo 1 >subsystems/$NQN/attr_allow_any_host
mkdir subsystems/$NQN/namespaces/1
echo /dev/vdb >subsystems/$NQN/namespaces/1/device_path
echo 1 >subsystems/$NQN/namespaces/1/enable
mkdir ports/1
cd ports/1
echo tcp >addr_trtype
echo ipv4 >addr_adrfam
echo 10.9.0.1 >addr_traddr
echo 4420 >addr_trsvcid
ln -s ../../subsystems/$NQN subsystems/$NQN
echo "target: ready"
while :; do sleep 1000; done
END
}
once "$MADE/target" make_target "$MADE/target"
once "$MADE/target.img" qemu/mkdisk -t ext4 -p none -L target "$MADE/target.img" "$MADE/target"
image target -f network -a nvmet_tcp
qemu/run -k "$(kernel_to_boot)" -i "$IMAGE" -m 256 --snapshot -d "$MADE/target.img" -d "$plain" --log "$LOGS/nvme-target.log" --timeout 1000 \
    -a "root=LABEL=target init=/sbin/target rd.neednet=1 ip=10.9.0.1:::255.255.255.0:::none" \
    -- -netdev "socket,id=net0,listen=127.0.0.1:7000" -device "virtio-net-pci,netdev=net0,mac=52:54:00:09:00:01" 2>"$SERVERS/target.err" &
target=$!
until grep -qa '^target: ready' "$LOGS/nvme-target.log" 2>/dev/null; do
    kill -0 $target 2>/dev/null || bail_out "the target has ended: $(tail -n 3 "$LOGS/nvme-target.log" "$SERVERS/target.err")"
    sleep 0.2
done

RUN_OPTIONS=(-- -netdev "socket,id=net0,connect=127.0.0.1:7000" -device "virtio-net-pci,netdev=net0,mac=52:54:00:09:00:02")
image nvme -f nvme-tcp
boots "a subsystem by its name" "root=LABEL=plain netroot=nvme-tcp:10.9.0.1::$NQN ip=$STATIC" -- "real-root: root /dev/nvme0n1p1 ext4 ro,"
boots "all that a discovery controller tells of" "root=LABEL=plain rd.nvmf.discover=tcp,10.9.0.1,,4420 rd.nvmf.hostnqn=nqn.2014-08.org.example:me rd.nvmf.hostid=7c7c7c7c-1111-4222-8333-0123456789ab ip=$STATIC" -- \
    "n1p1 ext4 ro,"
fails "no such subsystem" "root=nvme-tcp:10.9.0.1::nqn.2014-08.org.example:other ip=$STATIC rd.timeout=20" -- \
    "kindling: cannot connect to the NVMe subsystem nqn.2014-08.org.example:other of 10.9.0.1:4420, from ens2 (10.9.0.2): the server has no such subsystem, or refuses this machine"

kill $target
done_testing
