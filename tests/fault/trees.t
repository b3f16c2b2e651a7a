#!/bin/bash
# Damaged kernel trees: whatever has become of modules and of what depmod wrote about them, `kindling build` makes an
# image or says in a sentence why not. It runs with sanitizers, and so does nothing that it should not on the way.
# CASES says how many, LEAKS=1 looks for leaks too.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
cd "$(dirname "$0")/../.." || exit 1
export KINDLING=${KINDLING:-$PWD/build/asan/bin/kindling}
# A finding is neither success nor failure; that nothing leaks where a build fails is not asked ten thousand times.
export ASAN_OPTIONS=exitcode=99:detect_leaks=${LEAKS:-0}:allocator_may_return_null=1
. tests/golden/lib.sh

CASES=${CASES:-240}
FIRST=${FIRST:-1}

# Modules of all kinds: compressed in each way, with firmware, parameters and what else depmod and libkmod look at.
module kernel/drivers/net/net-card.ko 'alias=pci:v00008086d*' 'firmware=net/card.bin' 'parm=speed:how fast'
xz --check=crc32 "$TREE/kernel/lib/libalpha.ko"
zstd -q --rm "$TREE/kernel/lib/helper.ko"
feature fw 'firmware *' 'module net-card' 'file /etc/hostname'
mkdir -p "$WORK/root/lib/firmware/net" "$WORK/root/etc" "$WORK/pristine"
echo card >"$WORK/root/lib/firmware/net/card.bin"
echo name >"$WORK/root/etc/hostname"
cp -r "$TREE" "$WORK/pristine/raw"
mkdir -p "$WORK/base/lib/modules"
cp -r "$TREE" "$WORK/base/lib/modules/$KVER"
/sbin/depmod -b "$WORK/base" "$KVER" || bail_out "depmod does not do its work"
mv "$WORK/base/lib/modules/$KVER" "$WORK/pristine/indexed"
gzip "$TREE/kernel/fs/beta/beta.ko"
cp -r "$TREE" "$WORK/pristine/gzipped"

# damage SEED FILE: a few bits flipped, numbers made extreme, or an end cut off. An ELF file has its headers at both
# ends, and an index its root at the beginning: damage there has the most to say.
damage() {
    perl -e '
        my ($seed, $path) = @ARGV;
        srand($seed);
        open(my $file, "+<:raw", $path) or die "$path: $!";
        my $bytes = do { local $/; <$file> };
        sub place {
            my $size = length($bytes);
            my $kind = int(rand(3));
            return $kind == 0 ? int(rand($size < 64 ? $size : 64)) : $kind == 1 && $size > 1500 ? $size - 1 - int(rand(1500)) : int(rand($size));
        }
        my @numbers = ("\0" x 4, "\xff" x 4, "\xff\xff\xff\x7f", "\x7f\xff\xff\xff", "\0\0\0\x80", "\x01\0\0\0");
        my $kind = int(rand(8));
        if (length($bytes) == 0) {
            $bytes = join("", map { chr(int(rand(256))) } 1 .. 40);
        } elsif ($kind == 0) {
            $bytes = substr($bytes, 0, int(rand(length($bytes))));
        } elsif ($kind < 4) {
            substr($bytes, place(), 4) = $numbers[rand(@numbers)] for 1 .. 1 + int(rand(3));
        } else {
            for (1 .. 1 + int(rand(6))) {
                my $place = place();
                substr($bytes, $place, 1) = chr(ord(substr($bytes, $place, 1)) ^ (1 << int(rand(8))));
            }
        }
        seek($file, 0, 0);
        truncate($file, 0);
        print $file $bytes;' "$1" "$2"
}

# one_case NUMBER KIND: of that kind of tree, with one or two files damaged.
one_case() {
    local pristine=$WORK/pristine/$2 status file files
    mapfile -t files < <(printf '%s\n' "${FILES[@]}" | shuf -n $((1 + $1 % 2)) --random-source=<(yes "$1"))
    for file in "${files[@]}"; do
        damage "$1" "$TREE/$file"
    done
    timeout 60 "$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" --sysroot "$WORK/root" -p minimal -f fw \
        -m kernel/ -j 1 --cache none -o "$WORK/out/image" 2>"$WORK/stderr"
    status=$?
    for file in "${files[@]}"; do
        cp "$pristine/$file" "$TREE/$file"
    done
    count[status]=$((${count[status]:-0} + 1))
    [ "$status" -eq 0 ] && return
    [ "$status" -eq 1 ] && grep -q '^kindling: ' "$WORK/stderr" && ! grep -v '^kindling: ' "$WORK/stderr" && return
    echo "case $1, exit status $status, of ${files[*]}:"
    head -n 40 "$WORK/stderr"
    return 1
}

# cases KIND: whichever file it is.
cases() {
    local i count=() FILES
    mapfile -t FILES < <(cd "$WORK/pristine/$1" && find . -type f -printf '%P\n' | sort)
    rm -rf "$TREE"
    cp -r "$WORK/pristine/$1" "$TREE"
    for ((i = FIRST; i < FIRST + CASES / 3; i++)); do
        one_case "$i" "$1" || return 1
    done
    echo "${count[0]:-0} made an image, ${count[1]:-0} did not"
    [ "${count[0]:-0}" -ge $((CASES / 60)) ] && [ "${count[1]:-0}" -ge $((CASES / 60)) ]
}

check "a tree with its indexes" cases indexed
check "one without" cases raw
check "one with modules that depmod cannot read" cases gzipped
check "no debris" no_debris

done_testing
