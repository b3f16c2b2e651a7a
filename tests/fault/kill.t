#!/bin/bash
# A run that is killed at any moment leaves the old image or the new one, whole; the next run removes what it left.
# Where nothing has to wait for a disk: a thousand runs write here.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "$(dirname "$0")/../golden/lib.sh"

KILLS=${KILLS:-1000}
IMAGE=$WORK/out/image
mkfifo "$WORK/never"
exec 9<>"$WORK/never"

build -p minimal -o "$WORK/first" || bail_out "nothing can be built"
build -p minimal -m beta -z none -o "$WORK/second" || bail_out "nothing can be built"
cp "$WORK/first" "$IMAGE"

# start_run CACHE: of the image that is not there now.
start_run() {
    local options=()
    [ "$WANTED" = first ] || options=(-m beta -z none)
    [ "$1" = warm ] || rm -rf "$XDG_CACHE_HOME"
    # A shell starts what runs in the background with SIGINT and SIGQUIT ignored.
    env --default-signal "$KINDLING" build -q -k "$KVER" --modules-dir "$WORK/modules" -p minimal "${options[@]}" -o "$IMAGE" &
    PID=$!
}
# wait_for MICROSECONDS
wait_for() {
    local seconds
    printf -v seconds '0.%06d' "$1"
    read -r -t "$seconds" _ <&9
}
leftovers() {
    find "$WORK/out" "$WORK/tmp" -name '*kindling-*'
    find "$WORK/cache" -name '.new-*' 2>"$WORK/null"
}

# kill_some CACHE SIGNAL COUNT: that many runs, and as many more as end before they are killed. Kills fall into the time that
# a run takes, in microseconds, which follows the machine: a run that was over in time makes it shorter, a killed one longer.
kill_some() {
    local length=20000 killed=0 over=0 left=0
    WANTED=second
    while [ $((killed + over)) -lt "$3" ] || [ "$killed" -le $(($3 / 4)) ]; do
        start_run "$1"
        wait_for $((SRANDOM % length))
        if kill -s "$2" "$PID" 2>"$WORK/null"; then
            killed=$((killed + 1)) length=$((length + length / 16))
        else
            over=$((over + 1)) length=$((length - length / 8))
        fi
        wait "$PID" 2>"$WORK/null"
        [ -z "$(leftovers)" ] || left=$((left + 1))
        if ! cmp -s "$IMAGE" "$WORK/first" && ! cmp -s "$IMAGE" "$WORK/second"; then
            echo "after $killed kills the image is neither the old nor the new one"
            return 1
        fi
        [ "$over" -lt $((100 * $3)) ] || break
        [ "$WANTED" = first ] && WANTED=second || WANTED=first
    done 2>"$WORK/stderr"
    echo "$killed killed, $over over before, $left left something"
    LEFT=$left
    [ "$killed" -gt $(($3 / 4)) ]
}
cleaned_up() {
    wait_for 300000 # a depmod that lost its parent ends
    WANTED=second
    start_run cold && wait "$PID" && cmp "$IMAGE" "$WORK/second" && [ -z "$(leftovers)" ]
}
some_was_left() {
    [ "$LEFT" -gt 0 ]
}

check "killed at any moment, with a cache" kill_some warm KILL $((KILLS / 2))
check "the next run cleans up" cleaned_up
kill_some cold KILL $((KILLS / 2)) >"$WORK/said"
check "killed at any moment, without a cache" test $? -eq 0
check "some of them left something" some_was_left
check "the next run cleans up behind them" cleaned_up
for signal in INT TERM HUP QUIT PIPE; do
    check "SIG$signal at any moment" kill_some cold "$signal" 20
done
check "none of these leaves anything" test -z "$(leftovers)"

done_testing
