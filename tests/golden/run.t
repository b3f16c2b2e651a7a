#!/bin/bash
# tests/run: how long each test took, and what failed at the end, with its reason.
. "$(dirname "$0")/../tap.sh"

RUN=$(cd "$(dirname "$0")/.." && pwd)/run
WORK=$(mktemp -d) || bail_out "no directory to work in"
trap 'rm -rf "$WORK"' EXIT
cd "$WORK" || exit 1

# test_file NAME COMMANDS
test_file() {
    printf '#!/bin/sh\n%s\n' "$2" >"$1"
    chmod 755 "$1"
}
test_file quick.t 'echo "ok 1 - quick"; echo 1..1'
test_file slow.t 'sleep 1; seq 200000 | sort -R >/dev/null; echo "ok 1 - slow"; echo 1..1'
test_file wrong.t 'echo "ok 1 - first"; echo "not ok 2 - second"; echo "# the reason"; echo "# and more of it"; echo "ok 3 - third"
echo "# no reason"; echo 1..3'
test_file short.t 'echo "ok 1 - first"; exit 7'
test_file status.t 'echo "ok 1 - first"; echo 1..1; exit 3'

"$RUN" -j 2 quick.t slow.t >passed
check "tests that pass" test $? = 0
slowest_first() {
    cat passed
    sed -n '/slowest first/,$s/.* \([a-z]*\.t\)$/\1/p' passed | diff - <(printf 'slow.t\nquick.t\n')
}
check "the slowest comes first" slowest_first
tells_seconds() {
    sed -n 's/^ *\([0-9.]* *[0-9.]*\)  slow.t$/\1/p' passed | awk '{ print; seen = $1 >= 1 && $2 > 0 } END { exit !seen }'
}
check "with its seconds, and those of CPU" tells_seconds
check "all is well, by prove's own word" grep -q '^Result: PASS$' <(tail -n 1 passed)

"$RUN" quick.t wrong.t short.t status.t slow.t >failed 2>/dev/null
check "tests that fail" test $? != 0
told_of_at_the_end() {
    diff <(sed -n '/^In /,$p' failed | sed 's/^Files=.*/Files=/') - <<END
In short.t:
it ended before its plan, with status 7

In status.t:
it ended with status 3

In wrong.t:
not ok 2 - second
# the reason
# and more of it

Files=
Result: FAIL
END
}
check "each failure with its reason is at the end, and nothing else" told_of_at_the_end
check "no test: the usage" test "$("$RUN" 2>&1)" = 'usage: tests/run [-j JOBS] TEST...'

done_testing
