#!/bin/bash
# Programs that do not run on their own: what comes with them, and where it lies. The sysroots are of machines that this
# one could not run.
. "$(dirname "$0")/lib.sh"

SYSROOT=$WORK/root
elf() {
    mkdir -p "$(dirname "$SYSROOT$1")"
    perl "$ROOT/tests/golden/make-elf" "$SYSROOT$1" "${@:2}" || bail_out "no ELF file can be made"
}
link() {
    mkdir -p "$(dirname "$SYSROOT$2")"
    ln -s "$1" "$SYSROOT$2"
}
write() {
    mkdir -p "$(dirname "$SYSROOT$1")"
    printf '%s\n' "${@:2}" >"$SYSROOT$1"
    chmod 755 "$SYSROOT$1"
}
in_root() {
    build --sysroot "$SYSROOT" -p minimal -f tool "$@"
}
built_index() {
    in_root -o "$WORK/out/i" "$@" && dump_index "$WORK/out/i"
}
# What the program brings, less what every image has.
build -p minimal -n --layout lazy >"$WORK/always"
brings() {
    in_root -n --layout lazy | grep -vxFf "$WORK/always" | sort | tr '\n' ' '
}
fresh() {
    rm -rf "$SYSROOT"
    mkdir "$SYSROOT"
}

# $WORK/out/i unpacked, and each file of its programs in its place, as /init has it in the end.
inflate() {
    local path member permissions
    dump_index "$WORK/out/i" >"$WORK/index"
    while read -r path member permissions; do
        zcat "$WORK/unpacked$member" >"$WORK/unpacked$path" && chmod "$permissions" "$WORK/unpacked$path"
    done < <(sed -n 's/^file \(.*\) member=\(.*\) format=1 permissions=\(.*\)/\1 \2 \3/p' "$WORK/index")
}

# A merged /usr, symlinks of all kinds, as Debian's.
feature tool 'program /sbin/tool /usr/sbin/tool package=tools'
fresh
mkdir -p "$SYSROOT/usr/lib64" "$SYSROOT/usr/bin" "$SYSROOT/usr/sbin"
link usr/lib /lib
link usr/lib64 /lib64
link usr/sbin /sbin
link ../lib/x86_64-linux-gnu/ld-real.so.2 /usr/lib64/ld-linux.so.2
elf /usr/lib/x86_64-linux-gnu/ld-real.so.2
elf /usr/lib/x86_64-linux-gnu/libc.so.6 needed=ld-linux.so.2
link ld-real.so.2 /usr/lib/x86_64-linux-gnu/ld-linux.so.2
elf /usr/lib/x86_64-linux-gnu/libdeep.so.1.2 needed=libc.so.6
link libdeep.so.1.2 /usr/lib/x86_64-linux-gnu/libdeep.so.1
link /usr/lib/x86_64-linux-gnu/libdeep.so.1 /usr/lib/x86_64-linux-gnu/libfirst.so
elf /usr/sbin/tool interpreter=/lib64/ld-linux.so.2 needed=libfirst.so needed=libc.so.6
chmod 644 "$SYSROOT/usr/lib/x86_64-linux-gnu/libc.so.6"
check "the closure, with symlinks kept" test "$(brings)" = \
    "lib64 sbin/tool usr usr/lib usr/lib/x86_64-linux-gnu usr/lib/x86_64-linux-gnu/ld-linux.so.2 \
usr/lib/x86_64-linux-gnu/ld-real.so.2.gz usr/lib/x86_64-linux-gnu/libc.so.6.gz usr/lib/x86_64-linux-gnu/libdeep.so.1 \
usr/lib/x86_64-linux-gnu/libdeep.so.1.2.gz usr/lib/x86_64-linux-gnu/libfirst.so usr/lib64 usr/lib64/ld-linux.so.2 \
usr/sbin usr/sbin/tool.gz "
check "an image of it" in_root -o "$WORK/out/i"
check "cpio has nothing to complain of" test -z "$(zcat "$WORK/out/i" | cpio -it --quiet 2>&1 >"$WORK/null")"
inflate
# chroot(1) is for root; as the loader would go, by hand.
check "the loader is where the program names it" \
    cmp "$WORK/unpacked/lib64/ld-linux.so.2" "$SYSROOT/usr/lib/x86_64-linux-gnu/ld-real.so.2"
check "the program is where it is wanted, and where it lay" test "$(readlink "$WORK/unpacked/sbin/tool")" = /usr/sbin/tool
check "with its bytes" cmp "$WORK/unpacked/usr/sbin/tool" "$SYSROOT/usr/sbin/tool"
check "which may be run" test -x "$WORK/unpacked/usr/sbin/tool"
check "an absolute symlink stays as it is" \
    test "$(readlink "$WORK/unpacked/usr/lib/x86_64-linux-gnu/libfirst.so")" = /usr/lib/x86_64-linux-gnu/libdeep.so.1
check "--why tells the chain" prints \
    '^usr/lib/x86_64-linux-gnu/libdeep.so.1.2.gz.needed by /usr/sbin/tool \(modules.d/tool:1\)$' "$KINDLING" ls --why "$WORK/out/i"
X86=/usr/lib/x86_64-linux-gnu
check "/init knows the program, and each file that it needs" prints \
    "^program /sbin/tool: /usr/sbin/tool $X86/ld-real.so.2 $X86/libdeep.so.1.2 $X86/libc.so.6\$" dump_index "$WORK/out/i"
check "a library is not made executable" prints "^file $X86/libc.so.6 member=$X86/libc.so.6.gz format=1 permissions=644\$" \
    dump_index "$WORK/out/i"
check "classic: each file lies in its place" prints \
    "^file $X86/libc.so.6 member=$X86/libc.so.6 format=0 permissions=644\$" built_index --layout classic
depfile_names() {
    in_root -o "$WORK/out/i" --depfile "$WORK/d" && grep -qF "$SYSROOT/usr/lib/x86_64-linux-gnu/libdeep.so.1.2:" "$WORK/d"
}
check "its libraries are inputs" depfile_names
sum() {
    md5sum <"$WORK/out/i"
}
in_root -o "$WORK/out/i"
first=$(sum)
in_root -o "$WORK/out/i" -j 1
check "the same bytes again" test "$first" = "$(sum)"

# /lib is a directory of every image: what the sysroot has behind a symlink goes into it.
feature tool 'program /sbin/tool /opt/tool'
elf /opt/tool interpreter=/lib/x86_64-linux-gnu/ld-real.so.2
in_root -o "$WORK/out/i"
inflate
check "the image's own directory in a symlink's place" test -f "$WORK/unpacked/lib/x86_64-linux-gnu/ld-real.so.2"

rm "$SYSROOT/usr/lib/x86_64-linux-gnu/libdeep.so.1"
elf /opt/tool interpreter=/lib64/ld-linux.so.2 needed=libfirst.so
check "a missing library is one sentence with both names" fails_with 1 \
    'cannot pack /opt/tool \(modules.d/tool:1\): it needs libfirst.so, which .*/root has nowhere' in_root -n
elf /usr/lib/x86_64-linux-gnu/libdeep.so.1.2 needed=libnone.so.3
link libdeep.so.1.2 /usr/lib/x86_64-linux-gnu/libdeep.so.1
check "so is one that a library needs" fails_with 1 \
    'cannot pack /usr/lib/x86_64-linux-gnu/libfirst.so \(modules.d/tool:1\): it needs libnone.so.3' in_root -n
elf /opt/tool interpreter=/lib64/ld-none.so.2
check "a missing interpreter" fails_with 1 'cannot pack /opt/tool .*: .*/root has no /lib64/ld-none.so.2 to run it' in_root -n
link /usr/lib/x86_64-linux-gnu/libround2.so /usr/lib/x86_64-linux-gnu/libround.so
link libround.so /usr/lib/x86_64-linux-gnu/libround2.so
elf /opt/tool interpreter=/lib64/ld-linux.so.2 needed=libround.so
check "symlinks in a circle" fails_with 1 'it needs libround.so' in_root -n
link "$WORK/etc" /opt/out
elf /etc-of-host interpreter=/lib64/ld-linux.so.2
mv "$SYSROOT/etc-of-host" "$WORK/etc/outside"
feature tool 'program /sbin/tool /opt/out/outside'
check "an absolute symlink does not lead out of the sysroot" fails_with 1 'cannot find a program .*No such file' in_root -n

# Search paths; $ORIGIN is the loader's to expand.
# shellcheck disable=SC2016
own='runpath=$ORIGIN/../lib' both='rpath=/nowhere:${ORIGIN}/../lib:$ORIGIN/../lib/deep'
feature tool 'program /sbin/tool /opt/app/bin/tool'
fresh
elf /lib/ld.so.1
elf /opt/app/lib/libown.so needed=libdeep.so
elf /opt/app/lib/deep/libdeep.so
elf /opt/app/bin/tool interpreter=/lib/ld.so.1 needed=libown.so "$own"
check "a RUNPATH is not for what libraries need" fails_with 1 'libown.so .*: it needs libdeep.so' in_root -n
elf /opt/app/bin/tool interpreter=/lib/ld.so.1 needed=libown.so "$both"
check "an RPATH is" prints '^opt/app/lib/deep/libdeep.so.gz$' in_root -n
check "\$ORIGIN's way is kept" prints '^opt/app/lib/libown.so.gz$' in_root -n
elf /opt/app/lib/libown.so needed=libdeep.so runpath=/opt/other
check "a library's own RUNPATH hides it" fails_with 1 'it needs libdeep.so' in_root -n
elf /opt/other/libdeep.so machine=8
check "what is for another machine is passed over" fails_with 1 'it needs libdeep.so' in_root -n
elf /usr/lib/libdeep.so
check "for one that suits" prints '^usr/lib/libdeep.so.gz$' in_root -n
rm "$SYSROOT/usr/lib/libdeep.so"
elf /srv/libs/libdeep.so
elf /srv/more/libmore.so
elf /opt/app/lib/libown.so needed=libdeep.so needed=libmore.so
write /etc/ld.so.conf '# libraries' 'include ld.so.conf.d/*.conf' 'include /etc/ld.so.conf' 'hwcap 1 nosegneg'
write /etc/ld.so.conf.d/one.conf '/srv/none:/srv/libs # ours'
write /etc/ld.so.conf.d/two.conf $'\t/srv/more=libc6'
write /etc/ld.so.conf.d/not.config '/srv/other'
check "ld.so.conf, with what it includes" prints '^srv/more/libmore.so.gz$' in_root -n
in_root -o "$WORK/out/i"
inflate
check "the loader finds without its cache what only ld.so.conf leads to" \
    test "$(readlink "$WORK/unpacked/lib/libmore.so")" = /srv/more/libmore.so
check "ld.so.conf is an input" sh -c "'$KINDLING' build -k $KVER --modules-dir '$WORK/modules' --sysroot '$SYSROOT' \
    -p minimal -f tool -o '$WORK/out/i' --depfile '$WORK/d' && grep -q 'ld.so.conf.d/two.conf:' '$WORK/d'"
elf /opt/app/bin/tool interpreter=/lib/ld.so.1 needed=/srv/libs/libdeep.so
check "a library by its path" prints '^srv/libs/libdeep.so.gz$' in_root -n

# Two programs that share libraries.
fresh
feature tool 'program /sbin/tool /usr/bin/tool'
feature other 'program /sbin/other /usr/bin/other'
elf /lib/ld.so.1
elf /usr/lib/libc.so.1
elf /usr/lib/libother.so needed=libc.so.1
elf /usr/bin/tool interpreter=/lib/ld.so.1 needed=libc.so.1
elf /usr/bin/other interpreter=/lib/ld.so.1 needed=libother.so
built_index -f other >"$WORK/two"
check "what two programs need lies there once" test "$(plain "$WORK/out/i" | cpio -it --quiet | grep -c libc)" = 1
check "and the index names it for the one" grep -qx 'program /sbin/tool: /usr/bin/tool /lib/ld.so.1 /usr/lib/libc.so.1' "$WORK/two"
check "and for the other" \
    grep -qx 'program /sbin/other: /usr/bin/other /lib/ld.so.1 /usr/lib/libother.so /usr/lib/libc.so.1' "$WORK/two"
feature other 'program /sbin/other /usr/bin/tool' 'program /usr/bin/tool /usr/bin/tool'
built_index -f other >"$WORK/two"
check "one program under two names lies there once" test "$(plain "$WORK/out/i" | cpio -it --quiet | grep -c '^usr/bin/tool')" = 1
check "and needs the same" test "$(grep '^program' "$WORK/two" | cut -d: -f2 | sort -u | wc -l)" = 1
feature other 'program /usr/bin/tool /opt/static'
make_program "$SYSROOT/opt/static" -static
check "two programs for one place are refused" fails_with 1 \
    'cannot add /usr/bin/tool to the image \(modules.d/other:1\): another program' in_root -n -f other

# What a program opens by itself, and what it reads.
fresh
feature tool 'library libplugin.so.1 /opt/plugins/*' 'program /sbin/tool /usr/bin/tool' 'data /etc/tool.conf /etc/tool.d/* /etc/none/*'
elf /lib/ld.so.1
elf /lib/libc.so.1
elf /usr/bin/tool interpreter=/lib/ld.so.1 needed=libc.so.1
elf /usr/lib/libplugin.so.1 needed=libdeep.so.1 needed=libc.so.1
elf /usr/lib/libdeep.so.1
elf /opt/plugins/one.so
elf /opt/plugins/other-machine.so machine=8
write /opt/plugins/README 'no library'
write /etc/tool.conf 'first line'
chmod 600 "$SYSROOT/etc/tool.conf"
mkdir -p "$SYSROOT/etc/tool.d/directory"
write /etc/tool.d/two
link two /etc/tool.d/link
check "libraries that are named, with what they need, and data, are a program's needs" prints "^program /sbin/tool: \
/usr/bin/tool /lib/ld.so.1 /usr/lib/libplugin.so.1 /opt/plugins/one.so /lib/libc.so.1 /usr/lib/libdeep.so.1 /etc/tool.conf \
/etc/tool.d/two\$" built_index
check "data that is not for everybody stays so" prints '^file /etc/tool.conf member=/etc/tool.conf.gz format=1 permissions=600$' built_index
inflate
check "a symlink to data leads to it" cmp "$WORK/unpacked/etc/tool.d/link" "$SYSROOT/etc/tool.d/two"
check "--why tells who named a library" prints \
    '^usr/lib/libplugin.so.1.gz.needed by /usr/bin/tool \(modules.d/tool:1\)$' "$KINDLING" ls --why "$WORK/out/i"
feature other 'program /sbin/other /usr/bin/tool'
check "another feature's program needs none of it" \
    prints '^program /sbin/other: /usr/bin/tool /lib/ld.so.1 /lib/libc.so.1$' built_index -f other
rm "$SYSROOT/usr/lib/libplugin.so.1"
check "a library that is named and missing is one sentence" fails_with 1 \
    'cannot pack /usr/bin/tool \(modules.d/tool:1\): it needs libplugin.so.1, which .*/root has nowhere' in_root -n
feature tool 'program /sbin/tool /usr/bin/tool' 'data /etc/missing'
check "so is data" fails_with 1 'cannot pack /etc/missing \(modules.d/tool:2\): No such file' in_root -n
feature tool 'program /sbin/tool /usr/bin/tool' 'data /etc/tool.d'
check "a directory is no data" fails_with 1 'cannot pack /etc/tool.d \(modules.d/tool:2\): Is a directory' in_root -n
make_program "$SYSROOT/usr/bin/static" -static
feature tool 'program /sbin/tool /usr/bin/static' 'library /opt/plugins/one.so' 'data /etc/tool.conf'
check "a static program opens no library, but may have data" prints '^program /sbin/tool: /sbin/tool /etc/tool.conf$' built_index

# Other machines: a kernel of arm64, which runs programs of 32-bit ARM too.
feature tool 'program /sbin/tool /opt/app/bin/tool'
modules_for 183 "$WORK/modules"
mkdir "$KINDLING_DATA/arm64"
cp "$KINDLING_DATA/init" "$KINDLING_DATA/arm64/init"
for machine in "class=64 order=le machine=183" "class=32 order=le machine=40"; do
    read -ra words <<<"$machine"
    fresh
    elf /lib/ld.so.1 "${words[@]}"
    elf /usr/lib/libdeep.so "${words[@]}"
    elf /lib/libdeep.so # the host's own kind
    elf /opt/app/bin/tool interpreter=/lib/ld.so.1 needed=libdeep.so "${words[@]}"
    check "$machine" prints '^usr/lib/libdeep.so.gz$' in_root -n
    check "$machine: nothing for another machine" prints_not '^lib/libdeep.so.gz$' in_root -n
done
for machine in "class=32 order=be machine=20" "class=64 order=be machine=22" "class=64 order=le machine=62"; do
    read -ra words <<<"$machine"
    fresh
    elf /opt/app/bin/tool "${words[@]}"
    check "$machine: not for this kernel" fails_with 1 \
        'cannot find a program for /sbin/tool .*: it is for another kind of processor than the kernel$' in_root -n
done
modules_for 62 "$WORK/modules"

# Scripts.
feature tool 'program /sbin/tool /usr/bin/script'
fresh
elf /lib/ld.so.1
elf /lib/libc.so.1
elf /bin/dash interpreter=/lib/ld.so.1 needed=libc.so.1
link dash /bin/sh
write /usr/bin/script '#! /bin/sh -e' 'true'
check "a script brings its interpreter, and that its libraries" test "$(brings)" = \
    "bin/dash.gz bin/sh lib/ld.so.1.gz lib/libc.so.1.gz sbin/tool usr usr/bin usr/bin/script.gz "
elf /usr/bin/env interpreter=/lib/ld.so.1
elf /usr/local/bin/perl interpreter=/lib/ld.so.1
write /usr/bin/script '#!/usr/bin/env -S perl -w'
check "by way of env too" prints '^usr/local/bin/perl.gz$' in_root -n
write /usr/bin/script '#!/usr/bin/env python3'
check "what env does not find" fails_with 1 'cannot pack /usr/bin/script .*: .*/root has no python3 to run it' in_root -n
write /usr/bin/script '#!/usr/bin/python3'
check "an interpreter that is not there" fails_with 1 'has no /usr/bin/python3 to run it' in_root -n
write /usr/bin/script '#!/usr/bin/script2'
write /usr/bin/script2 '#!/usr/bin/script3' ''
write /usr/bin/script3 '#!/bin/sh'
check "a script run by scripts" prints '^bin/dash.gz$' in_root -n
write /usr/bin/script '#!relative'
check "a script without an absolute interpreter" fails_with 1 'it is neither an ELF program nor a script' in_root -n

# What is damaged is refused, whatever of it is missing.
elf /usr/bin/whole interpreter=/lib/ld.so.1 needed=libc.so.1
size=$(stat -c %s "$SYSROOT/usr/bin/whole")
feature tool 'program /sbin/tool /usr/bin/cut'
cut_anywhere() {
    local length
    for ((length = 0; length < size; length += 7)); do
        head -c "$length" "$SYSROOT/usr/bin/whole" >"$SYSROOT/usr/bin/cut"
        in_root -n >"$WORK/stdout" 2>"$WORK/stderr"
        [ $? -le 1 ] || return 1
    done
}
check "a program cut off anywhere is refused or packed, and no more" cut_anywhere

# A real program of this host, in a sysroot that has no more than the C library, in the place of a root: it runs.
real_program_runs() {
    local file
    fresh
    make_program "$SYSROOT/usr/bin/cut"
    # As the loader itself says: this is the host's own program.
    for file in $(ldd "$SYSROOT/usr/bin/cut" | grep -o '/[^ ]*'); do
        mkdir -p "$SYSROOT$(dirname "$file")"
        cp -L "$file" "$SYSROOT$file"
        mkdir -p "$SYSROOT/etc"
        dirname "$file" >>"$SYSROOT/etc/ld.so.conf"
    done
    in_root -o "$WORK/out/i" || return 1
    inflate
    unshare -r chroot "$WORK/unpacked" /sbin/tool || chroot "$WORK/unpacked" /sbin/tool
}
check "a real program runs with what was packed" real_program_runs
check "no debris" no_debris

done_testing
