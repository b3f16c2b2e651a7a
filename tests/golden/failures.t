#!/bin/bash
# A failing or stopped run leaves the old image as it was, and nothing else.
. "$(dirname "$0")/lib.sh"

IMAGE=$WORK/out/image
build -o "$IMAGE" || bail_out "nothing can be built"
cp "$IMAGE" "$WORK/old"

unharmed() {
    cmp "$IMAGE" "$WORK/old" && no_debris
}

check "a missing directory" fails_with 1 'cannot write /nowhere/image: No such file' build -o /nowhere/image
check "a directory in the image's place" fails_with 1 "cannot write $WORK/out: Is a directory" build -o "$WORK/out"
check "a name that ends in a slash" fails_with 1 "cannot write $WORK/out/: Is a directory" build -o "$WORK/out/"
check "a device is not replaced" fails_with 1 'cannot write /dev/null: it is not a regular file' build -o /dev/null
check "a file in the directory's place" fails_with 1 'cannot write .*: Not a directory' build -o "$IMAGE/x"
if [ "$(id -u)" -ne 0 ]; then
    chmod a-w "$WORK/out"
    check "a directory that may not be written to" fails_with 1 "cannot write $IMAGE: Permission denied" build -o "$IMAGE"
    chmod u+w "$WORK/out"
else
    check "a directory that may not be written to" fails_with 1 'cannot write /proc/image: ' build -o /proc/image
fi
check "all that does no harm" unharmed

# A limit on the size of files stands in for a full disk: the write fails in the middle.
limited() {
    (
        trap '' XFSZ
        ulimit -f 1
        exec "$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" -z none -o "$IMAGE"
    )
}
check "no room for the image" fails_with 1 'cannot (write|run depmod|find out)' limited
check "no room: no harm" unharmed
mkdir "$WORK/base" "$WORK/base/lib" "$WORK/configuration"
ln -s "$WORK/modules" "$WORK/base/lib/modules"
depmod -C "$WORK/configuration" -b "$WORK/base" "$KVER" || bail_out "depmod does not like the tree"
check "no room, where depmod is not the first to see it" fails_with 1 'cannot write .*: File too large' limited
check "no room: no harm again" unharmed
rm "$TREE"/modules.*.bin

TMPDIR=/nowhere check "no scratch directory" fails_with 1 'cannot make a scratch directory /nowhere' build -o "$IMAGE"
depmod -C "$WORK/configuration" -b "$WORK/base" "$KVER"
head -c 100 "$TREE/modules.dep.bin" >"$WORK/short"
cp "$WORK/short" "$TREE/modules.dep.bin"
check "a truncated index is noticed" fails_with 1 "cannot trust .*modules.dep.bin: .* run depmod $KVER" build -o "$IMAGE"
depmod -C "$WORK/configuration" -b "$WORK/base" "$KVER"
sed -i 's/^softdep/sontdep/' "$TREE/modules.softdep"
check "and so are soft dependencies that are none" fails_with 1 "cannot trust .*modules.softdep: .* run depmod $KVER" build -o "$IMAGE"
rm "$TREE/modules.softdep"
# A tree whose modules.dep names a file that is gone.
depmod -C "$WORK/configuration" -b "$WORK/base" "$KVER"
mv "$TREE/kernel/lib/libalpha.ko" "$WORK/"
check "a missing dependency is named" fails_with 1 'cannot pack module alpha: it needs kernel/lib/libalpha.ko, which' build -o "$IMAGE"
mv "$WORK/libalpha.ko" "$TREE/kernel/lib/"
mv "$TREE/kernel/drivers/block/slow-disk.ko" "$WORK/"
check "a missing module is named" fails_with 1 'cannot read .*/block/slow-disk.ko: No such file' build -o "$IMAGE"
mv "$WORK/slow-disk.ko" "$TREE/kernel/drivers/block/"
rm "$TREE"/modules.*.bin
cp "$TREE/kernel/drivers/block/slow-disk.ko" "$WORK/slow-disk.ko"
truncate -s 300 "$TREE/kernel/drivers/block/slow-disk.ko"
check "a truncated module, which depmod passes over" fails_with 1 'cannot pack .*/block/slow-disk.ko: it is damaged' \
    build -o "$IMAGE"
cp "$WORK/slow-disk.ko" "$TREE/kernel/drivers/block/slow-disk.ko"
rm "$KINDLING_DATA/init"
check "no /init to pack" fails_with 1 'cannot read .*/data/init: No such file' build -o "$IMAGE"
: >"$KINDLING_DATA/init"
check "an empty one" fails_with 1 'cannot pack .*/data/init: it is empty' build -o "$IMAGE"
echo 'the init program' >"$KINDLING_DATA/init"
check "no harm" unharmed

# Signals. A fifo in depmod's place keeps the run where it is until the signal is there.
mkdir "$WORK/path"
mkfifo "$WORK/started"
cat >"$WORK/path/depmod" <<EOF
#!/bin/sh
echo >"$WORK/started"
exec sleep 60
EOF
chmod +x "$WORK/path/depmod"
stopped_by() {
    local pid status
    # A shell starts what runs in the background with SIGINT and SIGQUIT ignored.
    PATH=$WORK/path:$PATH env --default-signal "$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" --cache none \
        -o "$IMAGE" 2>"$WORK/stderr" &
    pid=$!
    read -r _ <"$WORK/started"
    kill -s "$1" "$pid"
    wait "$pid"
    status=$?
    cat "$WORK/stderr"
    test "$status" -eq $((128 + $(kill -l "$1"))) && grep -q 'stopped by a signal' "$WORK/stderr" && unharmed
}
check "SIGTERM: cleans up, dies of it" stopped_by TERM
check "SIGINT too" stopped_by INT
check "SIGHUP too" stopped_by HUP
check "SIGQUIT too" stopped_by QUIT
check "SIGPIPE too" stopped_by PIPE

# kill -9 leaves a temporary file; the next run removes it, but not that of a run under way.
# The same of its scratch directory. What only looks like it stays.
leave() {
    install -m 600 /dev/null "$1"
}
leave "$WORK/out/.image.kindling-stale1"
leave "$WORK/out/.image.kindling-alive1"
exec 9<"$WORK/out/.image.kindling-alive1"
flock 9 || bail_out "no locks here"
foreign=("$WORK/out/.image.kindling-" "$WORK/out/.image.kindling-backup1" "$WORK/out/.image.kindling-a-bcde"
    "$WORK/out/.other.kindling-stale1")
for file in "${foreign[@]}"; do leave "$file"; done
: >"$WORK/out/.image.kindling-public"
leave "$WORK/linked"
ln "$WORK/linked" "$WORK/out/.image.kindling-linked"
ln -s "$WORK/linked" "$WORK/out/.image.kindling-symlnk"
mkdir -m 700 "$WORK/tmp/kindling-scratch-stale1" "$WORK/tmp/kindling-scratch-alive1" "$WORK/tmp/kindling-scratch-backup1" \
    "$WORK/real"
mkdir "$WORK/tmp/kindling-scratch-stale1/lib"
mkdir -m 755 "$WORK/tmp/kindling-scratch-public"
ln -s "$WORK/real" "$WORK/tmp/kindling-scratch-symlnk"
: >"$WORK/tmp/kindling-scratch-a-file"
exec 8<"$WORK/tmp/kindling-scratch-alive1"
flock 8
if [ "$(id -u)" -eq 0 ]; then
    leave "$WORK/out/.image.kindling-theirs"
    mkdir -m 700 "$WORK/tmp/kindling-scratch-theirs"
    chown nobody "$WORK/out/.image.kindling-theirs" "$WORK/tmp/kindling-scratch-theirs"
    foreign+=("$WORK/out/.image.kindling-theirs" "$WORK/tmp/kindling-scratch-theirs")
fi
check "the next run" build --cache none -o "$IMAGE"
check "removes what a killed one left" test ! -e "$WORK/out/.image.kindling-stale1"
check "its scratch directory too" test ! -e "$WORK/tmp/kindling-scratch-stale1"
check "not what a living one writes" test -e "$WORK/out/.image.kindling-alive1" -a -e "$WORK/tmp/kindling-scratch-alive1"
for file in "${foreign[@]}" "$WORK/out/.image.kindling-public" "$WORK/out/.image.kindling-linked" \
    "$WORK/out/.image.kindling-symlnk" "$WORK/tmp/kindling-scratch-backup1" "$WORK/tmp/kindling-scratch-public" \
    "$WORK/tmp/kindling-scratch-symlnk" "$WORK/tmp/kindling-scratch-a-file" "$WORK/real"; do
    check "nor what is none of its own: ${file##*/}" test -e "$file"
done
exec 8<&- 9<&-
rm -r "$WORK/out"/.*kindling-* "$WORK"/tmp/*

# Many at once, to one target.
at_once() {
    local i pids=()
    for i in 1 2 3 4 5 6 7 8; do
        build -o "$IMAGE" &
        pids+=($!)
    done
    for i in "${pids[@]}"; do wait "$i" || return 1; done
}
check "eight runs at once" at_once
check "leave one image" unharmed

check "standard output that is full" fails_with 1 'cannot write to standard output' \
    sh -c "'$KINDLING' ls '$IMAGE' >/dev/full"

# What a serial line brings is not all text.
printf 'noise\0\377\n[    1.500000] Run /init as init process\n' >"$WORK/console.log"
check "a console's log with noise in it" prints '^kernel +0\.000000 +1\.500000$' "$KINDLING" timeline "$WORK/console.log"
check "noise alone" fails_with 1 "there is no boot's timing in .*/image" "$KINDLING" timeline "$IMAGE"

done_testing
