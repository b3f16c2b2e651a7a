# shellcheck shell=bash
# What the tools of this directory share; sourced, never run.

tool=qemu/${0##*/}
# The makers of file systems are not on every user's path.
PATH=$PATH:/usr/sbin:/sbin

# The two ends that are not success: it did not work (1), it was asked wrongly (2).
fail()
{
    printf '%s: %s\n' "$tool" "$1" >&2
    exit 1
}

misuse()
{
    printf '%s: %s (see --help)\n' "$tool" "$1" >&2
    exit 2
}

need_program()
{
    command -v "$1" >/dev/null || fail "cannot $3: $1 is missing (Debian's package $2 has it)"
}

cache_directory()
{
    local home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}

    printf '%s/kindling\n' "${XDG_CACHE_HOME:-$home/.cache}"
}

# What a tree takes in blocks of 4 KiB, with one block more for each entry's inode and name.
tree_bytes()
{
    find "$1" -printf '%s\n' | awk '
        { bytes += 4096 * (1 + int(($1 + 4095) / 4096)) }
        END { printf "%.0f\n", bytes }'
}

# A name that begins with a dash is no option.
as_path()
{
    if [[ $1 = -* ]]; then
        echo "./$1"
    else
        echo "$1"
    fi
}

# A word that becomes part of a file's name.
check_word()
{
    [[ $2 =~ ^[A-Za-z0-9][A-Za-z0-9.+~_-]*$ ]] || misuse "'$2' is no $1"
}

# The release of Debian that this host runs.
host_suite()
(
    ID='' VERSION_CODENAME=''
    # shellcheck source=/dev/null
    . /etc/os-release 2>/dev/null || true
    if [ "$ID" = debian ]; then
        echo "${VERSION_CODENAME:-sid}"
    else
        echo stable
    fi
)

# As Debian calls it.
host_architecture()
{
    case $(uname -m) in
    aarch64) echo arm64 ;;
    riscv64) echo riscv64 ;;
    *) echo amd64 ;;
    esac
}

# The mirror that the host itself uses (its name ends in debian or debian-security), unless another is named; nothing
# when there is neither.
archive_uri()
{
    if [ "${KINDLING_MIRROR-}" ]; then
        echo "$KINDLING_MIRROR/$1"
        return
    fi
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        sed -En "\\,/$1/? main\$,{s, main\$,,p;q}" || true
}
