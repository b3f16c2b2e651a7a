#!/bin/sh
# /etc/kernel/postrm.d/kindling: a kernel package was removed, and its images go with it.
set -eu

kindling=@BINDIR@/kindling
version=${1-}
image=${2:-/boot/vmlinuz-$version}

[ -x "$kindling" ] || exit 0
[ -n "$version" ] || exit 0
[ "${INITRD-}" != No ] || exit 0

case ${DEB_MAINT_PARAMS-} in
    '' | remove | remove\ * | \'remove\'*) ;;
    *) exit 0 ;;
esac

echo "kindling: deleting $(dirname "$image")/initrd.img-$version" >&2
exec "$kindling" update -d -k "$version" -b "$(dirname "$image")" >&2
