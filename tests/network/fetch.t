#!/bin/bash
# Downloads by HTTP from a server that does as its mode says: whole, or not at all, with the reason.
. "$(dirname "$0")/lib.sh"
ip link set lo up
head -c 3000000 /dev/urandom >"$WORK/file"

# serve MODE...: one answer after the other, each in that mode; the last for all that follow. PORT, and SERVED, its process.
serve() {
    # shellcheck disable=SC2016 # for perl
    exec {SERVING}< <(exec perl -MIO::Socket::INET -e '
        my ($path, @modes) = @ARGV;
        $| = 1;
        $SIG{PIPE} = "IGNORE";
        open(my $in, "<", $path) or die;
        my $file = do { local $/; <$in> };
        my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 0, Listen => 9) or die;
        print $server->sockport, "\n";
        while (my $client = $server->accept) {
            my ($mode, $request) = (@modes > 1 ? shift @modes : $modes[0], "");
            while (my $line = <$client>) { $request .= $line; last if $line eq "\r\n" }
            print STDERR "$mode: $request";
            my $first = $request =~ /^Range: bytes=(\d+)-\r$/m ? $1 : 0;
            my $total = length $file;
            my $head = "HTTP/1.1 200 OK\r\nContent-Length: $total\r\n\r\n";
            my $rest = $file;
            if ($first) {
                $head = sprintf "HTTP/1.1 206 Partial\r\nContent-Length: %d\r\nContent-Range: bytes %d-%d/%d\r\n\r\n", $total - $first, $first, $total - 1, $total;
                $rest = substr($file, $first);
            }
            if ($mode eq "whole") { print $client $head, $rest }
            elsif ($mode eq "cut") { print $client $head, substr($rest, 0, 1000000) }
            elsif ($mode eq "without-range") { print $client "HTTP/1.1 200 OK\r\nContent-Length: $total\r\n\r\n", $file }
            elsif ($mode eq "bytewise") { for my $byte (split //, $head) { print $client $byte; $client->flush } print $client $rest }
            elsif ($mode eq "more") { print $client $head, $rest, "and more" }
            elsif ($mode eq "no-length") { print $client "HTTP/1.1 200 OK\r\n\r\n", $rest }
            elsif ($mode eq "chunked") { print $client "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" }
            elsif ($mode eq "two-lengths") { print $client "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!" }
            elsif ($mode eq "other-file") { print $client "HTTP/1.1 206 Partial\r\nContent-Range: bytes $first-9999999/10000000\r\n\r\nx" }
            elsif ($mode eq "too-large") { print $client "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551000\r\n\r\nx" }
            elsif ($mode eq "overflow") { print $client "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nx" }
            elsif ($mode eq "busy") { print $client "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" }
            elsif ($mode eq "absent") { print $client "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" }
            elsif ($mode eq "forbidden") { print $client "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" }
            elsif ($mode eq "moved") { print $client "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n" }
            elsif ($mode eq "to-https") { print $client "HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1/file\r\n\r\n" }
            elsif ($mode eq "ssh") { print $client "SSH-2.0-OpenSSH_9.2p1\r\n\r\n" }
            elsif ($mode eq "long-head") { print $client "HTTP/1.1 200 OK\r\n", "X: y\r\n" x 3000, "\r\n" }
            close $client;
        }' "$WORK/file" "$@" 2>"$WORK/requests")
    SERVED=$!
    read -rt 60 PORT <&"$SERVING" || bail_out "the server does not begin"
}

# fetch MODE...: STATUS, SAID and FETCHED of a download from such a server.
fetch() {
    serve "$@"
    FETCHED=$WORK/fetched
    rm -f "$FETCHED"
    timeout 120 "$PROGRAM" fetch "http://127.0.0.1:$PORT/a/file" "$FETCHED" >"$SAID" 2>&1
    STATUS=$?
    kill "$SERVED"
    wait "$SERVED" 2>/dev/null
    exec {SERVING}<&-
}

whole() {
    fetch "$@"
    [ "$STATUS" = 0 ] && says fetched && cmp "$WORK/file" "$FETCHED"
}

refused() {
    local why=$1
    shift
    fetch "$@"
    [ "$STATUS" = 1 ] && says "state 127.0.0.1:$PORT $why" && lacks '^fetched$'
}

asked_for() {
    whole whole && [ "$(head -n 3 "$WORK/requests" | tr -d '\r')" = "whole: GET /a/file HTTP/1.1
Host: 127.0.0.1:$PORT
User-Agent: kindling" ]
}
check "a file, asked for as it should be" asked_for
check "how far it is is told" grep -q '^progress [0-9]* of 2 MiB$' "$SAID"
check "what breaks off is gone on with" whole cut cut whole
check "where it broke off" grep -q '^Range: bytes=1000000-' "$WORK/requests"
check "a server that knows no ranges" whole cut without-range
check "a head that comes byte by byte" whole bytewise
check "what is more than was told is not taken" whole more
check "a server that is busy for a while" whole busy whole
check "a path elsewhere" whole moved whole
check "is asked for" grep -q '^whole: GET /elsewhere ' "$WORK/requests"
check "no length" refused 'does not tell the length of the file' no-length
check "chunks" refused 'does not tell the length of the file' chunked
check "two lengths" refused 'is no HTTP server, or one that breaks the protocol' two-lengths
check "a length beyond numbers" refused 'is no HTTP server, or one that breaks the protocol' overflow
check "another file when it is gone on with" refused 'has another file now than at first' cut other-file
check "no such file" refused 'has no such file: /a/file' absent
check "a refusal" refused 'answers with the status 403' forbidden
check "on to https" refused 'sends us on to what is not followed: https://127.0.0.1/file' to-https
check "on and on" refused 'sends us on to what is not followed: /elsewhere' moved
check "another protocol" refused 'is no HTTP server, or one that breaks the protocol' ssh
check "a head without end" refused 'is no HTTP server, or one that breaks the protocol' long-head
too_large() {
    fetch too-large
    [ "$STATUS" = 1 ] && grep -qxE "state 127.0.0.1:$PORT has a file that is too large: 17592186044415 MiB, and there are [0-9]+ MiB of memory" "$SAID"
}
check "more than the memory takes" too_large

done_testing
