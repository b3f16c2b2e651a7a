#include "system/timing.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "system/text.h"

static struct {
    char *text;
    size_t used;
    size_t capacity;
} record;

uint64_t timing_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

bool timing_is_due(uint64_t *next, uint64_t pause)
{
    uint64_t now = timing_now();
    bool is_due = now >= *next;

    if (is_due)
        *next = now + pause;
    return is_due;
}

static int make_room(size_t length)
{
    size_t capacity = record.capacity ? record.capacity : 4096;
    char *larger;

    while (capacity - record.used < length)
        capacity *= 2;
    if (capacity == record.capacity)
        return 0;
    larger = realloc(record.text, capacity);
    if (!larger)
        return -ENOMEM;
    record.text = larger;
    record.capacity = capacity;
    return 0;
}

void timing_note(const char *kind, const char *name, uint64_t start)
{
    char from[DECIMAL_SIZE], until[DECIMAL_SIZE], on[DECIMAL_SIZE];
    size_t room = 3 * DECIMAL_SIZE + strlen(kind) + strlen(name) + 8;
    int cpu = sched_getcpu();

    if (make_room(room) < 0)
        return; /* a lost stamp is no reason to stop a boot */
    (void)text_join(record.text + record.used, room, text_decimal(start, from), " ", text_decimal(timing_now(), until),
        " ", kind, " ", name, " ", text_decimal(cpu < 0 ? 0 : (uint64_t)cpu, on), "\n", NULL);
    record.used += strlen(record.text + record.used);
}

int timing_save(void)
{
    int fd = open(TIMING_PATH, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    int result = 0;

    if (fd < 0)
        return -errno;
    if (write(fd, record.text, record.used) != (ssize_t)record.used)
        result = -EIO;
    record.used = 0;
    close(fd);
    return result;
}
