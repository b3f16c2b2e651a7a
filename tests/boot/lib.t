#!/bin/bash
# The boot tests' own library, without a machine: what is shared is made anew when anything is different that it is made
# of, and at no other time; and what a log lacks counts only when the machine came to its end.
WORK=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK"' EXIT
export BUILD=$WORK/build KINDLING=$WORK/kindling KINDLING_ETC=$WORK/etc
mkdir -p "$BUILD/init" "$KINDLING_ETC/kindling/modules.d" "$WORK/kernel/lib/modules/6.9" "$WORK/sysroot/bin"

# A kindling that makes an archive of nothing, and counts how often it was called.
cat >"$KINDLING" <<'KINDLING'
#!/bin/sh
echo called >>"${0%/*}/calls"
while [ "$1" != -o ]; do shift; done
: | cpio -o -H newc --quiet >"$2"
KINDLING
chmod 755 "$KINDLING"
echo init >"$BUILD/init/init"
echo network >"$BUILD/init/network"
. "$(dirname "$0")/lib.sh"
KERNEL=$WORK/kernel KVER=6.9

calls() {
    wc -l <"$WORK/calls"
}
# makes COUNT NAME OPTIONS...: so many images are made for that call.
makes() {
    local before expected=$1 made
    before=$(calls)
    shift
    image "$@" >/dev/null
    made=$(($(calls) - before))
    echo "$made were made"
    [ -s "$IMAGE" ] && [ "$made" = "$expected" ]
}
: >"$WORK/calls"
with_sysroot=(host --sysroot "$WORK/sysroot")
check "an image is made" makes 1 vm
check "and used again" makes 0 vm
check "not with other options" makes 1 vm -f xfs
check "which leaves the first one alone" makes 0 vm
check "with a sysroot" makes 1 "${with_sysroot[@]}"
check "used again" makes 0 "${with_sysroot[@]}"
echo program >"$WORK/sysroot/bin/program"
check "a file more in the sysroot" makes 1 "${with_sysroot[@]}"
echo 'description one' >"$KINDLING_ETC/kindling/modules.d/one"
check "a feature of the system's own" makes 1 vm
echo module >"$KERNEL/lib/modules/6.9/module.ko"
check "a module more in the kernel's tree" makes 1 vm
echo '#' >>"$KINDLING"
check "another kindling" makes 1 vm
echo 'another init' >"$BUILD/init/init"
check "another /init, of whatever age" makes 1 vm
touch -d '1 hour' "$KINDLING" "$BUILD/init/init"
check "the same one, newer" makes 0 vm

forget_old() {
    touch -d '2 hours ago' "$MADE"/vm-6.9-*
    image vm -f other >/dev/null
    [ "$(find "$MADE" -name 'vm-6.9-*.img' | wc -l)" = 1 ] && find "$MADE" -name 'host-6.9-*.img' | grep -q .
}
check "what nobody wanted for an hour goes" forget_old

# make_file FILE TEXT
make_file() {
    echo made >>"$WORK/makings"
    echo "$2" >"$1"
}
# file_is_made COUNT TEXT
file_is_made() {
    : >"$WORK/makings"
    once "$MADE/file" make_file "$MADE/file" "$2"
    [ "$(wc -l <"$WORK/makings")" = "$1" ] && [ "$(<"$MADE/file")" = "$2" ]
}
check "a file is made" file_is_made 1 text
check "and not again" file_is_made 0 text
check "another text" file_is_made 1 "another text"
copy_is_made() {
    once "$MADE/copy" cp "$MADE/file" "$MADE/copy"
    cmp "$MADE/file" "$MADE/copy"
}
check "what is made of it" copy_is_made
check "the file once more" file_is_made 1 text
check "and so what is made of it" copy_is_made
not_made() {
    ! (once "$MADE/nothing" false) >/dev/null && ! [ -e "$MADE/nothing.recipe" ]
}
check "what could not be made is not taken for made" not_made

LOG=$WORK/log
printf 'the first line\n' >"$LOG"
: >"$LOG.err"
is_not_said() {
    ! log_lacks "$@"
}
check "nothing is known of a machine that never ran" is_not_said "the last line"
echo 124 >"$LOG.status"
check "a log that was cut off lacks nothing for sure" is_not_said "the last line"
echo 0 >"$LOG.status"
check "one that came to its end does" log_lacks "the last line"
check "but not what is there" is_not_said "the first line"

done_testing
