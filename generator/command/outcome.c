#include "command/outcome.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"

void outcome_begin(struct outcome *outcome, const char *image)
{
    *outcome = (struct outcome){.image = image};
    if (stat(image, &outcome->before) < 0)
        outcome->before = (struct stat){0};
    clock_gettime(CLOCK_MONOTONIC, &outcome->start);
}

void outcome_tell(const struct outcome *outcome, const char *kept)
{
    const struct stat *before = &outcome->before;
    struct timespec now;
    struct stat after;
    bool is_kept = kept && access(kept, F_OK) == 0;
    double seconds;

    clock_gettime(CLOCK_MONOTONIC, &now);
    seconds = (double)(now.tv_sec - outcome->start.tv_sec) + (double)(now.tv_nsec - outcome->start.tv_nsec) / 1e9;
    if (stat(outcome->image, &after) < 0 || !S_ISREG(after.st_mode))
        return; /* a pipe, say, whose reader knows what came */
    if (after.st_dev == before->st_dev && after.st_ino == before->st_ino
        && after.st_mtim.tv_sec == before->st_mtim.tv_sec && after.st_mtim.tv_nsec == before->st_mtim.tv_nsec)
        log_result("%s would be the same: it stays", outcome->image);
    else
        log_result("wrote %s: %.*f %s in %.1f s%s%s", outcome->image, after.st_size < 1000000 ? 0 : 1,
            (double)after.st_size / (after.st_size < 1000000 ? 1e3 : 1e6), after.st_size < 1000000 ? "kB" : "MB",
            seconds, is_kept ? "; the one that booted before stays as " : "", is_kept ? kept : "");
}
