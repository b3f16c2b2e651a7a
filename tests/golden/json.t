#!/bin/bash
# What is printed as JSON: another program reads it, and finds in it what the text says.
. "$(dirname "$0")/lib.sh"
cd "$WORK" || exit 1

# json FILTER COMMAND...: the output is one JSON value, of which the filter is true.
json() {
    local output
    output=$("${@:2}" 2>"$WORK/stderr")
    jq -se "length == 1 and (.[0] | $1)" <<<"$output" >"$WORK/answer" || {
        cat "$WORK/answer" "$WORK/stderr"
        head -c 2000 <<<"$output"
        return 1
    }
}

# ls
mkdir -p template/etc
cp -R "$KINDLING_DATA/template/." template
printf 'text' >template/etc/note
chmod 640 template/etc/note
ln -s note template/etc/link
printf 'x' >template/etc/$'bad\xff"name\n\\'
printf 'x' >"template/etc/gut ä"
build --layout lazy -f disk --template template -o image || bail_out "no image"
ls_json() {
    json "$1" "$KINDLING" ls --json "${@:2}"
}
check "ls: as many files as the text has lines" ls_json ".files | length == $("$KINDLING" ls image | wc -l)" image
check "in the same order" test "$("$KINDLING" ls --json image | jq -r '.files[].name' | head -n 5)" = "$("$KINDLING" ls image | head -n 5)"
check "the image" ls_json '.image == "image"' image
check "a file" ls_json '.files == [{name: "etc/note", type: "file", mode: "0640", uid: 0, gid: 0, mtime: 0, size: 4, reason: .files[0].reason}]' image note
check "a symlink" ls_json '.files[0] | .type == "symlink" and .target == "note" and (has("size") | not)' image etc/link
check "a directory" ls_json '.files[0] | .type == "directory" and .mode == "0755"' image etc
check "a device" ls_json '.files[0] | .type == "character device" and .major == 5 and .minor == 1' image dev/console
check "what brought a module in" ls_json '.files[0].reason == "modules.d/disk:2"' image 'bus_disk.ko*'
check "how it is compressed" ls_json '.files[0] | .compressor == "gzip" and (has("unpacked") | not)' image 'bus_disk.ko*'
check "its size inflated" ls_json ".files[0] | .unpacked == $(stat -c %s "$TREE/kernel/drivers/block/bus_disk.ko") and .size < .unpacked" --size image 'bus_disk.ko*'
check "and of what is not compressed" ls_json '.files[0] | .unpacked == .size and .size == 4' --size image note
check "quotes, ends of lines and bytes that are no text" ls_json '[.files[].name] == ["etc/bad\\377\"name\n\\"]' image 'bad*'
check "text that is not ASCII" ls_json '[.files[].name] == ["etc/gut ä"]' image 'gut*'
check "nothing that matches" ls_json '.files == []' image nosuch
(cd template && find etc/note | cpio -o -H newc --quiet) >foreign
check "an image that is not ours" ls_json '.files | length == 1 and (.[0] | has("reason") | not)' foreign
check "no image: no JSON" fails_with 1 'cannot read nosuch' "$KINDLING" ls --json nosuch
check "nothing on standard output" test ! -s "$WORK/stdout"

# features, profiles, machines
feature tool 'description a tool' 'feature disk alpha' 'module gone fs-gamma' 'autoload helper' 'program /bin/tool /opt/none /opt/tool' \
    'program /bin/none /opt/none' 'file /etc/note' 'cmdline quiet'
make_program "$WORK/root/opt/tool" -static
features() {
    json "$1" "$KINDLING" features --json -k "$KVER" --modules-dir "$WORK/modules" --sysroot "$WORK/root" "${@:2}"
}
check "features: all of them" json '[.features[] | select(.name == "alpha")] == [{name: "alpha", description: "the alpha file system"}]' \
    "$KINDLING" features --json
check "profiles" json '[.profiles[].name] == ["minimal", "vm"]' "$KINDLING" profiles --json
check "machines" json '.machines == []' "$KINDLING" machines --json
check "one feature: the kernel" features ".kernel == \"$KVER\" and (.features | length == 1)" tool
check "what it includes" features '.features[0] | .name == "tool" and .description == "a tool" and .features == ["disk", "alpha"]' tool
check "its modules" features '[.features[0].modules[].name] == ["alpha", "alpha_late", "bus", "bus_disk", "bus_ring", "helper", "libalpha", "slow_disk", "sum_fast"]' tool
check "a module's path and reason" features '.features[0].modules[] | select(.name == "helper") | .path == "kernel/lib/helper.ko" and .reason == "modules.d/tool:4"' tool
check "what is needed" features '.features[0].modules[] | select(.name == "bus") | .reason == "needed by bus_disk (modules.d/disk:2)"' tool
check "built in, absent" features '.features[0] | .built_in == ["fs-gamma"] and .absent == ["gone"]' tool
check "loaded unasked" features '.features[0].autoload == ["helper"]' tool
check "programs" features '.features[0].programs == [{path: "/bin/tool", source: "/opt/tool"}, {path: "/bin/none", source: null}]' tool
check "files and words" features '.features[0] | .files == ["/etc/note"] and .cmdline == ["quiet"] and .firmware == []' tool
check "several" features '[.features[].name] == ["disk", "alpha"]' disk alpha
check "one that does not exist" fails_with 1 'no such feature: tolo \(did you mean tool\?\)' "$KINDLING" features --json -k "$KVER" --modules-dir "$WORK/modules" tolo
check "a kernel that does not" fails_with 1 "no kernel 9.9 in $WORK/modules" "$KINDLING" features -k 9.9 --modules-dir "$WORK/modules" tool
in_words() {
    "$KINDLING" features -k "$KVER" --modules-dir "$WORK/modules" --sysroot "$WORK/root" tool >text
    cat text
    grep -qx 'tool: a tool' text && grep -qE '^  module +kernel/lib/helper.ko  modules.d/tool:4$' text && grep -qE '^  built in +fs-gamma$' text &&
        grep -qE '^  absent +gone$' text && grep -qE '^  program +/bin/tool  /opt/tool$' text && grep -qE '^  program +/bin/none  \(not on this system\)$' text
}
check "the same in words" in_words

# timeline
printf '[    0.100000] kindling: timing 100 250 step mount 1\r\nnoise\n[    0.2] kindling: timing 120 130 module ext4 0\n' >log
check "timeline" json '.intervals == [{start: 100, end: 250, kind: "step", name: "mount", cpu: 1}, {start: 120, end: 130, kind: "module", name: "ext4", cpu: 0}]' \
    "$KINDLING" timeline --json log
check "a picture or JSON" fails_with 2 'usage: kindling timeline' "$KINDLING" timeline --json --svg out log

# check
mkdir -p "$KINDLING_DATA/modules.d/machines" "$KINDLING_DATA/modules.d/filesystems"
printf '%s\n' 'description a disk' 'device bus:d00000002v1 bus_disk' >"$KINDLING_DATA/modules.d/machines/small"
printf '%s\n' 'description none' 'device pci:v0000FFFFd1 alien' >"$KINDLING_DATA/modules.d/machines/foreign"
rm "$KINDLING_DATA/init"
make_program "$KINDLING_DATA/init" -static
module kernel/drivers/bus/bus.ko exports=bus_register "vermagic=$KVER SMP "
module kernel/drivers/block/bus_disk.ko uses=bus_register uses=ring_new 'alias=bus:d00000002v*' 'depends=bus,bus-ring' "vermagic=$KVER SMP "
profile vm 'feature disk alpha' 'machine small foreign'
build -o ours 2>/dev/null || bail_out "no image"
check_json() {
    json "$2" exits "$1" "$KINDLING" check --json "${@:3}"
}
exits() {
    "${@:2}"
    [ $? = "$1" ] || echo "the exit status was not $1"
}
check "check: it boots" check_json 0 '.image == "ours" and .verdict == "boots" and .why == null' --rootfstype alpha ours
check "on the machine that it is for" check_json 0 '.machines[0] | .name == "small" and .verdict == "boots" and .missing == null and .root_types == ["alpha"] and .warnings == []' --rootfstype alpha ours
check "with each link" check_json 0 '.machines[0].links | length > 1 and any(test("bus_disk"))' --rootfstype alpha ours
check "on one that it is not for" check_json 0 '.machines[1] | .name == "foreign" and .verdict == "not for it" and (.missing | test("alien"))' --rootfstype alpha ours
check "which was asked for" check_json 1 '.verdict == "does not boot" and .why == null and .machines[0].verdict == "does not boot"' --machine foreign --rootfstype alpha ours
check "nothing beside it" test ! -s "$WORK/stderr"
check "an image that cannot boot anywhere" check_json 1 '.verdict == "does not boot" and (.why | test("seal|index|kindling")) and .machines == []' foreign
check "what cannot be found out" check_json 2 '.verdict == "unknown" and .machines == []' --machine nosuch --rootfstype alpha ours
check "is said" grep -q 'no such machine: nosuch' "$WORK/stderr"
check "wrong usage is no JSON" fails_with 2 'usage: kindling check' "$KINDLING" check --json
check "nothing at all" test ! -s "$WORK/stdout"
done_testing
