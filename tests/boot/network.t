#!/bin/bash
# A network before the root, and what a boot pays that asks for none: nothing. Roots on it are in boot/network.
. "$(dirname "$0")/lib.sh"

use_kernel cloud
image network -f network
disk my-root -t ext4 -p gpt -L my-root
RUN_OPTIONS=(-- -netdev "user,id=net0,hostname=guest" -device "virtio-net-pci,netdev=net0,mac=52:54:00:09:00:02,addr=9")

# What PXELINUX leaves, and a word that makes no sense.
boots "a local root, with the leftovers of PXE and a wrong word" \
    "root=LABEL=my-root ip=10.0.2.15:10.0.2.2:10.0.2.2:255.255.255.0 BOOTIF=01-52-54-00-09-00-02 ip=enp6s0f0:static rd.debug" \
    "$DISK" -- "real-root: root /dev/vda1 ext4 ro," \
    "kindling: ip=enp6s0f0:static on the kernel command line makes no sense, and is ignored: static needs an address"
check "no card's driver is loaded, no program inflated" log_lacks "module virtio_net" "module net_failover" " unpack network "

# The card is in slot 9 of the bus, and udev calls it so.
boots "a network that is wanted for its own sake" \
    "root=LABEL=my-root rd.neednet=1 ip=dhcp rd.info show=/run/net-ens9.conf show=/etc/hostname show=/proc/sys/kernel/hostname" "$DISK" -- \
    "kindling: network: eth0 is ens9" "kindling: network: ens9 has the address 10.0.2.15/24 (dhcp), gateway 10.0.2.2" \
    "real-root: file /run/net-ens9.conf DEVICE='ens9'" "PROTO='dhcp'" "IPV4ADDR='10.0.2.15'" "IPV4BROADCAST='10.0.2.255'" \
    "IPV4NETMASK='255.255.255.0'" "IPV4GATEWAY='10.0.2.2'" "IPV4DNS0='10.0.2.3'" "real-root: file /proc/sys/kernel/hostname guest" "real-root: done"

RUN_OPTIONS=()
boots "no card, and the root does not hang on it" "root=LABEL=my-root rd.neednet=1 rd.net.timeout.carrier=1" "$DISK" -- \
    "kindling: there is no network: no network card was found" "kindling: the boot goes on without a network" \
    "real-root: root /dev/vda1 ext4 ro,"

done_testing
