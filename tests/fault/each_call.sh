# What tests share that make calls of kindling fail one after the other. Source it behind golden/lib.sh.
# shellcheck shell=bash

SHIM=$ROOT/build/tests/fault/fail_call.so
[ -e "$SHIM" ] || bail_out "$SHIM is not there: make it first"

# each CALL ERROR MINIMUM: every call of the run, one after the other, and there are so many of them. one_failure CALL ERROR
# NUMBER is the test's own: it makes that call fail, which leaves $WORK/mark, and says whether all is well.
each() {
    local number=1
    while one_failure "$1" "$2" "$number"; do
        [ -e "$WORK/mark" ] || break
        number=$((number + 1))
    done
    echo "$((number - 1)) calls of $1"
    [ ! -e "$WORK/mark" ] && [ "$number" -gt "$3" ]
}
