#!/bin/bash
# A root that is fetched from an HTTP server, into memory: whole, or the boot says why not.
. "$(dirname "$0")/lib.sh"
. tests/boot/live.sh

use_kernel cloud
MEMORY=512
image http -f network,live
mkdir "$SERVERS/files"
cp "$WORK/root.squashfs" "$SERVERS/files/root.squashfs"
DIGEST=$(sha256sum <"$WORK/root.squashfs")
fails "the server is away" "root=live:http://10.0.2.2:8080/root.squashfs ip=dhcp rd.timeout=5" -- \
    "kindling: cannot fetch http://10.0.2.2:8080/root.squashfs: 10.0.2.2:8080 "
server http 8080 busybox httpd -f -p 127.0.0.1:8080 -h "$SERVERS/files"
boots "dracut's word" "root=live:http://10.0.2.2:8080/root.squashfs ip=dhcp kindling.sha256=${DIGEST%% *}" -- "real-root: root overlay overlay rw,"
boots "Debian's word" "boot=live fetch=http://10.0.2.2:8080/root.squashfs ip=dhcp" -- "real-root: root overlay overlay rw,"
iso "$SERVERS/files/live.iso" LIVE LiveOS/squashfs.img="$WORK/root.squashfs"
iso "$SERVERS/files/bare.iso" BARE notes="$0"
boots "a medium, which lies in memory then" "root=live:http://10.0.2.2:8080/live.iso ip=dhcp rd.live.ram show=/proc/mounts" -- \
    "real-root: root overlay overlay rw," "/run/initramfs/live iso9660 ro" "/run/rootfsbase squashfs ro"
fails "a medium with nothing on it" "root=live:http://10.0.2.2:8080/bare.iso ip=dhcp" -- \
    "kindling: there is no /LiveOS/squashfs.img on http://10.0.2.2:8080/bare.iso: is it the medium, and whole? Its directory is named by rd.live.dir="
fails "another file" "root=live:http://10.0.2.2:8080/root.squashfs ip=dhcp kindling.sha256=${DIGEST:1:63}0" -- \
    "kindling: http://10.0.2.2:8080/root.squashfs is not the file that kindling.sha256= means: its digest is ${DIGEST%% *}"
fails "no such file" "root=live:http://10.0.2.2:8080/other ip=dhcp" -- \
    "kindling: cannot fetch http://10.0.2.2:8080/other: 10.0.2.2:8080 has no such file: /other"

done_testing
