# The network's program without a machine: in a network namespace of the test's own, between whose ends of a wire a server
# of ours answers. Source it, then call try.
# shellcheck shell=bash
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. tests/tap.sh
BUILD=${BUILD:-build}
PROGRAM=$BUILD/init/network
SERVER=$BUILD/tests/network/dhcp_server

# The test runs itself once more, inside: as root there, who may do as he likes with the cards of this namespace alone.
if [ -z "${IN_NAMESPACE-}" ]; then
    [ "$(id -u)" = 0 ] || bail_out "a network namespace takes root"
    IN_NAMESPACE=yes exec unshare -nm "$0"
fi
mount -t sysfs sysfs /sys || bail_out "cannot mount /sys"
WORK=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK"; kill $(jobs -p) 2>/dev/null' EXIT
SAID=$WORK/said

# wire NAME: two cards, NAME and NAME-far, which are each other's only neighbours.
wire() {
    ip link add "$1" type veth peer name "$1-far" && ip link set "$1-far" up
}

# begin_server CARD MODE: until end_server.
begin_server() {
    local ready=''
    exec {SERVING}< <(exec "$SERVER" "$1" "$2")
    SERVER_PID=$!
    read -r ready <&"$SERVING"
    [ "$ready" = ready ] || bail_out "the server does not begin"
}

end_server() {
    kill "$SERVER_PID"
    wait "$SERVER_PID" 2>/dev/null
    exec {SERVING}<&-
}

# configure UNTIL WORDS...: what the program says, in SAID, up to the line UNTIL (a regular expression), or up to the TIMES'th
# such line. It never ends by itself, unless it may give up. It is no child of timeout(1), which, killed before it has noted whom it started, leaves that
# process behind.
configure() {
    local until=$1 line status=1 said pid left=${TIMES-1}
    shift
    : >"$SAID"
    exec {said}< <(exec "$PROGRAM" configure "$@")
    pid=$!
    while read -rt 60 line <&"$said"; do
        echo "$line" >>"$SAID"
        [[ ! $line =~ ^($until)$ ]] || [ $((left -= 1)) -gt 0 ] || { status=0 && break; }
    done
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    exec {said}<&-
    return $status
}

says() {
    local line
    for line; do
        grep -qxF -- "$line" "$SAID" || {
            echo "not said: $line"
            cat "$SAID"
            return 1
        }
    done
}

lacks() {
    ! grep -- "$1" "$SAID"
}

has_address() {
    ip -o address show dev "$1" | tee "$WORK/addresses" | grep -qF " $2 " || {
        cat "$WORK/addresses"
        return 1
    }
}
