/*
 * Downloads a file by HTTP, whole or not at all: its length must be told, and is what comes. What breaks off is gone on
 * with where it broke off; whoever refuses for a while is asked again. Ends with "fetched", or with a last "state" that
 * says why not.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "network/http.h"
#include "network/report.h"
#include "network/resolve.h"
#include "network/rights.h"
#include "network/tasks.h"
#include "system/memory.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define MEBIBYTE (1u << 20)
#define REDIRECTIONS 5u

/* The one download. */
struct fetch {
    struct http_url url;
    int file;
    uint64_t memory; /* bytes that it may take */
    uint64_t done, total;
    bool has_total;
    unsigned redirections;
    uint64_t next_note; /* as timing_now */
};

/* As the end of an attempt: one more may do better, or none can. */
enum outcome { FETCH_DONE, FETCH_AGAIN, FETCH_NEVER };

static enum outcome say(enum outcome outcome, const struct fetch *fetch, const char *why, const char *more)
{
    char state[300];

    (void)text_join(state, sizeof(state), fetch->url.host, ":", fetch->url.port, " ", why, more, NULL);
    report_state(state);
    return outcome;
}

static int connect_to(const struct addrinfo *address)
{
    struct timeval patience = {.tv_sec = WAIT_ANSWER_SECONDS};
    int server = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result;

    if (server < 0)
        return -errno;
    (void)setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    (void)setsockopt(server, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(server, address->ai_addr, address->ai_addrlen) == 0)
        return server;
    result = -errno;
    close(server);
    return result;
}

/* Returns a socket, or a -errno after it was said; of several addresses the first that takes us. */
static int find_server(const struct fetch *fetch)
{
    struct addrinfo *found;
    int server = -EHOSTUNREACH, error = resolve_host(fetch->url.host, fetch->url.port, &found);

    if (error != 0) {
        (void)say(FETCH_AGAIN, fetch, "is not found: ", resolve_error(error));
        return -ENOENT;
    }
    for (const struct addrinfo *one = found; one && server < 0; one = one->ai_next)
        server = connect_to(one);
    freeaddrinfo(found);
    if (server == -ECONNREFUSED)
        (void)say(FETCH_AGAIN, fetch, "refuses connections", "");
    else if (server < 0)
        (void)say(FETCH_AGAIN, fetch, "does not answer", "");
    return server;
}

/* Returns the bytes that have come, of which the first *head_size are the head; or -errno. */
static ssize_t read_head(int server, char text[HTTP_HEAD_SIZE], size_t *head_size)
{
    size_t used = 0;

    while ((*head_size = http_head_size(text, used)) == 0) {
        ssize_t length = used < HTTP_HEAD_SIZE ? read(server, text + used, HTTP_HEAD_SIZE - used) : 0;

        if (length <= 0)
            return length < 0 ? -errno : -EPROTO;
        used += (size_t)length;
    }
    return (ssize_t)used;
}

static int keep(struct fetch *fetch, const char *bytes, size_t size)
{
    char done[DECIMAL_SIZE], total[DECIMAL_SIZE];

    while (size > 0) {
        ssize_t length = write(fetch->file, bytes, size);

        if (length < 0 && errno != EINTR)
            return -errno;
        bytes += length > 0 ? length : 0;
        size -= length > 0 ? (size_t)length : 0;
        fetch->done += length > 0 ? (uint64_t)length : 0;
    }
    if (timing_is_due(&fetch->next_note, SECOND))
        report("progress", text_decimal(fetch->done / MEBIBYTE, done), " of ",
            text_decimal(fetch->total / MEBIBYTE, total), " MiB", NULL);
    return 0;
}

/* The rest of the file; size bytes of it have come with the head. */
static enum outcome take_body(struct fetch *fetch, int server, char buffer[HTTP_HEAD_SIZE], size_t size)
{
    while (fetch->done < fetch->total) {
        uint64_t left = fetch->total - fetch->done;
        ssize_t length;

        if (keep(fetch, buffer, size < left ? size : (size_t)left) < 0)
            return say(FETCH_NEVER, fetch, "sends more than can be kept", "");
        if (fetch->done == fetch->total)
            break;
        length = read(server, buffer, HTTP_HEAD_SIZE);
        if (length < 0 && errno != EINTR)
            return say(FETCH_AGAIN, fetch, "does not go on with the file", "");
        if (length == 0)
            return say(FETCH_AGAIN, fetch, "has broken off before the end of the file", "");
        size = length > 0 ? (size_t)length : 0;
    }
    return FETCH_DONE;
}

/* How long the file is, and that it fits. */
static enum outcome take_length(struct fetch *fetch, const struct http_head *head)
{
    bool goes_on = head->status == 206;
    uint64_t total = goes_on ? head->total : head->length;
    char size[DECIMAL_SIZE], memory[DECIMAL_SIZE], more[80];

    if (head->is_coded || (goes_on ? !head->has_range : !head->has_length))
        return say(FETCH_NEVER, fetch, "does not tell the length of the file", "");
    if ((fetch->has_total && total != fetch->total) || (goes_on && head->first != fetch->done))
        return say(FETCH_NEVER, fetch, "has another file now than at first", "");
    if (!goes_on && fetch->done > 0 && lseek(fetch->file, 0, SEEK_SET) < 0)
        return say(FETCH_NEVER, fetch, "begins anew, and the file cannot", "");
    fetch->done = goes_on ? fetch->done : 0;
    fetch->total = total;
    fetch->has_total = true;
    if (total - fetch->done < fetch->memory)
        return FETCH_DONE;
    (void)text_join(more, sizeof(more), text_decimal(total / MEBIBYTE, size), " MiB, and there are ",
        text_decimal(fetch->memory / MEBIBYTE, memory), " MiB of memory", NULL);
    return say(FETCH_NEVER, fetch, "has a file that is too large: ", more);
}

static enum outcome take_answer(struct fetch *fetch, int server)
{
    char text[HTTP_HEAD_SIZE], status[DECIMAL_SIZE];
    struct http_head head;
    size_t head_size, rest;
    ssize_t size = read_head(server, text, &head_size);
    enum outcome outcome;

    if (size < 0 && size != -EPROTO)
        return say(FETCH_AGAIN, fetch, "does not answer", "");
    if (size < 0 || http_head_read(text, head_size, &head) < 0)
        return say(FETCH_NEVER, fetch, "is no HTTP server, or one that breaks the protocol", "");
    if (head.status >= 300 && head.status < 400 && *head.location) {
        if (++fetch->redirections <= REDIRECTIONS && http_url_follow(&fetch->url, head.location) == 0)
            return FETCH_AGAIN;
        return say(FETCH_NEVER, fetch, "sends us on to what is not followed: ", head.location);
    }
    if (head.status == 404 || head.status == 410)
        return say(FETCH_NEVER, fetch, "has no such file: ", fetch->url.path);
    if (head.status != 200 && !(head.status == 206 && fetch->done > 0))
        return say(head.status >= 500 || head.status == 429 ? FETCH_AGAIN : FETCH_NEVER, fetch,
            "answers with the status ", text_decimal(head.status, status));
    outcome = take_length(fetch, &head);
    rest = (size_t)size - head_size;
    memmove(text, text + head_size, rest);
    return outcome == FETCH_DONE ? take_body(fetch, server, text, rest) : outcome;
}

static enum outcome try(struct fetch *fetch)
{
    char request[HTTP_HEAD_SIZE];
    int size = http_request_write(&fetch->url, fetch->done, request);
    int server = size < 0 ? -EINVAL : find_server(fetch);
    enum outcome outcome;

    if (server < 0)
        return size < 0 ? FETCH_NEVER : FETCH_AGAIN;
    if (send(server, request, (size_t)size, MSG_NOSIGNAL) != size)
        outcome = say(FETCH_AGAIN, fetch, "does not take the question", "");
    else
        outcome = take_answer(fetch, server);
    close(server);
    return outcome;
}

int task_fetch(char **arguments)
{
    struct fetch fetch = {.memory = UINT64_MAX};
    enum outcome outcome = FETCH_AGAIN;

    (void)memory_available(&fetch.memory);
    if (!arguments[0] || !arguments[1])
        return 2;
    if (http_url_parse(arguments[0], &fetch.url) < 0) {
        report_state("that is no URL of the form http://HOST[:PORT]/PATH");
        return 1;
    }
    fetch.file = open(arguments[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fetch.file < 0) {
        report_state("there is no place for the file");
        return 1;
    }
    rights_drop(0);
    while ((outcome = try(&fetch)) == FETCH_AGAIN)
        (void)poll(NULL, 0, WAIT_NEXT_RETRIES / 1000);
    if (outcome == FETCH_DONE)
        report("fetched", NULL);
    return outcome != FETCH_DONE;
}
