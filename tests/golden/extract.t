#!/bin/bash
# `kindling extract` gives back what is in an image, and writes nowhere but below its directory; `kindling diff`.
. "$(dirname "$0")/lib.sh"

cd "$WORK/out" || exit 1

# entry NAME MODE CONTENT [INODE LINKS]: an entry of a newc archive, whatever its name.
entry() {
    local length=${#1} size=${#3}
    printf '070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x' "${4:-1}" "$((8#$2))" 0 0 "${5:-1}" 1000000000 \
        "$size" 0 0 1 5 $((length + 1)) 0
    printf '%s\0' "$1"
    head -c $(((4 - (110 + length + 1) % 4) % 4)) /dev/zero
    printf '%s' "$3"
    head -c $(((4 - size % 4) % 4)) /dev/zero
}
trailer() {
    entry 'TRAILER!!!' 0 ''
}
# archive ENTRY...: words of one entry are separated by commas.
archive() {
    local one words
    for one; do
        IFS=, read -ra words <<<"$one"
        entry "${words[0]}" "${words[1]}" "${words[2]-}" "${words[@]:3}"
    done
    trailer
}

# A real image comes out as cpio takes it out.
build --layout lazy -o image
as_cpio() {
    "$KINDLING" extract "$1" ours && unpack "$1" theirs && rm -f ours/dev/console && diff -r --no-dereference ours theirs &&
        (cd ours && find . ! -type l -printf '%p %m %y\n' | sort) >names.ours &&
        (cd theirs && find . ! -type l -printf '%p %m %y\n' | sort) >names.theirs && cmp names.ours names.theirs
}
check "all of an image" as_cpio image
for compressor in "bzip2" "xz --check=crc32" "zstd -q" "lz4 -q -l"; do
    rm -rf ours theirs
    plain image | $compressor -c >other
    check "compressed with ${compressor%% *}" sh -c "'$KINDLING' extract other ours && cmp ours/init '$KINDLING_DATA/init'"
done
rm -rf ours theirs
archive 'kernel,40755' 'kernel/ucode,100644,early' >both
cat image >>both
gzip -n <both >twice
check "what is compressed twice is refused" fails_with 1 'cannot read twice: it holds something else' "$KINDLING" extract twice ours
archive 'kernel,40755' 'kernel/ucode,100644,early' >both
cat image >>both
check "one archive behind the other" "$KINDLING" extract both ours
check "both are there" test -e ours/kernel/ucode -a -e ours/init
check "again, over what is there" "$KINDLING" extract both ours
rm -rf ours
mkdir here
check "without a directory: here" sh -c "cd here && '$KINDLING' extract ../image && test -e init"

archive './.,40700' './a,40500' './a/b,104755,content' 'c/d/e,100600,deep' 's,120777,a/b' 'p,10644' >odd
check "./ and missing parents" "$KINDLING" extract odd ours
check "a file" test "$(cat ours/a/b)" = content
check "its time" test "$(stat -c %Y ours/a/b)" = 1000000000
check "no set-id bits" test "$(stat -c %a ours/a/b)" = 755
check "a directory that may not be written to" test "$(stat -c %a ours/a)" = 500
check "a file whose directory is not in the archive" test "$(cat ours/c/d/e)" = deep
check "a symlink" test "$(readlink ours/s)" = a/b
check "a fifo" test -p ours/p
chmod -R u+rwx ours
rm -rf ours
archive 'one,100644,,7,3' 'two,100644,,7,3' 'three,100644,linked,7,3' >links
check "hard links" "$KINDLING" extract links ours
check "each has the content" test "$(cat ours/one ours/two ours/three)" = linkedlinkedlinked
rm -rf ours

if [ "$(id -u)" -eq 0 ]; then
    unprivileged() {
        mkdir -p nobody && chmod a+rx "$WORK" . && chmod a+r image && chown nobody nobody &&
            setpriv --reuid nobody --clear-groups --inh-caps=-all --bounding-set=-all "$KINDLING" extract image nobody/tree
    }
else
    unprivileged() {
        "$KINDLING" extract image nobody
    }
fi
check "device nodes are left out with a word" prints 'dev/console is left out: making a device node takes privilege' unprivileged

# Nothing is written outside, and nothing at all when a name leads out.
mkdir outside
echo before >outside/file
unharmed() {
    test "$(cat outside/file)" = before && test "$(ls outside)" = file && ! ls -d "$WORK"/escaped /tmp/kindling-escaped 2>"$WORK/null"
}
for name in ../outside/file ../outside/new a/../../outside/new /tmp/kindling-escaped "$WORK/escaped" .. a/.. ''; do
    archive 'first,100644,x' "$name,100644,evil" >hostile
    check "the name '$name'" fails_with 1 "the name '.*' in it leads out of the directory" "$KINDLING" extract hostile ours
    check "'$name': nothing was written" test ! -e ours
done
hostile() {
    rm -rf ours
    archive "${@:2}" >hostile
    fails_with 1 "$1" "$KINDLING" extract hostile ours && unharmed
}
check "a symlink of the archive is not followed" hostile 'cannot extract d/file: something above it is a symlink' \
    'd,120777,../outside' 'd/file,100644,evil'
check "an absolute one" hostile 'something above it is a symlink' "d,120777,$PWD/outside" 'd/file,100644,evil'
check "one deeper down" hostile 'something above it is a symlink' 'a,40755' 'a/d,120777,../../outside' 'a/d/e/file,100644,evil'
check "one to the inside" hostile 'something above it is a symlink' 'a,40755' 'd,120777,a' 'd/file,100644,evil'
check "a directory is not made behind one" hostile 'something above it is a symlink' 'd,120777,../outside' 'd/new/file,100644,evil'
check "permissions do not pass a symlink" hostile 'cannot extract d: File exists' 'd,120777,../outside' 'd,40777'
rm -rf ours
archive 'd,120777,../outside/file' 'd,100644,evil' >hostile
check "a file takes a symlink's place" "$KINDLING" extract hostile ours
check "and does not write through it" test -f ours/d -a ! -L ours/d
check "outside all is well" unharmed
rm -rf ours && mkdir ours && ln -s ../outside ours/d
archive 'd/file,100644,evil' >hostile
check "a symlink that was there before" fails_with 1 'something above it is a symlink' "$KINDLING" extract hostile ours
check "outside all is still well" unharmed
rm -rf ours && mkdir -p ours/d
archive 'd,100644,file' >hostile
check "a directory gives way to nothing" fails_with 1 'cannot extract d: Is a directory' "$KINDLING" extract hostile ours
check "an archive cut short" fails_with 1 'cannot read hostile' \
    sh -c "head -c 100 odd >hostile && '$KINDLING' extract hostile ours"
check "no directory" fails_with 1 'cannot extract to image: Not a directory' "$KINDLING" extract image image
check "usage" fails_with 2 'usage: kindling extract' "$KINDLING" extract
check "an unknown option" fails_with 2 'unrecognized option -x$' "$KINDLING" extract -x image
cp image ./-odd
check "a name with a dash, behind two" "$KINDLING" extract -- -odd -odd.d
check "is extracted" test -d ./-odd.d
check "a long one, and behind the image" fails_with 2 'unrecognized option --directory$' "$KINDLING" extract image --directory=d

# diff
differs() {
    prints "$1" "$KINDLING" diff "${@:2}"
}
cp image same
check "an image and its copy" test "$("$KINDLING" diff image same)" = '0 added, 0 removed, 0 changed'
build --layout lazy -m beta -f -alpha -o other
check "a module more" differs '^\+ module beta \([0-9]+ bytes\)$' image other
check "a module less" differs '^- module libalpha \([0-9]+ bytes\)$' image other
check "what follows from it" differs '^~ lib/kindling/index \([0-9]+ -> [0-9]+ bytes\)$' image other
build --layout classic -o other
check "another packing" differs '^~ module bus_disk \([0-9]+ -> [0-9]+ bytes, packed differently\)$' image other
mkdir -p "$WORK/root/bin"
make_program "$WORK/root/bin/tool" -static
feature tool 'program /bin/tool /bin/tool'
build --sysroot "$WORK/root" -f tool --layout lazy -o left
build --sysroot "$WORK/root" -f tool --layout classic -o right
check "another packing of a program" differs '^~ bin/tool \([0-9]+ -> [0-9]+ bytes, packed differently\)$' left right
make_program "$WORK/root/bin/tool" -static -g
build --sysroot "$WORK/root" -f tool --layout lazy -o right
check "another program" differs '^~ bin/tool \([0-9]+ -> [0-9]+ bytes\)$' left right
archive 'f,100644,one' 'g,100644,same' 'l,120777,a' 'n,20600' >left
archive 'f,100600,two' 'g,100644,same' 'l,120777,b' 'h,40755' >right
check "content and mode" differs '^~ f \(mode 100644 -> 100600\) \(3 -> 3 bytes\)$' left right
check "a symlink's target" differs '^~ l ' left right
check "a device" differs '^- n$' left right
check "a directory" differs '^\+ h$' left right
check "not what is the same" prints_not '^. g' "$KINDLING" diff left right
check "how many" differs '^1 added, 1 removed, 2 changed$' left right
check "an image that is none" fails_with 1 'cannot read names.ours: it is not an initramfs' "$KINDLING" diff image names.ours
check "usage of diff" fails_with 2 'usage: kindling diff' "$KINDLING" diff image
check "an unknown option of diff" fails_with 2 'unrecognized option --brief$' "$KINDLING" diff --brief image image

done_testing
