#include "command/timeline.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

#define BAR_WIDTH 48

/* Moments in the kernel's log between which an interval of its own lies (init/initramfs.c, init/main.c). */
static const struct milestone {
    const char *from; /* NULL: the clock's beginning */
    const char *until;
    const char *name;
} milestones[] = {
    {NULL, "Run /init as init process", "kernel"},
    {"Trying to unpack rootfs image", "Freeing initrd memory", "unpack"},
    {"Run /init as init process", "real-root: reached", "initramfs"},
};

static int by_start(const void *a, const void *b)
{
    const struct timeline_interval *left = a, *right = b;

    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    return (left->end < right->end) - (left->end > right->end);
}

static void add(struct timeline *timeline, const struct timeline_interval *interval)
{
    timeline->intervals = allocate_more(timeline->intervals, timeline->count, sizeof(*interval));
    timeline->intervals[timeline->count++] = *interval;
}

/* "START END KIND NAME" at the start of a line, or behind "timing ". */
static void parse_record(const char *line, struct timeline *timeline)
{
    const char *mark = strstr(line, "timing ");
    struct timeline_interval interval = {0};

    if (mark)
        line = mark + strlen("timing ");
    if (sscanf(line, "%" SCNu64 " %" SCNu64 " %15s %63s %u", &interval.start, &interval.end, interval.kind,
            interval.name, &interval.cpu)
            >= 4
        && interval.start <= interval.end)
        add(timeline, &interval);
}

struct moments {
    uint64_t from[sizeof(milestones) / sizeof(milestones[0])];
    uint64_t until[sizeof(milestones) / sizeof(milestones[0])];
};

static void note_moment(const char *line, struct moments *moments)
{
    unsigned long seconds, fraction;
    uint64_t stamp; /* in microseconds, as the kernel writes it: "[    1.604739] ..." */

    if (sscanf(line, "[ %lu.%6lu]", &seconds, &fraction) != 2)
        return;
    stamp = (uint64_t)seconds * 1000000 + fraction;
    for (size_t i = 0; i < sizeof(milestones) / sizeof(milestones[0]); i++) {
        if (milestones[i].from && strstr(line, milestones[i].from))
            moments->from[i] = stamp;
        if (strstr(line, milestones[i].until))
            moments->until[i] = stamp;
    }
}

void timeline_parse(const char *text, struct timeline *timeline)
{
    struct moments moments = {0};

    *timeline = (struct timeline){0};
    while (*text) {
        size_t length = strcspn(text, "\n");
        char line[512];

        snprintf(line, sizeof(line), "%.*s", (int)(length < sizeof(line) ? length : sizeof(line) - 1), text);
        parse_record(line, timeline);
        note_moment(line, &moments);
        text += length + (text[length] == '\n');
    }
    for (size_t i = 0; i < sizeof(milestones) / sizeof(milestones[0]); i++) {
        struct timeline_interval interval = {.start = moments.from[i], .end = moments.until[i], .kind = "kernel"};

        if (interval.end == 0 || (milestones[i].from && interval.start == 0) || interval.start > interval.end)
            continue;
        snprintf(interval.name, sizeof(interval.name), "%s", milestones[i].name);
        add(timeline, &interval);
    }
    if (timeline->count > 0)
        qsort(timeline->intervals, timeline->count, sizeof(*timeline->intervals), by_start);
}

void timeline_free(struct timeline *timeline)
{
    free(timeline->intervals);
    *timeline = (struct timeline){0};
}

bool timeline_is_of_kernel(const struct timeline_interval *interval)
{
    return !strcmp(interval->kind, "kernel");
}

struct timeline_scale timeline_measure(const struct timeline *timeline)
{
    struct timeline_scale scale = {.origin = UINT64_MAX};
    uint64_t end = 0;

    for (size_t i = 0; i < timeline->count; i++) {
        const struct timeline_interval *interval = &timeline->intervals[i];

        if (timeline_is_of_kernel(interval))
            continue;
        scale.origin = interval->start < scale.origin ? interval->start : scale.origin;
        end = interval->end > end ? interval->end : end;
    }
    scale.span = end > scale.origin ? end - scale.origin : 1;
    return scale;
}

static unsigned column(const struct timeline_scale *scale, uint64_t moment)
{
    return (unsigned)((moment - scale->origin) * BAR_WIDTH / scale->span);
}

static void draw_interval(const struct timeline_interval *interval, const struct timeline_scale *scale, FILE *out)
{
    bool inner = !timeline_is_of_kernel(interval) && strcmp(interval->kind, "step") != 0;
    char label[80];

    snprintf(label, sizeof(label), "%s%s", inner ? "  " : "", interval->name);
    fprintf(out, "%-26s %9.6f %9.6f", label, (double)interval->start / 1e6,
        (double)(interval->end - interval->start) / 1e6);
    if (!timeline_is_of_kernel(interval)) {
        unsigned from = column(scale, interval->start);
        unsigned until = column(scale, interval->end);

        fprintf(out, "  |%*s", (int)from, "");
        for (unsigned i = from; i < until || i == from; i++)
            fputc(strcmp(interval->kind, "step") != 0 ? '-' : '=', out);
    }
    fputc('\n', out);
}

void timeline_draw(const struct timeline *timeline, FILE *out)
{
    struct timeline_scale scale = timeline_measure(timeline);
    uint64_t sum = 0;
    size_t count = 0;

    fprintf(out, "%-26s %9s %9s\n", "", "from (s)", "took (s)");
    for (size_t i = 0; i < timeline->count; i++) {
        const struct timeline_interval *interval = &timeline->intervals[i];

        draw_interval(interval, &scale, out);
        if (strcmp(interval->kind, "module") != 0)
            continue;
        sum += interval->end - interval->start;
        count++;
    }
    fprintf(out, "%-26s %9zu %9.6f\n", "modules loaded", count, (double)sum / 1e6);
}
