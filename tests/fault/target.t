#!/bin/bash
# Where an image may go and where not: links, devices, full, read-only and vanished places. A disk of its own for that is
# a tmpfs in a mount namespace.
. "$(dirname "$0")/../golden/lib.sh"

IMAGE=$WORK/out/image
build -o "$IMAGE" || bail_out "nothing can be built"
cp "$IMAGE" "$WORK/old"
build -m beta -o "$WORK/new"
cd "$WORK/out" || exit 1

# Symlinks stay, and what they lead to is replaced.
mkdir ../far
cp ../old ../far/real
through() {
    build -m beta -o "$1" && test -L "$1" && cmp "$2" "$WORK/new" && no_debris && cp "$WORK/old" "$2"
}
ln -s ../far/real link
check "a symlink" through link ../far/real
ln -s link twice
check "a symlink to a symlink" through twice ../far/real
ln -s "$WORK/far/real" absolute
check "an absolute one" through absolute ../far/real
ln -s ../far/not-yet dangling
check "one that leads to nothing yet" through dangling ../far/not-yet
check "no debris where it leads" test -z "$(find ../far -name '.*')"
ln -s circle circle
check "one in a circle" fails_with 1 'cannot write circle: Too many levels of symbolic links' build -o circle
ln -s . directory
check "one to a directory" fails_with 1 'cannot write directory: Is a directory' build -o directory
ln -s /nowhere/image astray
check "one to a missing directory" fails_with 1 'cannot write astray: No such file or directory' build -o astray
ln -s /dev/null null
check "one to a device" fails_with 1 'cannot write null: it is not a regular file' build -o null
check "a redirected output" sh -c "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' -o /dev/stdout >redirected"
check "has the image" cmp redirected "$WORK/old"
check "a pipe has not" fails_with 1 'cannot write /dev/stdout: it is not a regular file' \
    bash -o pipefail -c "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' -o /dev/stdout | cat"
if [ "$(id -u)" -eq 0 ] && [ "$(cat /proc/sys/fs/protected_symlinks)" = 1 ]; then
    mkdir -m 1777 open
    ln -s "$WORK/far/real" open/trap
    chown -h nobody open/trap
    check "a symlink that somebody laid out for us" fails_with 1 'cannot write open/trap: Permission denied' build -o open/trap
    check "is not followed" cmp ../far/real "$WORK/old"
fi
mkfifo fifo
check "a fifo" fails_with 1 'cannot write fifo: it is not a regular file' build -o fifo
perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "socket", Listen => 1) or die' || bail_out "no socket"
check "a socket" fails_with 1 'cannot write socket: it is not a regular file' build -o socket
LONG=$(printf 'x%.0s' {1..255})
check "a name of 255 bytes" build -o "$LONG"
check "is written like others" cmp "$LONG" "$WORK/old"
check "one of 256" fails_with 1 'cannot write x*: File name too long' build -o "x$LONG"
ln image hard
check "one of two hard links" build -m beta -o image
check "is a new file" cmp hard "$WORK/old"
check "of its owner alone" test "$(stat -c '%a %h' image)" = '600 1'
check "no debris" no_debris

# on_disk OPTIONS COMMAND...: runs in $WORK/disk, a tmpfs with these options.
DISK=$WORK/disk
mkdir "$DISK"
on_disk() {
    # shellcheck disable=SC2016
    unshare --map-root-user --mount bash -c '
        mount -t tmpfs -o "$2" tmpfs "$1" && cd "$1" && shift 2 && "$@"' disk "$DISK" "$@"
}
kindling_to() {
    "$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" "$@"
}
export -f fails_with kindling_to
export KINDLING KVER WORK
check "a disk with room" on_disk size=1m kindling_to -o image
# full_disk PATTERN ROOM OPTION...: with room for so many bytes.
full_disk() {
    cp "$WORK/old" image
    head -c 1m /dev/zero >filler 2>"$WORK/null"
    truncate -s "-$2" filler
    fails_with 1 "$1" kindling_to -m kernel/ -o image "${@:3}" && cmp image "$WORK/old" && test "$(ls -A)" = $'filler\nimage'
}
export -f full_disk
head -c 20000 /dev/urandom >"$KINDLING_DATA/template/etc/noise"
check "a full disk, asked before it is written to" on_disk size=48k full_disk \
    'cannot write image of [0-9]+ bytes and more: No space left on device' 4096 -z none
check "found full when it is written to" on_disk size=48k full_disk 'cannot write image: No space left on device' 4096 \
    --layout classic
read_only() {
    cp "$WORK/old" image && mount -o remount,ro "$WORK/disk" && fails_with 1 'cannot write image: Read-only file system' \
        kindling_to -o image && cmp image "$WORK/old"
}
export -f read_only
check "a read-only disk" on_disk size=1m read_only
no_inodes() {
    cp "$WORK/old" image
    fails_with 1 'cannot write image: No space left on device' kindling_to -o image && cmp image "$WORK/old"
}
export -f no_inodes
check "a disk that takes no more files" on_disk nr_inodes=2 no_inodes
full_temporary() {
    mkdir tmp && head -c 1m /dev/zero >tmp/filler
    TMPDIR=$PWD/tmp fails_with 1 'cannot (run depmod|find out|make|write) .*' kindling_to --cache none -o "$WORK/out/image" &&
        test "$(ls -A tmp)" = filler
}
export -f full_temporary
check "no room for scratch files" on_disk size=8k full_temporary

# The directory goes away while the run is under way.
mkdir "$WORK/path" "$WORK/out/gone"
printf '#!/bin/sh\nrmdir "%s"\nexec /usr/sbin/depmod "$@"\n' "$WORK/out/gone" >"$WORK/path/depmod"
chmod +x "$WORK/path/depmod"
PATH=$WORK/path:$PATH check "a directory that vanishes" fails_with 1 'cannot write .*/gone/image: No such file' build -o "$WORK/out/gone/image"
check "no scratch files are left" test -z "$(ls -A "$WORK/tmp")"

done_testing
