#!/bin/bash
# Features and profiles: what they bring in, what overrides them, what is wrong with them.
. "$(dirname "$0")/lib.sh"

# modules_of OPTION...: names of the modules that would be packed.
modules_of() {
    build -n "$@" | sed -n 's,.*/\(.*\)\.ko\(\.gz\)\?$,\1,p' | sort | tr '\n' ' '
}

check "the default profile is vm" test "$(modules_of)" = "$(modules_of -p vm)"
check "minimal packs nothing" test -z "$(modules_of -p minimal)"
check "a feature adds" test "$(modules_of -p minimal -f disk)" = "bus bus-ring bus_disk slow-disk "
check "a feature is taken out" test "$(modules_of -f -disk)" = "alpha alpha-late libalpha sum-fast "
check "both in one word" test "$(modules_of -p minimal -f disk,-alpha)" = "bus bus-ring bus_disk slow-disk "
check "what is taken out must exist" fails_with 1 'no such feature: dsik \(did you mean disk\?\) \(there are: alpha, disk, left-out, slow-drivers\)' build -f -dsik
check "no such feature" fails_with 1 'no such feature: nosuch' build -f nosuch
check "no such profile: those that exist are named" fails_with 1 'no such profile: host \(there are: minimal, vm\)' build -p host
check "a name leads nowhere else" fails_with 1 'no such feature: ../init' build -f ../init

feature one 'feature two' 'module beta'
feature two 'feature one' 'module helper'
check "features may include each other" test "$(modules_of -p minimal -f one)" = "beta helper "
feature lacking 'module nosuch beta'
check "what a kernel lacks is a note" test "$(modules_of -p minimal -f lacking)" = "beta helper "
check "shown by -v" prints 'this kernel has no nosuch \(modules.d/lacking:1\)' build -n -v -p minimal -f lacking
feature needing 'description d' '' 'require beta nosuch'
check "but what is required is an error" fails_with 1 'cannot find nosuch in this kernel: modules.d/needing:3 requires it' \
    build -n -p minimal -f needing
feature built 'require fs-gamma'
check "unless it is built in" test -z "$(modules_of -p minimal -f built)"
feature order 'autoload helper' '# a comment' 'autoload bus # another' 'autoload gamma'
autoload_of() {
    built_index "$@" | grep ^autoload | tr '\n' ' '
}
feature words 'cmdline one=1 two'
check "words for the command line, the caller's behind them" grep -qxE 'setting cmdline=one=1 two three' \
    <(built_index -p minimal -f words --cmdline three)
check "autoload, in order" test "$(autoload_of -p minimal -f order)" = "autoload helper autoload bus "

# wrong LINE PATTERN: a feature file of that second line is refused, with its place.
wrong() {
    feature wrong 'description wrong' "$1"
    fails_with 1 "modules.d/wrong:2: $2" build -n -f wrong
}
check "an unknown keyword" wrong 'modul beta' 'modul: unknown keyword'
check "a keyword without a name" wrong 'module # beta' 'module: needs a name'
check "a program without candidates" wrong 'program /bin/x' '/bin/x: needs a destination|needs a destination'
check "a program at no absolute path" wrong 'program bin/x /bin/x' 'bin/x: not an absolute path'
check "a file at no absolute path" wrong 'file etc/x' 'etc/x: not an absolute path'
check "a feature's name that is none" wrong 'feature ../x' '\.\./x: not a feature'
printf 'module beta\0' >"$KINDLING_DATA/modules.d/wrong"
check "a NUL byte" fails_with 1 'cannot read .*/wrong: Invalid argument' build -n -f wrong
rm "$KINDLING_DATA/modules.d/wrong"
mkdir "$KINDLING_DATA/modules.d/wrong"
check "a directory" fails_with 1 'cannot read .*/wrong: Is a directory' build -n -f wrong
rmdir "$KINDLING_DATA/modules.d/wrong"

# The user's own come first.
mkdir -p "$KINDLING_ETC/kindling/modules.d/profiles"
echo 'module helper' >"$KINDLING_ETC/kindling/modules.d/disk"
echo 'feature disk' >"$KINDLING_ETC/kindling/modules.d/profiles/mine"
check "a user's feature hides ours" test "$(modules_of -p minimal -f disk)" = "helper "
check "a user's profile" test "$(modules_of -p mine)" = "helper "
echo 'description my own' >"$KINDLING_ETC/kindling/modules.d/mine"
check "kindling features lists all" same_as features "$KINDLING" features
check "kindling profiles too" same_as profiles "$KINDLING" profiles
rm -r "$KINDLING_ETC/kindling"

# Programs.
feature tool 'program /bin/tool /opt/tool /bin/tool package=tool-static'
feature toolless 'program /bin/tool /bin/tool'
in_root() {
    build --sysroot "$WORK/root" -p minimal -f tool "$@"
}
mkdir -p "$WORK/root/bin"
check "a missing program: its package is named" fails_with 1 \
    'cannot find a program for /bin/tool \(modules.d/tool:1\): /opt/tool: No such file .*; Debian.s package is tool-static' in_root -n
make_program "$WORK/root/opt/tool"
echo 'true' >"$WORK/root/bin/tool"
check "what is no program is refused" fails_with 1 '/bin/tool: it is neither an ELF program nor a script' \
    build --sysroot "$WORK/root" -p minimal -f toolless -n
make_program "$WORK/root/usr/lib/tool" -static-pie
rm "$WORK/root/bin/tool"
ln -s /usr/lib/tool "$WORK/root/bin/tool"
check "a static one is packed, behind a symlink of the sysroot, rather than a dynamic one" in_root -o "$WORK/out/i"
check "as a lazy tool" prints '^file /bin/tool member=/bin/tool.gz format=1 permissions=755$' dump_index "$WORK/out/i"
check "which inflates to the program" sh -c "zcat '$WORK/unpacked/bin/tool.gz' | cmp - '$WORK/root/usr/lib/tool'"
check "classic: as a plain one" prints '^file /bin/tool member=/bin/tool format=0 permissions=755$' \
    built_index --sysroot "$WORK/root" -p minimal -f tool --layout classic
check "which can be run" test -x "$WORK/unpacked/bin/tool"
mkdir -p "$KINDLING_DATA/template/bin"
echo mine >"$KINDLING_DATA/template/bin/tool"
check "the template's program comes first" prints '^program /bin/tool:$' \
    built_index --sysroot "$WORK/root" -p minimal -f tool -m kernel/ --layout lazy
rm -r "$KINDLING_DATA/template/bin"

# Files.
echo content >"$WORK/root/etc-file"
feature file 'file /etc-file'
check "a file is packed" prints '^-rw-r--r--.* etc-file$' \
    built_list --sysroot "$WORK/root" -p minimal -f file
feature file 'file /etc-fil[e] /nosuc[h]'
check "of a glob what is there" prints '^-rw-r--r--.* etc-file$' \
    built_list --sysroot "$WORK/root" -p minimal -f file
feature file 'file /nosuch'
check "a missing file is an error" fails_with 1 'cannot read /nosuch \(modules.d/file:1\): No such file' \
    build --sysroot "$WORK/root" -n -f file

# The configuration file.
config() {
    printf '%s\n' "$@" >"$KINDLING_ETC/kindling.conf"
}
config '# mine' 'profile = minimal' 'module = beta' ''
check "the configuration file is read" test "$(modules_of)" = "beta helper "
check "the command line wins, lists add up" test "$(modules_of -p minimal -m bus)" = "beta bus helper "
check "another one is named" test "$(modules_of -c /dev/null)" = "$(modules_of -p vm -m "" -c /dev/null)"
check "one that is named must exist" fails_with 1 'cannot read /nowhere: No such file' build -n -c /nowhere
config 'profile = minimal' 'modul = beta'
check "an unknown key" fails_with 1 'kindling.conf:2: [^ ]*: unknown key' build -n
config 'profile minimal'
check "a line that is none" fails_with 1 'kindling.conf:1: not of the form key = value' build -n
config 'output = /tmp/x'
check "a key of the command line alone" fails_with 1 'kindling.conf:1: [^ ]*: unknown key' build -n
rm "$KINDLING_ETC/kindling.conf"

# Usage.
check "an unknown option" fails_with 2 'unrecognized option' build --nosuch
check "a missing argument" fails_with 2 "requires an argument|option requires" build -o
check "an argument" fails_with 2 'takes no argument: x' build x
check "a wrong method" fails_with 2 'compress lzo: there are gzip, zstd, xz and lz4' build -z lzo
check "a wrong level" fails_with 2 'compress gzip:13' build -z gzip:13
check "a wrong layout" fails_with 2 'layout lasy: there are lazy, kernel and classic' build --layout lasy
check "a wrong number of jobs" fails_with 2 'jobs 0: a number' build -j 0

# What is shipped can be read, and names no feature that is not there.
unset KINDLING_DATA
export KINDLING_DATA=$WORK/shipped
mkdir "$KINDLING_DATA"
ln -s "$ROOT/modules.d" "$ROOT/template" "$KINDLING_DATA/"
echo init >"$KINDLING_DATA/init"
check "all shipped features can be read" "$KINDLING" features
for profile in "$ROOT"/modules.d/profiles/*; do
    check "shipped profile ${profile##*/}" build -n -p "${profile##*/}" -f -e2fsck,-busybox
done
check "no debris" no_debris

done_testing
