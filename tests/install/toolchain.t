#!/bin/bash
# What make does for those who build kindling, with whatever tools their machine has.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
unset MAKEFLAGS MAKELEVEL KINDLING_STRICT

# A copy of what is built, for builds that shall fail.
WORK=$(mktemp -d) || bail_out "no directory to work in"
trap 'rm -rf "$WORK"' EXIT
COPY=$WORK/copy
mkdir "$COPY"
cp -R Makefile .dev init generator modules.d template qemu "$COPY"

make_copy() {
    make --no-print-directory -C "$COPY" "$@"
}

fails() {
    ! "$@"
}

# A source that any compiler warns of.
echo 'static int never_called(void) { return 0; }' >"$COPY/generator/base/warned.c"
WARNED=build/generator/base/warned.o
warns() {
    make_copy $WARNED >"$WORK/said" 2>&1 || return 1
    grep 'warning: .never_called' "$WORK/said"
}
check "what the compiler warns of does not end a user's build" warns
check "which takes the object as it is, the next time" make_copy -q $WARNED
check "but it ends a developer's" fails make_copy KINDLING_STRICT=1 $WARNED
check "which makes no object of it" test ! -e "$COPY/$WARNED"
check "though the user's had one" warns
echo '/* nothing */' >"$COPY/generator/base/warned.c"
check "once it is mended there is one" make_copy KINDLING_STRICT=1 $WARNED
check "for either" make_copy -q KINDLING_STRICT=1 $WARNED
rm "$COPY/generator/base/warned.c"

# compiler_calls TARGET: as make would do them, if nothing had been built.
compiler_calls() {
    make --no-print-directory -n BUILD="$WORK/build" "$1" FUZZ_PROGRAMS= TESTS= >"$WORK/calls"
    grep -e -Wextra "$WORK/calls" >"$WORK/compiled"
    [ "$(wc -l <"$WORK/compiled")" -gt 100 ]
}
all_are_strict() {
    compiler_calls "$1" && ! grep -vE -- ' -Werror( |$)' "$WORK/compiled"
}
none_is_strict() {
    compiler_calls "$1" && ! grep -E -- ' -Werror( |$)' "$WORK/compiled"
}
check "make check takes no warnings" all_are_strict check
check "nor does make lint" all_are_strict lint
check "make does" none_is_strict all

# lacks_said PATTERN MAKE-ARGUMENT...: make fails, with a sentence that names what is missing, and leaves nothing behind.
lacks_said() {
    rm -rf "$COPY/build"
    ! make_copy -j2 "${@:2}" >"$WORK/said" 2>&1 || return 1
    cat "$WORK/said"
    [ "$(grep -vc '^make: ' "$WORK/said")" = 1 ] && grep -qxE "kindling cannot be built without $1: make deps" "$WORK/said" &&
        [ ! -e "$COPY/build" ]
}

# All that this machine has, but musl-gcc.
mkdir "$WORK/bin"
ln -s /usr/bin/* "$WORK/bin"
rm "$WORK/bin/"*musl-gcc*
without_musl_gcc() {
    PATH=$WORK/bin lacks_said 'musl-gcc'
}
check "without musl-gcc" without_musl_gcc

# A compiler that finds neither libraries nor headers of the names in LACKS.
cat >"$WORK/blind-gcc" <<'END'
#!/bin/bash
for word; do
    for lack in $LACKS; do
        case $word in
            -print-file-name="lib$lack.a") echo "lib$lack.a" && exit ;;
            -l"$lack") echo "ld: cannot find $word" >&2 && exit 1 ;;
            *.c) ! grep -q "^#include <.*$lack.h>" "$word" || exit 1 ;;
        esac
    done
done
exec gcc "$@"
END
chmod +x "$WORK/blind-gcc"
without_libraries() {
    LACKS='kmod archive lzma' lacks_said 'libarchive, libkmod, liblzma' CC="$WORK/blind-gcc"
}
check "without libraries" without_libraries
without_headers() {
    LACKS='blkid stdio' lacks_said "the C library's headers" CC="$WORK/blind-gcc" &&
        LACKS='blkid' lacks_said "libblkid" CC="$WORK/blind-gcc"
}
check "without headers" without_headers
check "without musl" lacks_said musl MUSL="$WORK/no-musl"
check "without any compiler" lacks_said 'no-gcc, no-musl-gcc' CC=no-gcc MUSL_CC=no-musl-gcc
check "and once all is there, make builds" make_copy -j2

# What apt-get is asked for on a machine that has nothing: by deps, by check.
mkdir "$WORK/bare"
printf '#!/bin/sh\nexit 1\n' >"$WORK/bare/dpkg-query"
cat >"$WORK/bare/apt-get" <<'END'
#!/bin/sh
[ "$1" != install ] || printf '%s\n' "$@" >"$ASKED_FOR"
END
printf '#!/bin/sh\necho 0\n' >"$WORK/bare/id"
chmod +x "$WORK/bare/"*
asked_for() {
    PATH=$WORK/bare:$PATH ASKED_FOR=$WORK/asked "$@" >/dev/null && cat "$WORK/asked"
}
deps_are_for_building() {
    asked_for make_copy deps
    grep -qx musl-tools "$WORK/asked" && ! grep -xE 'libcmocka-dev|qemu-system-x86|shellcheck|hyperfine' "$WORK/asked"
}
check "make deps installs what building takes, and no more" deps_are_for_building

done_testing
