#!/bin/bash
# The skeleton tree: copied as it is, whatever its names are; what has no place in an image is refused.
. "$(dirname "$0")/lib.sh"

TEMPLATE=$KINDLING_DATA/template
IMAGE=$WORK/out/image

listed() {
    build -o "$IMAGE" && "$KINDLING" ls -l "$IMAGE"
}

mkdir -p "$TEMPLATE/etc/deep/er" "$TEMPLATE/tmp"
chmod 1777 "$TEMPLATE/tmp"
echo run >"$TEMPLATE/etc/deep/er/script"
chmod 775 "$TEMPLATE/etc/deep/er/script"
echo secret >"$TEMPLATE/etc/key"
chmod 600 "$TEMPLATE/etc/key"
ln -s ../etc/key "$TEMPLATE/etc/link"
ln -s /nowhere "$TEMPLATE/dangling"
: >"$TEMPLATE/etc/empty"
check "directories, scripts" prints '^-rwxr-xr-x .* etc/deep/er/script$' listed
check "private files stay private" prints '^-rw------- .* etc/key$' listed
check "symlinks stay" prints '^lrwxrwxrwx .* etc/link -> \.\./etc/key$' listed
check "and lead wherever they lead" prints '^lrwxrwxrwx .* dangling -> /nowhere$' listed
check "empty files" prints '^-rw-r--r-- .*  0 1970.* etc/empty$' listed
check "sticky directories" prints '^drwxrwxrwt .* tmp$' listed
unpack_again() {
    rm -rf "$WORK/unpacked"
    unpack "$IMAGE" "$WORK/unpacked"
}
unpack_again
check "cpio unpacks the same file" cmp "$TEMPLATE/etc/key" "$WORK/unpacked/etc/key"
check "and the same symlink" test "$(readlink "$WORK/unpacked/dangling")" = /nowhere

# Names in any bytes, in any locale.
: >"$TEMPLATE/etc/$(printf 'Gr\303\274\303\237e')"
: >"$TEMPLATE/etc/$(printf 'latin-\374')"
: >"$TEMPLATE/etc/$(printf 'line\nfeed')"
: >"$TEMPLATE/etc/ blank"
names_survive() {
    rm -rf "$WORK/unpacked"
    build -o "$IMAGE" && unpack "$IMAGE" "$WORK/unpacked" &&
        (cd "$TEMPLATE" && find . -mindepth 1 | sort) >"$WORK/wanted" &&
        (cd "$WORK/unpacked" && find . -mindepth 1 | sort) | comm -23 "$WORK/wanted" - | diff /dev/null -
}
check "names of any bytes" names_survive
check "in another locale too" env LC_ALL=C.UTF-8 "$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" -o "$WORK/out/other"
check "the same bytes" cmp "$IMAGE" "$WORK/out/other"
check "ls does not let a name speak to the terminal" prints 'etc/line\\012feed' "$KINDLING" ls "$IMAGE"

LONG=$(printf 'x%.0s' {1..200})
# nest DEPTH: enters so many directories of that name, one in the other.
nest() {
    local depth
    cd "$TEMPLATE" || exit 1
    for ((depth = 0; depth < $1; depth++)); do
        mkdir -p "$LONG" && cd "$LONG" || exit 1
    done
}
(nest 19 && : >file)
check "a name of more than 3,800 bytes" build -o "$IMAGE"
(nest 21 && : >file)
check "one of more than 4,095 is refused" fails_with 1 'cannot pack .*: File name too long' build -o "$IMAGE"
rm -rf "${TEMPLATE:?}/$LONG"

mkfifo "$TEMPLATE/etc/fifo"
check "a fifo is refused" fails_with 1 'cannot pack .*/etc/fifo: a fifo or socket has no place in an image' build -o "$IMAGE"
rm "$TEMPLATE/etc/fifo"
check "the old image is still there" "$KINDLING" ls "$IMAGE"
if [ "$(id -u)" -ne 0 ]; then
    chmod 0 "$TEMPLATE/etc/key"
    check "an unreadable file is an error" fails_with 1 'cannot pack .*/etc/key: Permission denied' build -o "$IMAGE"
    chmod 600 "$TEMPLATE/etc/key"
fi
check "no template" fails_with 1 'cannot pack /nowhere: No such file' build -o "$IMAGE" --template /nowhere
check "a file for a template" fails_with 1 'cannot pack .*: Not a directory' build -o "$IMAGE" --template "$TEMPLATE/etc/key"
chmod 4755 "$TEMPLATE/etc/deep/er/script"
check "a setuid file gets a warning" fails_with 0 'warning: .*script goes into the image with its setuid' build -o "$IMAGE"
chmod 755 "$TEMPLATE/etc/deep/er/script"
echo mine >"$TEMPLATE/init"
check "its init gives way to ours" fails_with 0 "warning: .*/init gives way to kindling's own" build -o "$IMAGE"
unpack_again
check "which is in the image" cmp "$KINDLING_DATA/init" "$WORK/unpacked/init"
rm "$TEMPLATE/init"

if [ "$(id -u)" -eq 0 ]; then
    mkdir "$TEMPLATE/dev"
    if mknod -m 666 "$TEMPLATE/dev/null" c 1 3; then
        check "device nodes are kept" prints '^crw-r--r-- .* 1, +3 .* dev/null$' listed
    fi
    rm -r "${TEMPLATE:?}/dev"
fi
check "/dev/console is there in any case" prints '^crw------- .* 5, +1 .* dev/console$' listed

# A merged /usr: what lies below lib and sbin comes into the directories that they lead to.
mkdir -p "$TEMPLATE/usr/lib" "$TEMPLATE/usr/bin"
ln -s usr/lib "$TEMPLATE/lib"
ln -s /usr/bin "$TEMPLATE/sbin"
check "symlinks for lib and sbin" prints ' usr/lib/kindling/index$' listed
check "modules lie there too" prints "^usr/lib/modules/$KVER/kernel/lib/libalpha.ko" "$KINDLING" ls "$IMAGE"
check "the index names them as everybody does" prints "path=/lib/modules/$KVER/kernel/lib/libalpha.ko" \
    dump_index "$IMAGE" usr/lib/kindling/index
rm "$TEMPLATE/lib"
ln -s lib "$TEMPLATE/lib"
check "a symlink in a circle is an error" fails_with 1 'something above it is no directory' build -o "$IMAGE"
rm "$TEMPLATE/lib"
echo file >"$TEMPLATE/lib"
check "a file in the place of lib is one" fails_with 1 'something above it is no directory' build -o "$IMAGE"
check "no debris" no_debris

done_testing
