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

. "$(dirname "$0")/debian.sh"
