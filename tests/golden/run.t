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
# A machine that was busy for a while: the first run fails, the second does not.
test_file busy.t '[ -e been ] || { : >been; echo "not ok 1 - too late"; echo "# took long"; echo 1..1; exit 1; }; echo "ok 1"; echo 1..1'
"$RUN" busy.t slow.t >once 2>/dev/null
check "without -a nothing runs twice" test $? != 0
rm been
"$RUN" -a busy.t quick.t >alone 2>/dev/null
check "with -a what passes alone is no failure" test $? = 0
named_with_its_reason() {
    diff <(sed -n '/^In /,$p' alone | sed 's/^Files=.*/Files=/') - <<END
In busy.t:
not ok 1 - too late
# took long

Passed when run once more, alone: busy.t

Files=
Result: PASS
END
}
check "but is named, with what it said the first time" named_with_its_reason
rm been
"$RUN" -a busy.t wrong.t >alone 2>/dev/null
check "what fails twice is a failure" test $? != 0
check "and the last word" grep -q '^Result: FAIL$' <(tail -n 1 alone)
test_file twice.t 'echo "ok 1 - one"; echo "ok 1 - the same number"; echo 1..2'
"$RUN" -a twice.t quick.t >alone 2>/dev/null
check "so is what only prove takes for one" test $? != 0
"$RUN" -a wrong.t short.t status.t twice.t missing.t missing2.t >alone 2>/dev/null
check "more than five are not run again" test $? != 0 -a "$(grep -c '^Files=' alone)" = 2
check "no test: the usage" test "$("$RUN" 2>&1)" = 'usage: tests/run [-a] [-j JOBS] [-t SECONDS] TEST...'

# One that hangs, and leaves a process behind that holds its output open.
test_file hangs.t 'echo "ok 1 - first"; sleep 600 & echo $! >left; exec sleep 600'
"$RUN" -t 1 hangs.t quick.t >hung 2>/dev/null
check "what hangs is ended, and fails" test $? != 0
kill "$(cat left)"
check "which is said" grep -qx 'it had not ended after 1 s' hung
check "what ran beside it has passed" grep -q 'quick.t .* ok ' hung
done_testing
