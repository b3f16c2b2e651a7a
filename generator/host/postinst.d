#!/bin/sh
# /etc/kernel/postinst.d/kindling: a kernel package was installed, here are VERSION and, mostly, the path of its image.
# The name comes after dkms, whose modules the image may need, and before all zz-*, the boot loaders that list it.
set -eu

kindling=@BINDIR@/kindling
version=${1-}
image=${2:-/boot/vmlinuz-$version}

# The package may be removed and its configuration, which this is, not yet purged.
[ -x "$kindling" ] || exit 0
[ -n "$version" ] || {
    echo "kindling: ${DPKG_MAINTSCRIPT_PACKAGE:-a kernel package} named no kernel version" >&2
    exit 2
}
[ "${INITRD-}" != No ] || exit 0

# What the package's own script was called with: it is called for more than installations.
case ${DEB_MAINT_PARAMS-} in
    '' | configure | configure\ * | \'configure\'*) ;;
    *) exit 0 ;;
esac

echo "kindling: making $(dirname "$image")/initrd.img-$version" >&2
exec "$kindling" update -k "$version" -b "$(dirname "$image")" >&2
