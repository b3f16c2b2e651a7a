#include "root/network_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "module/program.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

int network_child_start(struct network_child *child, struct boot *boot, char **arguments, const char *state)
{
    const char *culprit;
    int ends[2];
    int result = program_unpack(&boot->index, NETWORK_PROGRAM, &culprit);

    if (result == -ENOENT)
        return failure("network", "not in the image",
            "this image has no network: make it with the feature network (kindling build -f network)", NULL);
    if (result < 0)
        return failure_because(culprit, strerror(-result), "cannot unpack ", culprit, ", which a network needs", NULL);
    if (!arguments || pipe2(ends, O_CLOEXEC) < 0)
        return failure_because("network", strerror(errno), "cannot start " NETWORK_PROGRAM, NULL);
    *child = (struct network_child){.pid = process_start(arguments, ends[1]), .pipe = ends[0]};
    close(ends[1]);
    if (child->pid < 0) {
        result = failure_because("network", strerror(-child->pid), "cannot start " NETWORK_PROGRAM, NULL);
        close(child->pipe);
        child->pid = 0;
        return result;
    }
    (void)text_join(child->state, sizeof(child->state), state, NULL);
    return 0;
}

int network_child_unblock(struct network_child *child)
{
    if (fcntl(child->pipe, F_SETFL, O_NONBLOCK) < 0)
        return failure_because("network", strerror(errno), "cannot wait for " NETWORK_PROGRAM, NULL);
    return 0;
}

/* "KEY VALUE": true when the line has that key; *value then is what stands behind it. */
static bool line_has(const char *line, const char *key, const char **value)
{
    size_t length = strlen(key);

    if (strncmp(line, key, length) != 0 || (line[length] != ' ' && line[length] != '\0'))
        return false;
    *value = line[length] ? line + length + 1 : "";
    return true;
}

static enum network_told take_line(struct network_child *child, const char *line)
{
    const char *value;

    if (line_has(line, "up", &value))
        return *child->next.interface ? NETWORK_TOLD_UP : NETWORK_TOLD_NOTHING;
    if (line_has(line, "found", &value))
        return network_address_parse(value, strlen(value), &child->found) == 0 ? NETWORK_TOLD_ADDRESS
                                                                               : NETWORK_TOLD_NOTHING;
    if (line_has(line, "fetched", &value))
        return NETWORK_TOLD_FETCHED;
    if (line_has(line, "progress", &value)) {
        if (timing_is_due(&child->next_note, WAIT_FSCK_NOTES))
            log_warning("fetched ", value);
        return NETWORK_TOLD_PROGRESS;
    }
    if (line_has(line, "state", &value))
        (void)text_join(child->state, sizeof(child->state), value, NULL); /* cut it says most of it */
    else if (line_has(line, "warning", &value))
        log_warning(value);
    else if (line_has(line, "note", &value))
        log_info(value);
    else if (network_lease_read(&child->next, line) < 0)
        log_debug("the network's program says what is not understood: ", line);
    return NETWORK_TOLD_NOTHING;
}

int network_child_read(struct network_child *child)
{
    for (;;) {
        char *end = memchr(child->line, '\n', child->used);
        ssize_t length;
        int what;

        if (end) {
            *end = '\0';
            what = take_line(child, child->line);
            child->used -= (size_t)(end + 1 - child->line);
            memmove(child->line, end + 1, child->used);
            if (what > 0)
                return what;
            continue;
        }
        if (child->used == sizeof(child->line))
            child->used = 0; /* longer than any line is */
        length = read(child->pipe, child->line + child->used, sizeof(child->line) - child->used);
        if (length < 0 && errno != EINTR)
            return -errno;
        if (length == 0)
            return -EPIPE;
        child->used += length > 0 ? (size_t)length : 0;
    }
}

void network_child_end(struct network_child *child)
{
    if (child->pid <= 0)
        return;
    kill(child->pid, SIGKILL);
    (void)waitpid(child->pid, NULL, 0);
    close(child->pipe);
    child->pid = 0;
}
