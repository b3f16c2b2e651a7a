#!/bin/bash
# Debian 12 with ifupdown on a root from a server, the card as kindling-init(7) has it in /etc/network/interfaces.
. "$(dirname "$0")/../lib.sh"
MANAGER=networking
PACKAGES=ifupdown,iproute2
CONTENT="ens9=ens9"

manager_files() {
    mkdir -p "$1/etc/network"
    printf '%s\n' 'auto lo ens9' 'iface lo inet loopback' 'no-auto-down ens9' 'iface ens9 inet manual' >"$1/etc/network/interfaces"
    cat >"$1/usr/sbin/manager-says" <<'END'
#!/bin/sh
ifquery --state ens9
END
}

. "$(dirname "$0")/debian.sh"
