#!/bin/bash
# Roots on NFS: by each version, in each form that people write, and what goes wrong.
. "$(dirname "$0")/lib.sh"
. tests/boot/systems.sh

use_kernel cloud
image nfs -f nfs,overlay
test_root

# Before there is a server.
fails "the server is away" "root=nfs:10.0.2.2:/root ip=dhcp rd.timeout=5" -- \
    "kindling: cannot mount 10.0.2.2:/root by NFS from ens2 (10.0.2.15): the server "
fails "its name is not found" "root=nfs:nowhere.example:/root ip=dhcp nameserver=10.0.2.99" -- \
    "kindling: cannot find the address of nowhere.example: "
mute 2049
fails "the server is mute" "root=nfs:10.0.2.2:/root ip=dhcp rd.timeout=5" -- \
    "kindling: cannot mount 10.0.2.2:/root by NFS from ens2 (10.0.2.15): the server does not answer"
kill %1
fails "CIFS is not among them" "root=cifs://10.0.2.2/root ip=dhcp" -- "kindling: root=cifs://10.0.2.2/root is no form of a root on the network that kindling knows"
fails "no form of an NFS root" "root=nfs:10.0.2.2:root" -- "kindling: root=nfs:10.0.2.2:root is no form of a root on the network that kindling knows"

LATER=the_server_is_late
later "the server refuses connections; it is tried again" serve_nfs "$ROOT_DIRECTORY" root
boots "the server is late" "root=nfs:10.0.2.2:/root ip=dhcp rd.timeout=200" -- "real-root: root 10.0.2.2:/root nfs4 ro,"
listens 2049 $$ || bail_out "the server is gone"

boots "version 3, which the kernel asks portmap and MOUNT for" "root=nfs:10.0.2.2:$EXPORTED:vers=3 ip=dhcp" -- \
    "real-root: root 10.0.2.2:$EXPORTED nfs ro," "vers=3," "mountproto=tcp"
boots "version 3 where nobody is asked" "root=10.0.2.2:$EXPORTED,vers=3,port=2049,mountport=20048 ip=dhcp rw" -- \
    "real-root: root 10.0.2.2:$EXPORTED nfs rw," "mountport=20048"
boots "a path that only version 3 has" "root=nfs:10.0.2.2:$EXPORTED ip=dhcp" -- "real-root: root 10.0.2.2:$EXPORTED nfs ro," "vers=3,"
boots "version 4.0" "root=nfs4:10.0.2.2:/root,vers=4.0 ip=dhcp" -- "real-root: root 10.0.2.2:/root nfs4 ro," "vers=4.0,"
check "a root of root's is none of nobody's" log_lacks "belongs to nobody"
# All that nfsroot.rst names.
OPTIONS=port=2049,rsize=65536,wsize=65536,timeo=70,retrans=4,acregmin=4,acregmax=61,acdirmin=31,acdirmax=62,hard,nointr,noposix,cto,ac
boots "the kernel's words" "root=/dev/nfs nfsroot=10.0.2.2:/root,$OPTIONS rw ip=:::::ens2:dhcp" -- \
    "real-root: root 10.0.2.2:/root nfs4 rw," "rsize=65536,wsize=65536" "acregmin=4,acregmax=61,acdirmin=31,acdirmax=62,hard" "timeo=70,retrans=4"
boots "the server of ip=" "root=/dev/nfs nfsroot=/root nfsaddrs=10.0.2.15:10.0.2.2:10.0.2.2:255.255.255.0::ens2:off" -- \
    "real-root: root 10.0.2.2:/root nfs4 ro,"
boots "an overlay above, which forgets whatever is written" "root=nfs:10.0.2.2:/root ip=dhcp rd.overlay show=/etc/resolv.conf" -- \
    "real-root: root overlay overlay rw," "real-root: file /etc/resolv.conf nameserver 10.0.2.3"
boots "rw among its options" "root=nfs:10.0.2.2:/root:rw,noatime ip=dhcp ro show=/etc/resolv.conf" -- "real-root: root 10.0.2.2:/root nfs4 rw,noatime,"
check "a root that keeps what is written is given no name servers" log_lacks "nameserver 10.0.2.3"
fails "no such export" "root=nfs:10.0.2.2:/other ip=dhcp" -- "the server has no such directory, or does not export it"
fails "a version that it has not" "root=nfs:10.0.2.2:/root:vers=2 ip=dhcp" -- "kindling: cannot mount 10.0.2.2:/root by NFS"

# A server that tells owners by name.
end_nfs
NUMERIC_OWNERS=false serve_nfs "$ROOT_DIRECTORY" root
boots "owners by name" "root=nfs:10.0.2.2:/root ip=dhcp" -- "kindling: 10.0.2.2:/root belongs to nobody: a server that tells owners by name"
end_nfs
ACCESS=None serve_nfs "$ROOT_DIRECTORY" root
fails "an export for others" "root=nfs:10.0.2.2:/root ip=dhcp" -- \
    "kindling: cannot mount 10.0.2.2:/root by NFS from ens2 (10.0.2.15): the server has no such directory, or does not export it to this machine"
fails "the same by version 3" "root=nfs:10.0.2.2:$EXPORTED:vers=3 ip=dhcp" -- \
    "kindling: cannot mount 10.0.2.2:$EXPORTED by NFS from ens2 (10.0.2.15): the server "
end_nfs
serve_nfs "$ROOT_DIRECTORY" root

# What DHCP says.
wire
RUN_OPTIONS=(-- "${WIRE[@]}")
ip addr add fd00:9::1/64 dev wire nodad || bail_out "no IPv6"
serve_dhcp --enable-ra --dhcp-range=fd00:9::100,fd00:9::1ff,64,1h
boots "by IPv6, with the address of a DHCPv6 server" "root=nfs:[fd00:9::1]:/root ip=dhcp6 rd.info" -- \
    "(dhcp6)" "real-root: root [fd00:9::1]:/root nfs4 ro,"
kill "$DHCP"
serve_dhcp --dhcp-option=17,10.9.0.1:/root
boots "the root-path of a DHCP server" "root=dhcp" -- "real-root: root 10.9.0.1:/root nfs4 ro,"
kill "$DHCP"
serve_dhcp --dhcp-option=17,/root --dhcp-boot=x,server,10.9.0.1
boots "a root-path without a server, on the next server" "root=/dev/nfs" -- "real-root: root 10.9.0.1:/root nfs4 ro,"
kill "$DHCP"
serve_dhcp
RUN_OPTIONS=(--type "$SHELL_PROMPT => exit" --type "$SHELL_PROMPT => poweroff -f" -- "${WIRE[@]}")
PANIC=''
run_machine "no root-path, and another try" "" "root=dhcp rd.shell"
PANIC='panic=-1 rd.timeout=200'
check "another try says the same as the first" is "$(grep -acF 'kindling: root=dhcp: the DHCP server 10.9.0.1 gives ens2 (10.9.0.2) no root-path' "$LOG")" 2
RUN_OPTIONS=(-- "${WIRE[@]}")
kill "$DHCP"
# shellcheck disable=SC2016 # it is meant as it stands
serve_dhcp '--dhcp-option=17,$(reboot):/root'
fails "a root-path that is none" "root=dhcp rd.timeout=20" -- "kindling: root=dhcp: the DHCP server 10.9.0.1 gives ens2 (10.9.0.2) no root-path"
kill "$DHCP"
serve_dhcp --dhcp-option=17,nowhere
fails "a root-path of no form" "root=dhcp rd.timeout=20" -- "the root-path nowhere that the DHCP server 10.9.0.1 gives"

RUN_OPTIONS=(-- "${CARD[@]}")
image no-nfs -f network
fails "an image without NFS" "root=nfs:10.0.2.2:/root ip=dhcp" -- "neither this kernel nor this image has NFS (kindling build -f nfs)"
image no-network
fails "an image without a network" "root=nfs:10.0.2.2:/root ip=dhcp" -- "kindling: this image has no network"

done_testing
