#!/bin/bash
# Debian 12 with networkd, enabled by hand, on a root from a server.
. "$(dirname "$0")/../lib.sh"
MANAGER=systemd-networkd
PACKAGES=iproute2
CONTENT="routable configured"

manager_files() {
    local units=$1/etc/systemd/system
    mkdir -p "$units"/{multi-user,network-online,sockets}.target.wants
    ln -s /lib/systemd/system/systemd-networkd.service "$units/multi-user.target.wants/"
    ln -s /lib/systemd/system/systemd-networkd.socket "$units/sockets.target.wants/"
    ln -s /lib/systemd/system/systemd-networkd-wait-online.service "$units/network-online.target.wants/"
    cat >"$1/usr/sbin/manager-says" <<'END'
#!/bin/sh
networkctl --no-legend list | awk '$3 == "ether" { print $4, $5 }'
END
}

# A name that ifname= gives is the card's for good, udev does not take it away; and what is written to memory above the
# server's directory keeps nothing from going down.
on_nfs() {
    : >"$EXPORTED/etc/fstab"
    whole "NFS, in memory, by a name of one's own" \
        "root=nfs:10.9.0.1:/debian rd.overlay ifname=lan:52:54:00:09:00:02 ip=lan:dhcp" lan
    check "it wrote something" log_shows "system: wrote "
    check "what the server does not have" log_lacks "system: wrote $(cat "$EXPORTED/root/written")"
}

. "$(dirname "$0")/debian.sh"
