#!/bin/bash
# Same inputs, same bytes: whatever the umask, time zone, locale, user, directory order, number of threads, names.
. "$(dirname "$0")/lib.sh"

make_program "$WORK/root/bin/tool" -static
feature tool 'program /bin/tool /bin/tool'
ln -s "$WORK/out/elsewhere" "$KINDLING_DATA/template/link"
echo x >"$KINDLING_DATA/template/etc/zz"
echo x >"$KINDLING_DATA/template/etc/aa"

# build_tool OPTION...: with a program, so that the image has members of all kinds.
build_tool() {
    build --sysroot "$WORK/root" -f tool "$@"
}

FIRST=$WORK/out/first
build_tool -o "$FIRST" || bail_out "nothing can be built"

same() {
    build_tool "$@" && cmp "$FIRST" "$WORK/out/second"
}
O="-o $WORK/out/second"
# The umask too: check runs this in a subshell.
env_of_somebody_else() {
    umask 000
    TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 HOME=/nowhere USER=nobody "$@"
}

# shellcheck disable=SC2086
{
    check "again" same $O
    umask 077
    check "umask 077" same $O
    umask 000
    check "umask 000" same $O
    check "and still mode 600" test "$(stat -c %a "$WORK/out/second")" = 600
    umask 022
    TZ=Pacific/Kiritimati check "another time zone" same $O
    LC_ALL=C.UTF-8 check "another locale" same $O
    HOME=/nowhere USER=nobody check "another home" same $O
    check "one thread" same $O -j 1
    check "seven threads" same $O -j 7
    cd / || exit 1
    check "another directory" same $O
    check "--if-changed" same $O --if-changed
}

# Each other way to compress the whole: its library has threads and habits of its own.
for method in zstd xz lz4 none; do
    same_of_method() {
        build_tool -z "$method" --force-compress "$@" && cmp "$WORK/out/$method" "$WORK/out/second"
    }
    check "$method" build_tool -z "$method" --force-compress -o "$WORK/out/$method"
    check "$method: one thread" same_of_method -o "$WORK/out/second" -j 1
    check "$method: seven threads, another umask, time zone, locale and home, no cache" env_of_somebody_else \
        same_of_method -o "$WORK/out/second" -j 7 --cache none
done

# The same tree, made in another order and at another time.
reorder() {
    mv "$KINDLING_DATA/template" "$WORK/old"
    mkdir "$KINDLING_DATA/template"
    (cd "$WORK/old" && find . -mindepth 1 | sort -r | cpio -pd --quiet "$KINDLING_DATA/template")
    find "$KINDLING_DATA/template" -exec touch -h -d 2001-01-01 {} +
    chmod -R g+w "$KINDLING_DATA/template"
    mv "$WORK/modules/$KVER" "$WORK/old-tree"
    mkdir "$WORK/modules/$KVER"
    (cd "$WORK/old-tree" && find . -mindepth 1 | sort -r | cpio -pd --quiet "$WORK/modules/$KVER")
}
ln -s first "$WORK/out/gzip"
check "the tree is made anew" reorder
# shellcheck disable=SC2086
check "another order of directories, other times, writable for a group" same $O

as_nobody() {
    chmod 755 "$WORK" "$WORK/root" "$WORK/root/bin"
    chmod -R a+rX "$WORK"
    mkdir -p "$WORK/nobody"
    chown nobody "$WORK/nobody" || return 0
    for method in gzip zstd xz lz4 none; do
        TMPDIR=$WORK/nobody setpriv --reuid nobody --clear-groups --inh-caps=-all "$KINDLING" build -q -k "$KVER" \
            --modules-dir "$WORK/modules" --sysroot "$WORK/root" -f tool -z "$method" --force-compress \
            -o "$WORK/nobody/image" && cmp "$WORK/out/$method" "$WORK/nobody/image" || return 1
    done
}
if [ "$(id -u)" -eq 0 ]; then
    check "another user, without any privilege" as_nobody
fi

export SOURCE_DATE_EPOCH=1000000000
check "SOURCE_DATE_EPOCH is the entries' time" sh -c "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' \
    -o '$WORK/out/epoch' && '$KINDLING' ls -l '$WORK/out/epoch' | grep -q '2001-09-09 01:46 init'"
SOURCE_DATE_EPOCH=soon check "a wrong SOURCE_DATE_EPOCH is refused" fails_with 1 'SOURCE_DATE_EPOCH=soon' build -o "$WORK/out/epoch"
unset SOURCE_DATE_EPOCH

# --if-changed leaves the file alone: the same inode with the same time.
build_tool -o "$WORK/out/second"
touch -d 2001-01-01 "$WORK/out/second"
before=$(stat -c '%i %Y' "$WORK/out/second")
build_tool -o "$WORK/out/second" --if-changed
check "--if-changed does not touch what is the same" test "$before" = "$(stat -c '%i %Y' "$WORK/out/second")"
build_tool -o "$WORK/out/second" --if-changed -m beta
check "--if-changed writes what is not" test "$before" != "$(stat -c '%i %Y' "$WORK/out/second")"
check "no debris" no_debris

done_testing
