# TAP for tests in shell: source it, call check, end with done_testing.
# shellcheck shell=bash

tap_count=0

# check DESCRIPTION COMMAND...: one test point, "ok" when the command succeeds. What it prints is shown when it fails.
check() {
    local description=$1 output
    shift
    tap_count=$((tap_count + 1))
    if output=$("$@" 2>&1); then
        echo "ok $tap_count - $description"
    else
        echo "not ok $tap_count - $description"
        [ -z "$output" ] || while IFS= read -r line; do echo "# $line"; done <<<"$output"
    fi
}

done_testing() {
    echo "1..$tap_count"
}

# bail_out WHY: what the whole file needs is missing; that is a failure, never a skip.
bail_out() {
    tap_count=$((tap_count + 1))
    echo "not ok $tap_count - cannot go on: $*"
    done_testing
    exit 1
}
