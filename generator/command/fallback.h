/*
 * The image that an update replaces: it stays beside the new one as IMAGE.old, for the day that the new one does not
 * boot. Of several updates between two boots only the first keeps what it replaces, for an image that was written since
 * this machine started has never booted anything.
 */
#ifndef KINDLING_FALLBACK_H
#define KINDLING_FALLBACK_H

#include <stdbool.h>
#include <sys/stat.h>

struct fallback {
    const char *image; /* borrowed */
    char *kept;        /* IMAGE.old */
    char *spare;       /* a second name of the image until it is known what becomes of it */
    struct stat before;
    bool is_spared;
};

/* Before the image is replaced. Logs. 0, also when there is no image yet, or -errno. */
int fallback_open(struct fallback *fallback, const char *image);
/* Afterwards, whether it was replaced or not. Logs. 0 or -errno. */
int fallback_close(struct fallback *fallback);

#endif
