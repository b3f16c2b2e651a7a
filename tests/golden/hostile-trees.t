#!/bin/bash
# Trees of somebody else: what is no regular file where one is read, and files that change between a look and the reading.
. "$(dirname "$0")/lib.sh"

SYSROOT=$WORK/root
mkdir -p "$SYSROOT/lib/modules" "$SYSROOT/etc/modprobe.d" "$SYSROOT/boot" "$SYSROOT/proc/self" "$SYSROOT/bin"
cp -r "$TREE" "$SYSROOT/lib/modules/"
depmod -b "$SYSROOT" "$KVER" || bail_out "depmod does not like the tree"
TREE=$SYSROOT/lib/modules/$KVER
cp -r "$SYSROOT" "$WORK/pristine"
make_program "$WORK/pristine/bin/tool" -static
echo note >"$WORK/pristine/etc/note"
feature note 'file /etc/note'
feature tool 'program /bin/tool /bin/tool'
profile host 'description one machine' 'host disks filesystems'
fresh() {
    rm -rf "$SYSROOT" && cp -r "$WORK/pristine" "$SYSROOT"
}
make_image() {
    timeout -k 2 10 "$KINDLING" build -q -k "$KVER" --sysroot "$SYSROOT" -f note,tool -m kernel/ --cache none -o "$WORK/out/image" "$@"
}
# ends OPTION...: in time, with an image or with sentences of our own.
ends() {
    local status
    make_image "$@" >"$WORK/said" 2>&1
    status=$?
    cat "$WORK/said"
    [ "$status" -lt 2 ] && ! grep -v '^kindling: ' "$WORK/said"
}
# zeros FILE: a link to /dev/zero, or who may not make one in the tree's /dev, to nothing.
zeros() {
    mkdir -p "$SYSROOT/dev" && mknod "$SYSROOT/dev/zero" c 1 5 2>/dev/null
    rm -f "$1" && ln -s /dev/zero "$1"
}
fresh
check "the tree is sound" make_image

for file in boot/config-$KVER etc/modprobe.d/a.conf etc/note bin/tool lib/modules/$KVER/{modules.dep,modules.dep.bin,modules.alias,modules.alias.bin,modules.softdep,modules.weakdep,modules.builtin.bin,modules.builtin.modinfo,kernel/fs/beta/beta.ko}; do
    for kind in fifo zero kmsg directory null socket; do
        fresh
        rm -f "$SYSROOT/$file"
        case $kind in
            fifo) mkfifo "$SYSROOT/$file" ;;
            zero) zeros "$SYSROOT/$file" ;;
            kmsg) ln -s /proc/kmsg "$SYSROOT/$file" ;;
            directory) mkdir -p "$SYSROOT/usr" && ln -s /usr "$SYSROOT/$file" ;;
            null) mkdir -p "$SYSROOT/dev" && mknod "$SYSROOT/dev/null" c 1 3 2>/dev/null; ln -s /dev/null "$SYSROOT/$file" ;;
            socket) perl -MIO::Socket::UNIX -e 'chdir shift; IO::Socket::UNIX->new(Local => "s", Listen => 1); rename "s", shift or die' \
                "$SYSROOT" "$file" ;;
        esac
        check "$file: $kind" ends
    done
done
# What a machine's own image is worked out of; no end of zeros, as with what says where libraries are.
for file in etc/fstab etc/crypttab proc/self/mountinfo proc/cmdline proc/swaps; do
    for make in mkfifo zeros; do
        fresh
        : >"$SYSROOT/proc/self/mountinfo"
        rm -f "$SYSROOT/$file"
        "$make" "$SYSROOT/$file"
        check "$file: $make" ends -p host
    done
done
# A program whose libraries are looked for, and are where a loader looks without being told.
make_program "$WORK/pristine/bin/linked"
ldd "$WORK/pristine/bin/linked" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$WORK/pristine${library%/*}" "$WORK/pristine/lib"
    cp -L "$library" "$WORK/pristine$library"
    cp -L "$library" "$WORK/pristine/lib/"
done
feature linked 'program /bin/linked /bin/linked'
fresh
check "a program with libraries" make_image -f linked
check "which are packed" grep -q '/libc\.' <("$KINDLING" ls "$WORK/out/image")
for file in etc/ld.so.conf etc/ld.so.conf.d/a.conf; do
    for kind in fifo zero; do
        fresh
        mkdir -p "$SYSROOT/etc/ld.so.conf.d"
        echo 'include /etc/ld.so.conf.d/*.conf' >"$SYSROOT/etc/ld.so.conf"
        if [ "$kind" = fifo ]; then
            rm -f "$SYSROOT/$file" && mkfifo "$SYSROOT/$file"
        else
            zeros "$SYSROOT/$file"
        fi
        check "$file: $kind" make_image -f linked
    done
done
for file in modules.order modules.builtin modules.builtin.modinfo kernel/lib/helper.ko; do
    fresh
    rm -f "$TREE"/modules.*.bin "$TREE/$file"
    mkfifo "$TREE/$file"
    check "without indexes, $file: fifo" ends
done

# What the user names may be a pipe; a signal ends the wait for it.
fresh
mkfifo "$WORK/pipe"
signalled() {
    env --default-signal "$KINDLING" build -q -c "$WORK/pipe" -k "$KVER" --modules-dir "$WORK/modules" -o "$WORK/out/i" &
    local pid=$!
    sleep 0.5
    kill -s "$1" "$pid"
    timeout 5 tail --pid="$pid" -f "$WORK/null" || { kill -KILL "$pid"; return 1; }
    wait "$pid"
    [ $? -gt 128 ]
}
: >"$WORK/null"
check "SIGTERM ends the wait for a configuration" signalled TERM
check "so does SIGINT" signalled INT
check "a pipe is read" sh -c "echo 'profile = minimal' >'$WORK/pipe' & '$KINDLING' build -c '$WORK/pipe' -k $KVER --modules-dir '$WORK/modules' -o '$WORK/out/i'"

# The owner of the tree exchanges a file for a symlink after it was looked at: a preloaded open does so.
echo 'the secret of this host' >"$WORK/secret"
cat >"$WORK/exchange.c" <<'END'
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
static void exchange(const char *path)
{
    const char *end = getenv("EXCHANGED");
    if (strlen(path) >= strlen(end) && !strcmp(path + strlen(path) - strlen(end), end)) {
        unlink(end);
        if (symlink(getenv("SECRET"), end) < 0)
            perror(end);
    }
}
int open(const char *path, int flags, ...)
{
    int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    if (!(flags & O_PATH) && !strncmp(path, "/", 1))
        exchange(path);
    return next(path, flags, 0600);
}
long syscall(long number, ...)
{
    long (*next)(long, ...) = dlsym(RTLD_NEXT, "syscall");
    long a[6];
    __builtin_va_list list;
    __builtin_va_start(list, number);
    for (int i = 0; i < 6; i++)
        a[i] = __builtin_va_arg(list, long);
    __builtin_va_end(list);
    if (number == SYS_openat2 && !(((struct open_how *)a[2])->flags & O_PATH)) {
        char path[4096];
        snprintf(path, sizeof(path), "%s%s", getenv("ROOTED"), (const char *)a[1]);
        exchange(path);
    }
    return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
END
gcc -shared -fPIC -D_GNU_SOURCE -o "$WORK/exchange.so" "$WORK/exchange.c" -ldl || bail_out "the compiler cannot make a library"
keeps_secret() {
    local file=$SYSROOT/$1
    fresh
    env ASAN_OPTIONS="${ASAN_OPTIONS-}:verify_asan_link_order=0" LD_PRELOAD="$WORK/exchange.so" EXCHANGED="$file" SECRET="$WORK/secret" ROOTED="$SYSROOT" \
        "$KINDLING" build -q -k "$KVER" --sysroot "$SYSROOT" -f note,tool -m kernel/ --cache none --layout classic -o "$WORK/out/image"
    [ -L "$file" ] || { echo "nothing was exchanged"; return 1; }
    ! { plain "$WORK/out/image" | grep -aF 'the secret of this host'; }
}
rm -f "$WORK/out/image"
check "a file that is exchanged" keeps_secret etc/note
check "a module" keeps_secret "lib/modules/$KVER/kernel/lib/helper.ko"
check "a program" keeps_secret bin/tool
check "no debris" no_debris

done_testing
