# Images with something broken in them on purpose: source it, after tap.sh.
# shellcheck shell=bash

# The archive in an image.
archive_of() {
    case $(od -An -tx1 -N4 "$1" | tr -d ' ') in
        1f8b*) zcat "$1" ;;
        28b52ffd) zstd -dcq "$1" ;;
        fd377a58) xz -dc "$1" ;;
        02214c18) lz4 -dcq "$1" ;;
        *) cat "$1" ;;
    esac
}

# mutilate IN OUT COMMAND...: unpacks, runs the command (a function, say) at the top of it, and packs again.
mutilate() {
    local work in=$1 out=$2
    shift 2
    rm -f "$out"
    work=$(mktemp -d "$out.XXXXXX") || return 1
    archive_of "$in" >"$work/archive"
    mkdir "$work/tree"
    # shellcheck disable=SC2016
    # fakeroot's own shell would drop functions that are exported.
    fakeroot bash -c "$(declare -f)"'; cd "$1/tree" && out=$2 && shift 2 && cpio -idm --quiet <../archive && "$@" &&
        find . -mindepth 1 | LC_ALL=C sort | cpio -o -H newc --quiet | gzip -1n >"$out"' - \
        "$work" "$(realpath "$out")" "$@"
    set -- $?
    rm -rf "$work"
    return "$1"
}

# seal: the seal that belongs to the index and /init as they are now. What it changes begins behind the magic and the
# number of entries (init/contract/seal.h).
seal() {
    perl -MCompress::Zlib -e '
        sub slurp { open my $file, "<:raw", $_[0] or die "$_[0]: $!"; local $/; <$file> }
        my ($index, $seal, $init) = map { slurp($_) } "lib/kindling/index", "lib/kindling/seal", "init";
        substr($seal, 12) = pack "VVV", length $index, crc32($index), crc32($init);
        open my $file, ">:raw", "lib/kindling/seal" or die $!;
        print $file $seal;'
}

# cut_alias PREFIX: no alias in the index begins so any more. Its last character is changed for the next one, so that
# the order of the aliases stays.
cut_alias() {
    prefix=$1 perl -pi -0777 -e '
        my $other = $ENV{prefix};
        substr($other, -1) = chr(1 + ord substr($other, -1));
        s/(?<=\0)\Q$ENV{prefix}\E/$other/g or die "no alias $ENV{prefix}\n";' lib/kindling/index
    seal
}

# flip FILE [OFFSET]: one byte of it is another.
flip() {
    offset=${2:-40} perl -pi -0777 -e 'substr($_, $ENV{offset}, 1) ^= "\x55"' "$1"
}

# without NAME...: modules or other files of that name, wherever they lie.
without() {
    local name
    for name; do
        find . \( -name "$name" -o -name "$name.ko*" \) -type f -print -delete | grep -q . || return 1
    done
}
