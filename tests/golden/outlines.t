#!/bin/bash
# A tree of compressed modules without indexes: depmod gets what it needs of them inflated, and says what it would have
# said of plain ones.
. "$(dirname "$0")/lib.sh"

REAL=$(PATH=$PATH:/usr/sbin:/sbin command -v depmod)
mkdir "$WORK/bin"
# depmod, but what it finds is noted: a summary of a module, its sections or the compressed module.
cat >"$WORK/bin/depmod" <<END
#!/bin/sh
for file in "\$2"/lib/modules/$KVER/kernel/lib/libalpha.ko.*; do
    grep -q module:libalpha "\$file" && kind=summary && break
    [ "\$(head -c 4 "\$file" | tail -c 3)" = ELF ] && kind=sections || kind=compressed
done
echo "\$kind" >>"$WORK/found"
[ "\$kind" != compressed ] && [ -e "$WORK/refuses" ] && exit 1
exec $REAL "\$@"
END
chmod 755 "$WORK/bin/depmod"
indexed() {
    rm -rf "$WORK/cache" "$WORK/found"
    PATH=$WORK/bin:$PATH built_index -p vm -m "beta${1:+,$1}"
}
found() {
    [ "$(paste -sd ' ' "$WORK/found")" = "$1" ]
}
compressed_by() {
    # shellcheck disable=SC2086 # a program with options
    find "$TREE" -name '*.ko' -exec $1 {} +
}
inflated_again() {
    find "$TREE" -name '*.ko.xz' -exec unxz {} +
    find "$TREE" -name '*.ko.zst' -exec zstd -dq --rm {} +
}
# says_the_same NAME KINDS: beside "$WORK/plain".
says_the_same() {
    indexed >"$WORK/compressed"
    check "$1: the index is that of plain modules" diff "$WORK/plain" "$WORK/compressed"
    check "$1: depmod found $2" found "$2"
}

indexed >"$WORK/plain"
for method in "xz --check=crc32" "zstd -q --rm"; do
    compressed_by "$method"
    says_the_same "${method%% *}" sections
    : >"$WORK/refuses"
    says_the_same "${method%% *}, where that fails" "sections compressed"
    rm "$WORK/refuses"
    inflated_again
done
xz --check=crc32 "$TREE/kernel/lib/libalpha.ko"
says_the_same "one among plain ones" sections
truncate -s $(($(stat -c %s "$TREE/kernel/lib/libalpha.ko.xz") / 2)) "$TREE/kernel/lib/libalpha.ko.xz"
check "one that is cut off: one sentence" fails_with 1 'libalpha' indexed
check "no debris" no_debris

# Modules as the kernel's build makes them, with a long rest.
rm -r "$TREE/kernel"
of_the_build() {
    local path=$1
    shift
    module "$path" "$@" intree=Y 'vermagic=6.9.0-golden SMP'
    head -c 300000 /dev/urandom >"$WORK/rest"
    objcopy --add-section .rest="$WORK/rest" "$TREE/$path"
}
of_the_build kernel/drivers/bus/bus.ko exports=bus_register depends=
of_the_build kernel/drivers/bus/bus-ring.ko exports=ring_new depends=
of_the_build kernel/drivers/block/bus_disk.ko uses=bus_register uses=ring_new depends=bus,bus-ring 'alias=bus:d00000002v*'
of_the_build kernel/fs/alpha/alpha.ko uses=alpha_sum depends=libalpha 'alias=fs-alpha' 'softdep=pre: sum-fast'
of_the_build kernel/drivers/block/slow-disk.ko depends= 'alias=pci:v00001AF4d*'
of_the_build kernel/fs/beta/beta.ko depends= 'alias=fs-beta' 'weakdep=helper'
of_the_build kernel/lib/libalpha.ko exports=alpha_sum depends=
of_the_build kernel/lib/helper.ko depends=
of_the_build kernel/crypto/sum-fast.ko depends= 'alias=crypto-sum'
of_the_build kernel/drivers/net/net-card.ko code=600000 depends= 'alias=pci:v00008086d*'
indexed >"$WORK/plain"
for method in "xz --check=crc32" "zstd -q --rm"; do
    compressed_by "$method"
    says_the_same "of the kernel's build, ${method%% *}" summary
    : >"$WORK/refuses"
    says_the_same "of the kernel's build, ${method%% *}, where that fails" "summary sections compressed"
    rm "$WORK/refuses"
    inflated_again
done
compressed_by "xz --check=crc32"
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
check "--jobs 1: no thread beside the first" test "$(threads -j 1)" = 0
check "--jobs 3: two more inflate modules, two more pack them" test "$(threads -j 3)" = 4
# In the middle of its rest, which is nothing to an image without it.
printf x | dd of="$TREE/kernel/drivers/net/net-card.ko.xz" bs=1 seek=150000 conv=notrunc status=none
says_the_same "what is not packed is inflated no further than its .modinfo" summary
check "what is packed is inflated to its end" fails_with 1 'cannot decompress .*net-card.ko.xz' indexed net-card
inflated_again 2>/dev/null
rm -f "$TREE"/kernel/drivers/net/net-card.ko*
# Of another build, which knew nothing of alpha's: who has the symbol is its dependency.
module extra/own.ko uses=alpha_sum depends= 'vermagic=6.9.0-golden SMP'
indexed own >"$WORK/plain"
check "one that was built elsewhere needs what has its symbols" grep -q '^steps own: libalpha! own$' "$WORK/plain"
compressed_by "xz --check=crc32"
indexed own >"$WORK/compressed"
check "compressed too" diff "$WORK/plain" "$WORK/compressed"
check "for that depmod found sections" found sections

done_testing
