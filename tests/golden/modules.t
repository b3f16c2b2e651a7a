#!/bin/bash
# Which modules come into an image, in which order they are loaded, and what is known of them.
. "$(dirname "$0")/lib.sh"

IMAGE=$WORK/out/image

# index_of OPTION...: the index of an image with nothing but what the options name.
index_of() {
    build -p minimal -o "$IMAGE" "$@" && dump_index "$IMAGE"
}

check "dependencies come first" prints '^steps bus_disk: bus! bus_ring! bus_disk$' index_of -m bus_disk
check "soft dependencies before and behind" prints '^steps alpha: libalpha! sum_fast alpha alpha_late$' index_of -m alpha
check "a name in another spelling" prints '^module bus_disk ' index_of -m bus-disk
check "an alias" prints '^module alpha ' index_of -m fs-alpha
check "a device's alias" prints '^module slow_disk ' index_of -m pci:v00001AF4d00001000
check "a glob" prints '^module bus_ring ' index_of -m 'bus*'
check "a directory" prints '^module helper ' index_of -m lib/
check "a directory without a slash, from kernel/ on" prints '^module beta ' index_of -m kernel/fs
check "a file" prints '^module alpha_late ' index_of -m fs/alpha/alpha-late.ko
check "a slow driver is one, in whatever way it was asked for" prints "^module slow_disk .*flags=1\$" index_of -m slow-disk
check "so is one that no disk is behind" prints "^module net_card .*flags=2\$" index_of -m net-card
check "half a file's name is no file" fails_with 1 'cannot find fs/alpha/alpha ' index_of -m fs/alpha/alpha
check "nor is a file that lies elsewhere" fails_with 1 'cannot find lib/alpha-late.ko ' index_of -m lib/alpha-late.ko
check "what is built in is no error" prints_not '^module ' index_of -m gamma,fs-gamma,fs/gamma/gamma.ko
check "what nobody has is one" fails_with 1 'cannot find nosuch in this kernel: --module requires it' index_of -m nosuch
check "a weak dependency is packed" prints '^module helper ' index_of -m beta
check "but not loaded" prints '^steps beta: beta$' index_of -m beta

autoload_list() {
    index_of "$@" | grep ^autoload | tr '\n' ' '
}
check "-a loads unasked, in that order" test "$(autoload_list -a net-card,bus,bus-ring)" = \
    "autoload net_card autoload bus autoload bus_ring "

aliases() {
    index_of -m kernel/ | grep ^alias
}
check "aliases are sorted by what is literal in them" same_as aliases aliases
check "no module has options that nobody gave it" prints_not 'options=[^ ]' index_of -m kernel/

check "no such kernel: those that exist are named" fails_with 1 "no kernel 9.9.9 in .* \(there are: $KVER\)" \
    "$KINDLING" build -q -k 9.9.9 --modules-dir "$WORK/modules" -o "$IMAGE"
check "no way out of the directory of kernels" fails_with 1 'no kernel \.\./modules' \
    "$KINDLING" build -q -k "../modules/$KVER" --modules-dir "$WORK/modules" -o "$IMAGE"
check "no directory of kernels" fails_with 1 'cannot read kernel trees in /nowhere: No such file' \
    "$KINDLING" build -q -k 9.9.9 --modules-dir /nowhere -o "$IMAGE"

# With indexes of its own, a tree gives the same.
index_of -m kernel/ >"$WORK/without"
mkdir "$WORK/configuration"
depmod -C "$WORK/configuration" -b "$WORK/base" "$KVER" 2>"$WORK/null"
mkdir -p "$WORK/base/lib"
ln -s "$WORK/modules" "$WORK/base/lib/modules"
depmod -C "$WORK/configuration" -b "$WORK/base" "$KVER" || bail_out "depmod does not like the tree"
index_of -m kernel/ >"$WORK/with"
check "a tree with modules.dep says the same as one without" cmp "$WORK/without" "$WORK/with"

# So it does with those that depmod of any age wrote: kmod 30's (Debian 12) has an index's root last, kmod 34's (13) first.
with_indexes_of() {
    rm "$TREE"/modules.*.bin && tar -C "$TREE" -xzf "$ROOT/tests/data/depmod/$1.tar.gz" &&
        index_of -m kernel/ | diff "$WORK/without" -
}
check "with the indexes of kmod 30" with_indexes_of kmod-30
check "with those of kmod 34" with_indexes_of kmod-34
rm "$TREE"/modules.*.bin "$TREE"/modules.dep "$TREE"/modules.softdep "$TREE"/modules.alias "$TREE"/modules.symbols
chmod a-w "$TREE"
check "a tree that may not be written to" index_of -m kernel/
check "nothing was written there" test ! -e "$TREE/modules.dep"
chmod u+w "$TREE"

# modprobe's configuration.
mkdir -p "$WORK/root/etc/modprobe.d" "$WORK/root/usr/lib/modprobe.d" "$WORK/root/lib"
ln -s "$WORK/modules" "$WORK/root/lib/modules"
cat >"$WORK/root/etc/modprobe.d/a.conf" <<'EOF'
options bus-disk queue=8
options bus_disk name="a b"
blacklist slow-disk
install net-card /bin/false
alias my-disk bus_disk
softdep bus-ring pre: helper
EOF
rm "$WORK/root/lib/modules"
cp -R "$WORK/modules" "$WORK/root/lib/modules"
from_root() {
    "$KINDLING" build -q -k "$KVER" --sysroot "$WORK/root" -p minimal -m kernel/ -o "$IMAGE" && dump_index "$IMAGE"
}
check "options" prints '^module bus_disk .* options=queue=8 name="a b" ' from_root
check "an alias of the configuration" prints '^alias my_disk .* bus_disk$' from_root
check "a soft dependency of the configuration" prints '^steps bus_ring: helper bus_ring$' from_root
warned() {
    echo 'optoins bus-disk queue=9' >"$WORK/root/etc/modprobe.d/b.conf"
    fails_with 0 'warning: .*/modprobe.d/b.conf:1: this line makes no sense to modprobe' "$KINDLING" build -q -k "$KVER" \
        --sysroot "$WORK/root" -p minimal -o "$IMAGE"
}
check "a line that modprobe would pass over: a warning" warned
rm "$WORK/root/etc/modprobe.d/b.conf"
check "a blacklisted module is there" prints '^module slow_disk ' from_root
check "but has no alias" prints_not '^alias pci:v00001AF4d' from_root
check "nor has one whose install command is false" prints_not '^alias pci:v00008086d' from_root
check "a foreign tree: no configuration is read" prints_not 'queue=8|my_disk' index_of -m kernel/
check "a foreign tree with a sysroot: that one's" prints 'queue=8' index_of -m kernel/ --sysroot "$WORK/root"

# Weak dependencies, which old versions of libkmod do not read.
cat >"$WORK/root/etc/modprobe.d/weak.conf" <<'EOF'
weakdep bus-d[a-i]sk gamma nosuch \
    alpha-late
EOF
echo 'weakdep bus_disk slow-disk' >"$WORK/root/usr/lib/modprobe.d/weak.conf"
echo 'weakdep bus_disk beta' >"$WORK/root/usr/lib/modprobe.d/other.conf"
echo 'weakdep bus_disk net-card' >"$WORK/root/usr/lib/modprobe.d/none.conf.old"
of_disk() {
    "$KINDLING" build -q -k "$KVER" --sysroot "$WORK/root" -p minimal -m bus-disk -o "$IMAGE" --depfile "$WORK/disk.d" &&
        dump_index "$IMAGE"
}
says_of_disk() {
    { of_disk >/dev/null; } 2>&1
}
check "a weak dependency of the configuration is packed" prints '^module alpha_late ' of_disk
check "but not loaded" prints '^steps bus_disk: bus! helper bus_ring! bus_disk$' of_disk
check "without libkmod's complaint" prints_not . says_of_disk
check "another file's too, and what that wants" prints '^module beta ' of_disk
check "a file of that name in a later directory counts no more" prints_not '^module slow_disk ' of_disk
check "nor does what is not called .conf" prints_not '^module net_card ' of_disk
/sbin/depmod -b "$WORK/root" "$KVER" || bail_out "depmod does not work"
printf '# a comment\nweakdep bus_ring net_card\n' >"$WORK/root/lib/modules/$KVER/modules.weakdep"
check "modules.weakdep" prints '^module net_card ' of_disk
check "it is an input" grep -q modules.weakdep "$WORK/disk.d"

# Modules that the distribution compressed.
xz --check=crc32 "$TREE/kernel/lib/libalpha.ko"
zstd -q --rm "$TREE/kernel/crypto/sum-fast.ko"
cp "$WORK/root/lib/modules/$KVER/kernel/lib/libalpha.ko" "$WORK/libalpha.ko"
inflates() {
    rm -rf "$WORK/unpacked"
    unpack "$IMAGE" "$WORK/unpacked"
    for path in lib/libalpha crypto/sum-fast; do
        zcat "$WORK/unpacked/lib/modules/$KVER/kernel/$path.ko.gz" | cmp - "$WORK/root/lib/modules/$KVER/kernel/$path.ko" ||
            return 1
    done
}
check "compressed modules keep their dependencies" prints '^steps alpha: libalpha! sum_fast alpha alpha_late$' \
    index_of -m alpha --layout lazy
check "and are recompressed" inflates
check "by the name of the file as it was" prints '^module libalpha ' index_of -m lib/libalpha.ko
check "or as it is" prints '^module libalpha ' index_of -m lib/libalpha.ko.xz

# What the kernel decompresses by itself stays as it is, where its configuration says so and the user wants that.
configured() {
    mkdir -p "$(dirname "$1")"
    printf 'CONFIG_%s=y\n' RD_GZIP "${@:2}" >"$1"
}
has_member() {
    index_of -m alpha --layout "$2" && "$KINDLING" ls "$IMAGE" "$1" | grep .
}
lacks_member() {
    index_of -m alpha --layout "$2" && ! "$KINDLING" ls "$IMAGE" "$1" | grep .
}
config=$TREE/config
check "no configuration at hand: /init shall inflate all" lacks_member '*.xz' kernel
configured "$config" MODULE_COMPRESS_XZ
check "the kernel decompresses nothing: neither" lacks_member '*.xz' kernel
printf 'CONFIG_RD_GZIP=y\nCONFIG_MODULE_COMPRESS_ZSTDX=y\nCONFIG_MODULE_DECOMPRESS=y\n# CONFIG_MODULE_COMPRESS_XZ is not set\n' >"$config"
check "nor when it knows another compressor" lacks_member '*.xz' kernel
configured "$config" MODULE_COMPRESS MODULE_COMPRESS_XZ MODULE_DECOMPRESS
check "the kernel knows xz: passed through" has_member '*/libalpha.ko.xz' kernel
unpack "$IMAGE" "$WORK/passed"
check "untouched" cmp "$TREE/kernel/lib/libalpha.ko.xz" "$WORK/passed/lib/modules/$KVER/kernel/lib/libalpha.ko.xz"
check "and told to /init" prints '^module libalpha path=.*/libalpha.ko.xz .*format=2' dump_index "$IMAGE"
size_in_index() {
    "$WORK/dump_index" "$WORK/unpacked/lib/kindling/index" | sed -n "s/^module $1 .* size=\([0-9]*\) .*/\1/p"
}
check "with its size" test "$(size_in_index libalpha)" = "$(xz -dc "$TREE/kernel/lib/libalpha.ko.xz" | wc -c)"
# Each time that something is inflated. The sanitizers' library need not be the first.
gcc -D_GNU_SOURCE -shared -fPIC -x c -o "$WORK/inflated.so" - <<'END' || bail_out "the compiler cannot make inflated.so"
#include <dlfcn.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
lzma_ret lzma_stream_decoder(lzma_stream *stream, uint64_t limit, uint32_t flags)
{
    lzma_ret (*real)(lzma_stream *, uint64_t, uint32_t) = dlsym(RTLD_NEXT, "lzma_stream_decoder");
    FILE *log = fopen(getenv("INFLATED"), "a");
    fputs("inflated\n", log);
    fclose(log);
    return real(stream, limit, flags);
}
END
inflated() {
    : >"$WORK/inflated"
    INFLATED=$WORK/inflated LD_PRELOAD=$WORK/inflated.so ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 \
        index_of -m libalpha --layout kernel --cache "$WORK/twice" >/dev/null && wc -l <"$WORK/inflated"
}
check "the first build inflates it" test "$(inflated)" -gt 0
check "the second does not" test "$(inflated)" = 0
check "and knows its size" test "$(size_in_index libalpha)" = "$(xz -dc "$TREE/kernel/lib/libalpha.ko.xz" | wc -c)"
cp "$TREE/kernel/lib/libalpha.ko.xz" "$WORK/crc32.xz"
xz -dc "$WORK/crc32.xz" | xz --check=crc64 >"$TREE/kernel/lib/libalpha.ko.xz"
check "the kernel knows xz, but not its CRC-64" has_member '*/libalpha.ko.gz' kernel
xz -dc "$WORK/crc32.xz" | xz --check=none >"$TREE/kernel/lib/libalpha.ko.xz"
check "nor does it want a check" has_member '*/libalpha.ko.xz' kernel
cp "$WORK/crc32.xz" "$TREE/kernel/lib/libalpha.ko.xz"
check "but what is not xz is not" has_member '*/sum-fast.ko.gz' kernel
check "nor without --layout kernel" lacks_member '*.xz' lazy
configured "$config" MODULE_COMPRESS_ZSTD MODULE_DECOMPRESS
check "zstd" has_member '*/sum-fast.ko.zst' kernel
rm "$config"
mkdir "$WORK/build"
configured "$WORK/build/.config" MODULE_COMPRESS_ZSTD MODULE_DECOMPRESS
ln -s "$WORK/build" "$TREE/build"
check "the configuration where the kernel was built" has_member '*/sum-fast.ko.zst' kernel
rm "$TREE/build"
mkdir -p "$WORK/whole/usr/lib"
cp -R "$WORK/modules" "$WORK/whole/usr/lib/modules"
ln -s usr/lib "$WORK/whole/lib"
configured "$WORK/whole/boot/config-$KVER" MODULE_COMPRESS_XZ MODULE_DECOMPRESS
whole_has() {
    "$KINDLING" build -q -k "$KVER" "$@" -p minimal -m alpha --layout kernel --depfile "$WORK/whole.d" -o "$IMAGE" &&
        "$KINDLING" ls "$IMAGE" '*/libalpha.ko.xz' | grep . && grep -q "boot/config-$KVER:" "$WORK/whole.d"
}
check "in boot/, beside the tree" whole_has --modules-dir "$WORK/whole/lib/modules"
check "in boot/ of a sysroot, which is an input" whole_has --sysroot "$WORK/whole"
mkdir "$WORK/whole/lib/modules/$KVER/config"
rm "$WORK/whole/boot/config-$KVER"
check "a configuration that cannot be read is an error" fails_with 1 "cannot read .*/config: Is a directory" \
    "$KINDLING" build -q -k "$KVER" --sysroot "$WORK/whole" -p minimal -o "$IMAGE"
ln -s "config-$KVER" "$WORK/whole/boot/config-$KVER"
check "one whose links go round in a circle too" fails_with 1 "cannot read /boot/config-$KVER: Too many levels of symbolic links" \
    "$KINDLING" build -q -k "$KVER" --sysroot "$WORK/whole" -p minimal -o "$IMAGE"

# Debian's depmod does not see *.ko.gz.
gzip -n "$TREE/kernel/drivers/bus/bus.ko" "$TREE/kernel/drivers/block/bus_disk.ko"
check ".ko.gz: dependencies" prints '^steps bus_disk: bus! bus_ring! bus_disk$' index_of -m bus_disk
check ".ko.gz: by name" prints '^module bus_disk ' index_of -m drivers/block/bus_disk.ko.gz
check ".ko.gz: aliases" prints '^alias bus:d00000002v' index_of -m bus_disk
bus_is_whole() {
    index_of -m bus --layout lazy && rm -rf "$WORK/unpacked" && unpack "$IMAGE" "$WORK/unpacked" &&
        zcat "$WORK/unpacked/lib/modules/$KVER/kernel/drivers/bus/bus.ko.gz" | cmp - "$WORK/root/lib/modules/$KVER/kernel/drivers/bus/bus.ko"
}
check ".ko.gz: the bytes" bus_is_whole
configured "$config" MODULE_COMPRESS_GZIP MODULE_DECOMPRESS
gzip_passes() {
    index_of -m bus --layout kernel && rm -rf "$WORK/unpacked" && unpack "$IMAGE" "$WORK/unpacked" &&
        cmp "$WORK/unpacked/lib/modules/$KVER/kernel/drivers/bus/bus.ko.gz" "$TREE/kernel/drivers/bus/bus.ko.gz" &&
        dump_index "$IMAGE" | grep '^module bus .*format=2'
}
check ".ko.gz: passed through" gzip_passes
rm "$config"
cp "$TREE/kernel/drivers/bus/bus.ko.gz" "$WORK/bus.ko.gz"
head -c 200 "$WORK/bus.ko.gz" >"$TREE/kernel/drivers/bus/bus.ko.gz"
check ".ko.gz: a damaged one is an error" fails_with 1 'cannot decompress .*/bus.ko.gz: ' \
    build -p minimal -m helper -o "$IMAGE"
cp "$WORK/bus.ko.gz" "$TREE/kernel/drivers/bus/bus.ko.gz"
head -c 100 "$TREE/kernel/lib/libalpha.ko.xz" >"$WORK/short" && cp "$WORK/short" "$TREE/kernel/lib/libalpha.ko.xz"
check "a damaged one is an error" prints 'kindling: cannot decompress .*libalpha.ko.xz' \
    sh -c "! '$KINDLING' build -k $KVER --modules-dir '$WORK/modules' -p minimal -m helper,libalpha -o '$IMAGE'"
check "no debris" no_debris

done_testing
