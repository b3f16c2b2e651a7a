#!/bin/bash
# Debian 12 with NetworkManager, as its package leaves it, on a root from a server.
. "$(dirname "$0")/../lib.sh"
MANAGER=NetworkManager
PACKAGES=iproute2,network-manager
CONTENT="connected (externally)"

manager_files() {
    cat >"$1/usr/sbin/manager-says" <<'END'
#!/bin/sh
nmcli -t -f DEVICE,STATE device | sed -n 's/^ens9://p'
END
}

. "$(dirname "$0")/debian.sh"
