#!/bin/bash
# The manual pages: well formed, and telling of every option that there is, and of none that there is not.
. "$(dirname "$0")/lib.sh"
cd "$ROOT" || exit 1

PAGES=$(echo generator/man/*.[58] init/man/*.7 generator/debian/*.8)

# Pages that are not installed where the test runs cannot be found by name.
lint_says_nothing() {
    ! mandoc -Tlint "$1" 2>&1 | grep -v 'referenced manual not found\|outdated mandoc.db'
}

for page in $PAGES; do
    check "mandoc has no complaint: ${page##*/}" lint_says_nothing "$page"
done

# The long options of a command: of its help, and of its part of the page.
options_there() {
    "$KINDLING" help "$1" | sed -nE 's/^  (-., |    )(--[a-z-]+).*/\2/p' | sort -u
}

page_options() {
    awk -v heading=".Ss kindling $1" '/^\.S[sh]/ { on = ($0 == heading) } on && /^\.It/' generator/man/kindling.8 |
        grep -oE 'Fl -[a-z-]+' | sed 's/Fl /-/' | sort -u
}

same_options() {
    diff <(options_there "$1") <(page_options "$1")
}

for command in $("$KINDLING" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    check "kindling(8) tells of $command" grep -q "kindling $command" generator/man/kindling.8
    case $command in
        mkinitramfs | help | config | profiles | machines) ;; # what they take stands in their usage
        *) check "and of its options: $command" same_options "$command" ;;
    esac
done

same_keys() {
    diff <(sed -nE 's/^    \{"([a-z-]+)", .*CONFIGURATION_TOO.*/\1/p' generator/command/options.c | sort) \
        <(sed -nE 's/^\.It Cm ([a-z-]+) No =.*/\1/p' generator/man/kindling.conf.5 | sort)
}
check "kindling.conf(5) tells of each key" same_keys

# Each key of others that import knows stands in the table.
imported() {
    sed -nE 's/^    \{"([A-Za-z0-9_]+)", .*(carry|import)_.*/\1/p' generator/command/import_{dracut,initramfs_tools}.c
}
not_in_import_table() {
    local key
    for key in $(imported); do
        sed -n '/^\.TS/,/^\.TE/p' generator/man/kindling.conf.5 | grep -qE "(^|[ ,])$key(,|\$)" || echo "$key"
    done
}
check "import knows many keys" test "$(imported | wc -l)" -ge 70
check "kindling.conf(5) tells of each" test -z "$(not_in_import_table)"

same_keywords() {
    diff <(sed -nE 's/^    \{"([a-z-]+)", FEATURE_.*/\1/p' generator/feature/feature.c | cat - <(echo description) | sort) \
        <(sed -nE 's/^\.It Cm ([a-z-]+) (Ar|Cm).*/\1/p' generator/man/kindling-features.5 | sort)
}
check "kindling-features(5) tells of each keyword" same_keywords

# What /init reads of the command line, wherever it does.
boot_options() {
    {
        sed -nE 's/^    \{"([a-z_.]+)", set_.*/\1/p' init/module/boot_options.c
        sed -nE 's/.*cmdline_(next|value)\((storage->|&boot->)cmdline, "([a-z0-9_.]+)".*/\3/p' init/{root,storage}/*.c
        sed -nE 's/^    \{"([a-z_.]+)", (read|refuse)_.*/\1/p' init/contract/network_words.c
        grep -oE '(cmdline_value\(|add_list\(roots, )cmdline, "[a-z_.]+' init/contract/network_roots.c | sed 's/.*"//' | grep -vx 'root\|boot'
        grep -ohE '"rd\.iscsi\.[a-z.]+"' init/contract/network_roots.c init/root/iscsi.c | tr -d '"'
        grep -ohE '(words_of|next_key)\(storage, "[a-z_.-]+' init/storage/*.c | cut -d'"' -f2
        grep -ohE 'crypt_volume_setting\([^"]*"[a-z=-]+", "[a-z_.-]+' init/storage/*.c | cut -d'"' -f4
        grep -oE '"(zfs|bootfs|rpool|zfs[_.]?force)"' init/contract/zfs_words.c | tr -d '"'
        grep -oE '"(roothash|usrhash|(rd\.)?systemd\.verity[a-z_]*)"' init/storage/verity_words.c | tr -d '"'
        grep -ohE '"(rd\.driver\.[a-z]+|rd\.modules_force_load|[a-z_.]*blacklist)"' init/contract/load_plan.[ch] | tr -d '"'
    } | sort -u
}

page_boot_options() {
    awk '/^\.Sh/ { on = ($0 == ".Sh KERNEL COMMAND LINE") } /^\.Ss/ { live = ($0 == ".Ss Live systems") } on && !live' init/man/kindling-init.7 |
        sed -nE 's/^\.It Cm ([a-z0-9_.-]+).*/\1/p' | sort -u
}

same_boot_options() {
    diff <(boot_options) <(page_boot_options)
}
check "there are boot options" test "$(boot_options | wc -l)" -ge 34
check "kindling-init(7) tells of each option of the kernel command line" same_boot_options

# Those of live systems are many, and stand together, tradition by tradition.
live_words() {
    sed -nE 's/^    \{"([a-z._\/-]+)", [A-Z_| ]+, .*/\1/p' init/contract/live_words.c
}
not_in_the_page() {
    local word
    for word in $(live_words); do
        grep -qE "(Cm |[ ,]|^)${word//./\\.}(=|,| |\$)" init/man/kindling-init.7 || echo "$word"
    done
}
check "there are words of live systems" test "$(live_words | wc -l)" -ge 50
check "kindling-init(7) tells of each" test -z "$(not_in_the_page | tee /dev/stderr)"

# What README says that apt takes away with initramfs-tools has a row in kindling.conf(5), whose features there are.
removed() {
    perl -0ne 'print join "\n", split /,\s+/, $1 if /takes away with initramfs-tools \(([^)]*)\)/' README.md
}
packages_table() {
    sed -n "/^\.Sh OTHERS' PACKAGES/,/^\.Sh FILES/p" generator/man/kindling.conf.5 | sed 's/\\-/-/g'
}
check "packages are named" test "$(removed | wc -l)" -ge 5
for package in $(removed); do
    check "kindling.conf(5) says what to do without $package" grep -q "^$package\|, $package" <(packages_table)
done
features_are_there() {
    local feature
    for feature in $(packages_table | grep -oE 'feature = [a-z0-9-]+|fsck-[a-z0-9]+|lvm-thin' | sed 's/.* //'); do
        [ -f "modules.d/$feature" ] || { echo "there is no feature $feature"; return 1; }
    done
}
check "with features that there are" features_are_there

# The hooks that these packages have for initramfs-tools in Debian 12.
PACKAGES_HOOKS='acpi-override-initramfs acpi-override
aoetools aoe
bcache-tools bcache
btrfs-progs btrfs
cryptsetup-initramfs cryptgnupg
cryptsetup-initramfs cryptgnupg-sc
cryptsetup-initramfs cryptkeyctl
cryptsetup-initramfs cryptopensc
cryptsetup-initramfs cryptpassdev
cryptsetup-initramfs cryptroot
cryptsetup-initramfs cryptroot-unlock
dmraid dmraid
dmsetup dmsetup
dropbear-initramfs dropbear
lvm2 lvm2
mdadm mdadm
multipath-tools-boot multipath
nbd-client nbd
nbd-client nbd-client
open-iscsi iscsi
plymouth plymouth
thin-provisioning-tools thin-provisioning-tools'
# package_rows: "PACKAGE, PACKAGE: what instead", a line for each row.
package_rows() {
    packages_table | perl -0ne 'print "$1: $2\n" while /^T\{\n([^\n]*)\nT\}\tT\{\n([^\n]*)\nT\}/mg'
}
row_of() {
    package_rows | grep -E "^([^:]*, )?$1(,|:)"
}
is_replaced() {
    sed -n '/^static const char \*const replaced_hooks\[/,/};/p' generator/command/foreign_configuration.c | grep -qF "\"$1\""
}
says_nothing() {
    [[ $1 == *": nothing:"* ]]
}
# A hook that update passes over in silence is one whose row names something of ours, and the other way round.
hooks_are_as_the_table_has_them() {
    local package hook row status=0
    while read -r package hook; do
        row=$(row_of "$package") || { echo "no row for $package"; status=1; continue; }
        if says_nothing "$row"; then
            ! is_replaced "$hook" || { echo "$package: nothing, and yet $hook is replaced"; status=1; }
        else
            is_replaced "$hook" || { echo "$package: update names $hook, which the row says is replaced"; status=1; }
        fi
    done <<<"$PACKAGES_HOOKS"
    return "$status"
}
nothing_is_no_feature() {
    local packages package stem status=0
    while IFS=: read -r packages _; do
        for package in ${packages//,/ }; do
            stem=${package%-initramfs}
            ! grep -rilwF -- "$stem" modules.d || { echo "$package: nothing, and yet there is a feature of it"; status=1; }
        done
    done < <(package_rows | grep ': nothing:')
    return "$status"
}
check "the rows are read" test "$(package_rows | wc -l)" -ge 15
check "what kindling.conf(5) says of packages' hooks is what update does with them" hooks_are_as_the_table_has_them
check "no row says that there is nothing where a feature does it" nothing_is_no_feature

# The table of what becomes of others' options says of each what it says of it above.
table() {
    sed -n '/^\.TS/,/^\.TE/p' init/man/kindling-init.7
}
in_table() {
    table | grep -qE "(^|[ ,])$1(=|,|\$| )"
}
for option in $(boot_options | grep -v '^kindling\.\|^rd.settle$\|^rootwait$\|^modprobe.blacklist$\|^module_blacklist$'); do
    check "the table has $option" in_table "$option"
done
done_testing
