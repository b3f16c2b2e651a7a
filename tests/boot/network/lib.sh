# Roots on the network for tests: source it instead of lib.sh. The test runs in a network namespace of its own, where all
# servers are on loopback, which is 10.0.2.2 to a machine with QEMU's user networking; no two tests' ports clash. With the
# test end its servers: they are in a process namespace of its own, too.
# shellcheck shell=bash
# shellcheck disable=SC2034 # variables for those who source it

if [ "${IN_NAMESPACE-}" != yes ]; then
    [ "$(id -u)" = 0 ] || { printf 'not ok 1 - cannot go on: a network namespace takes root\n1..1\n' && exit 1; }
    # What has to be fetched is fetched where there is a network.
    "$(dirname "${BASH_SOURCE[0]}")/../../../qemu/fetch-kernel" --flavour "${KERNEL_FLAVOUR:-cloud}" >/dev/null || true
    IN_NAMESPACE=yes exec unshare --net --mount --pid --fork --kill-child --mount-proc "$0" "$@"
fi
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

export PATH=$PATH:/usr/sbin:/sbin
# What servers serve and say is in memory: an NFS server takes no directory of an overlay's.
SERVERS=$(mktemp -d)
EXPORTED=$SERVERS/export
mount -t tmpfs tmpfs "$SERVERS" || bail_out "cannot mount a tmpfs"
trap 'umount -l "$SERVERS"; rmdir "$SERVERS"' EXIT
ip link set lo up || bail_out "cannot set up the loopback of a network namespace"

# A slow host's servers may be slow; a test that waits for the end of its time says so itself.
PANIC='panic=-1 rd.timeout=200'

# A card of the machine's, and the network that it is in.
CARD=(-netdev "user,id=net0" -device "virtio-net-pci,netdev=net0")
RUN_OPTIONS=(-- "${CARD[@]}")

# server NAME PORT COMMAND...: SERVER, its process; waits until the port of this namespace takes connections.
server() {
    local name=$1 port=$2
    shift 2
    "$@" >"$SERVERS/$name.log" 2>&1 &
    SERVER=$!
    listens "$port" "$SERVER" || bail_out "$name does not listen: $(tail -n 3 "$SERVERS/$name.log")"
}

listens() {
    local try
    for ((try = 0; try < 600; try++)); do
        (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        kill -0 "$2" 2>/dev/null || return
        sleep 0.1
    done
    return 1
}

# serve_nfs DIR NAME: NFS exports a copy of DIR, or what is there already, as /NAME by version 4 and as EXPORTED by
# version 3. ACCESS (RW) says for whom.
serve_nfs() {
    [ -e "$EXPORTED" ] || cp -a "$1" "$EXPORTED"
    [ -d "$SERVERS/state" ] || {
        mount -t tmpfs tmpfs /run
        mkdir -p /run/rpcbind "$SERVERS/state"
        mount --bind "$SERVERS/state" /var/lib/nfs || bail_out "cannot make a state of the server's own"
        server rpcbind 111 rpcbind -i -f
    }
    cat >"$SERVERS/ganesha.conf" <<END
NFS_CORE_PARAM { Protocols = 3,4; MNT_Port = 20048; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; }
NFSv4 { Graceless = true; RecoveryBackend = fs; Only_Numeric_Owners = ${NUMERIC_OWNERS-true}; }
NFS_KRB5 { Active_krb5 = false; }
EXPORT { Export_Id = 1; Path = $EXPORTED; Pseudo = /$2; Access_Type = ${ACCESS-RW}; Squash = None; SecType = sys;
    Transports = TCP; FSAL { Name = VFS; } }
END
    server ganesha 2049 ganesha.nfsd -F -f "$SERVERS/ganesha.conf" -L "$SERVERS/ganesha" -p "$SERVERS/ganesha.pid"
}

# end_nfs: whoever started it.
end_nfs() {
    local pid try
    pid=$(<"$SERVERS/ganesha.pid")
    kill "$pid"
    for ((try = 0; try < 600; try++)); do
        kill -0 "$pid" 2>/dev/null || return
        sleep 0.1
    done
    kill -9 "$pid"
}

# serve_nbd NAME FILE [PORT [OPTIONS...]]
serve_nbd() {
    server "nbd-${3:-10809}" "${3:-10809}" qemu-nbd -t -f raw -x "$1" -b 127.0.0.1 -p "${3:-10809}" --shared=0 "${@:4}" "$2"
}

# serve_targets: an iSCSI server, of which target makes targets.
serve_targets() {
    mount -t tmpfs tmpfs /run
    mkdir -p /run/tgtd
    server tgtd 3260 tgtd -f --iscsi portal=127.0.0.1:3260
}

# target NUMBER NAME FILE...: its disks are LUN 1 and so on.
target() {
    local number=$1 lun=0 file
    tgtadm --lld iscsi --op new --mode target --tid "$number" -T "$2" || bail_out "cannot make the target $2"
    shift 2
    for file; do
        lun=$((lun + 1))
        tgtadm --lld iscsi --op new --mode logicalunit --tid "$number" --lun $lun -b "$(readlink -f "$file")" ||
            bail_out "cannot make a disk of $file"
    done
    tgtadm --lld iscsi --op bind --mode target --tid "$number" -I ALL
}

# striped_volume: DISKS, two of them, with a root on a logical volume over both. It takes stacks.sh.
striped_volume() {
    stack netlvm 2 '
lvm pvcreate -q /dev/vda /dev/vdb
lvm vgcreate -q -s 1m vg0 /dev/vda /dev/vdb
lvm lvcreate -q -W n -Z n -i 2 -n root -L 40m vg0
fill /dev/vg0/root -L on-two
lvm vgchange -q -a n vg0'
}

# later LINE COMMAND...: does it once the console of a boot of this test shows the line.
later() {
    local line=$1
    shift
    rm -f "$LOGS/${0##*/}"-*-"$LATER"*.log
    (
        until grep -qsaF -- "$line" "$LOGS/${0##*/}"-*-"$LATER"*.log; do sleep 0.2; done
        "$@"
    ) &
}

# mute PORT: takes connections there, and never says a word.
mute() {
    # shellcheck disable=SC2016 # for perl
    server "mute-$1" "$1" perl -MIO::Socket::INET -e '
        my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 9, ReuseAddr => 1) or die;
        my @kept; while (1) { push @kept, $server->accept }' "$1"
}

# speaks PORT TEXT: sends it to whoever connects, and ends the connection.
speaks() {
    # shellcheck disable=SC2016 # for perl
    server "speaks-$1" "$1" perl -MIO::Socket::INET -e '
        my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 9, ReuseAddr => 1) or die;
        while (1) { my $one = $server->accept; print $one $ARGV[0]; close $one }' "$1" "$2"
}

# wire: WIRE, a card on a tap of this namespace, whose end here is 10.9.0.1.
wire() {
    [ -e /sys/class/net/wire ] || {
        ip tuntap add wire mode tap && ip addr add 10.9.0.1/24 dev wire && ip link set wire up
    } || bail_out "cannot make a tap"
    WIRE=(-netdev "tap,id=wire,ifname=wire,script=no,downscript=no" -device "virtio-net-pci,netdev=wire,mac=52:54:00:09:00:02")
}

# serve_dhcp OPTIONS...: dnsmasq gives 10.9.0.2 on the wire.
serve_dhcp() {
    dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=wire --bind-interfaces --no-ping --leasefile-ro \
        --dhcp-authoritative --dhcp-range=10.9.0.2,10.9.0.2,1h --user=root "$@" >"$SERVERS/dnsmasq.log" 2>&1 &
    DHCP=$!
}
