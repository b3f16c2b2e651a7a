#!/bin/bash
# A tree of compressed modules without indexes: depmod gets them inflated, and says what it would have said.
. "$(dirname "$0")/lib.sh"

REAL=$(PATH=$PATH:/usr/sbin:/sbin command -v depmod)
mkdir "$WORK/bin"
# depmod, but what it finds is noted: whether a compressed module's file is an ELF file.
cat >"$WORK/bin/depmod" <<END
#!/bin/sh
for file in "\$2"/lib/modules/$KVER/kernel/lib/libalpha.ko.*; do
    [ "\$(head -c 4 "\$file" | tail -c 3)" = ELF ] && kind=inflated || kind=compressed
done
echo "\$kind" >>"$WORK/found"
[ "\$kind" = inflated ] && [ -e "$WORK/refuses" ] && exit 1
exec $REAL "\$@"
END
chmod 755 "$WORK/bin/depmod"
indexed() {
    rm -rf "$WORK/cache" "$WORK/found"
    PATH=$WORK/bin:$PATH built_index -p vm -m beta
}
found() {
    [ "$(paste -sd ' ' "$WORK/found")" = "$1" ]
}

indexed >"$WORK/plain"
for method in "xz --check=crc32" "zstd -q --rm"; do
    # shellcheck disable=SC2086 # a program with options
    find "$TREE" -name '*.ko' -exec $method {} +
    indexed >"$WORK/compressed"
    check "${method%% *}: the index is that of plain modules" diff "$WORK/plain" "$WORK/compressed"
    check "${method%% *}: depmod found them inflated" found inflated
    : >"$WORK/refuses"
    indexed >"$WORK/compressed"
    rm "$WORK/refuses"
    check "${method%% *}: where that fails it gets them as they are" diff "$WORK/plain" "$WORK/compressed"
    check "${method%% *}: one run after the other" found "inflated compressed"
    find "$TREE" -name '*.ko.xz' -exec unxz {} +
    find "$TREE" -name '*.ko.zst' -exec zstd -dq --rm {} +
done
# As many threads as --jobs says. The sanitizers' library need not be the first.
cat >"$WORK/threads.c" <<'END'
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
    FILE *log = fopen(getenv("THREADS"), "a");
    fputs("thread\n", log);
    fclose(log);
    return real(thread, attributes, start, argument);
}
END
gcc -D_GNU_SOURCE -shared -fPIC -o "$WORK/threads.so" "$WORK/threads.c" || bail_out "the compiler cannot make threads.so"
threads() {
    rm -rf "$WORK/cache"
    : >"$WORK/threads"
    THREADS=$WORK/threads LD_PRELOAD=$WORK/threads.so ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 \
        build -p vm -o "$WORK/out/image" "$@" && wc -l <"$WORK/threads"
}
find "$TREE" -name '*.ko' -exec xz -q --check=crc32 {} +
check "--jobs 1: no thread beside the first" test "$(threads -j 1)" = 0
check "--jobs 3: two more inflate modules, two more pack them" test "$(threads -j 3)" = 4
find "$TREE" -name '*.ko.xz' -exec unxz {} +

xz --check=crc32 "$TREE/kernel/lib/libalpha.ko"
indexed >"$WORK/compressed"
check "one among plain ones" diff "$WORK/plain" "$WORK/compressed"
truncate -s $(($(stat -c %s "$TREE/kernel/lib/libalpha.ko.xz") / 2)) "$TREE/kernel/lib/libalpha.ko.xz"
check "one that is cut off: one sentence" fails_with 1 'libalpha' indexed
check "no debris" no_debris

done_testing
