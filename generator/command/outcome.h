/* What has become of an image, in one line: written, how large, how long it took, what is kept; or the same as it was.
 */
#ifndef KINDLING_OUTCOME_H
#define KINDLING_OUTCOME_H

#include <sys/stat.h>
#include <time.h>

struct outcome {
    const char *image; /* borrowed */
    struct stat before;
    struct timespec start;
};

/* Before the work begins. */
void outcome_begin(struct outcome *outcome, const char *image);
/* After it has succeeded. kept: the previous image, which is named if it is there; NULL: none is. */
void outcome_tell(const struct outcome *outcome, const char *kept);

#endif
