#!/bin/bash
# A root on a server's directory by 9p over TCP.
KERNEL_FLAVOUR=generic
. "$(dirname "$0")/lib.sh"

use_kernel generic
image 9p -f 9p-tcp
test_root
HERE=$(readlink -f "$ROOT_DIRECTORY")
fails "the server is away" "root=10.0.2.2 rootfstype=9p rootflags=trans=tcp,port=564,aname=$HERE ip=dhcp rd.timeout=5" -- \
    "kindling: cannot mount the directory of the server 10.0.2.2 as 9p, from ens2: Connection refused"
server diod 564 diod --foreground --no-auth --listen 127.0.0.1:564 --export "$HERE" --logdest stderr --config-file /dev/null
boots "9p over TCP" "root=10.0.2.2 rootfstype=9p rootflags=trans=tcp,uname=root,port=564,aname=$HERE ip=dhcp rw" -- \
    "real-root: root 10.0.2.2 9p rw,"

done_testing
