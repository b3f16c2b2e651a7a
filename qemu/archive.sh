# shellcheck shell=bash
# Debian's archive, asked by an apt of our own: nothing is installed, and the host's own apt is left alone; sourced, never
# run. suite and architecture (Debian's name) are the caller's, component too if there is one beside main; tool is
# common.sh's.
# shellcheck disable=SC2154

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# What apt-get knows of a suite is kept in a directory of its own.
use_archive()
{
    local other=''

    [ "$architecture" = amd64 ] || other=-$architecture
    apt_home=$(cache_directory)/apt/$suite$other${component:+-$component}
}

update_lists()
{
    local errors archive security

    [ -z "${is_updated-}" ] || return 0
    [ -r "$keyring" ] || fail "cannot verify Debian's archive: $keyring is missing (package debian-archive-keyring)"
    mkdir -p "$apt_home/lists/partial" "$apt_home/archives/partial"
    archive=$(archive_uri debian)
    security=$(archive_uri debian-security)
    [ "$archive" ] || fail "cannot find an archive of Debian among this host's apt sources: name one with KINDLING_MIRROR=URI"
    write_apt_sources
    write_apt_config
    echo "$tool: asking $archive what $suite has" >&2
    errors=$(private_apt apt-get -qq update 2>&1 >/dev/null) ||
        fail "cannot read the package lists of $suite: $(apt_reason "$errors")"
    is_updated=yes
}

# Old and rolling suites have no security archive under the name SUITE-security.
write_apt_sources()
{
    local options="[arch=$architecture signed-by=$keyring]"

    {
        echo "deb $options $archive $suite main${component:+ $component}"
        case $suite in
        sid | unstable | experimental | *-backports | *-proposed-updates) ;;
        *) [ ! "$security" ] || echo "deb $options $security $suite-security main${component:+ $component}" ;;
        esac
    } >"$apt_home/sources.list"
}

# The host's configuration is read first (it may hold a proxy); what would act on the host is taken out.
write_apt_config()
{
    : >"$apt_home/status"
    cat >"$apt_home/apt.conf" <<END
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
#clear APT::Default-Release;
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::Retries "3";
Dir::State "$apt_home";
Dir::State::lists "$apt_home/lists";
Dir::State::status "$apt_home/status";
Dir::Cache "$apt_home";
Dir::Cache::archives "$apt_home/archives";
Dir::Etc::sourcelist "$apt_home/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
END
}

private_apt()
{
    local program=$1

    shift
    LC_ALL=C "$program" -c "$apt_home/apt.conf" "$@"
}

apt_reason()
{
    local reason

    reason=$(grep -E '^E:' <<<"$1" | head -n 1) || true
    reason=${reason#E: }
    echo "${reason:-apt gave no reason}"
}

package_field()
{
    private_apt apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n "s/^$2: //p" | head -n 1 || true
}
