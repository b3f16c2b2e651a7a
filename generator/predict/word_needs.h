/* Words of the kernel command line that ask for a feature, whatever the root is and wherever it lies. */
#ifndef KINDLING_WORD_NEEDS_H
#define KINDLING_WORD_NEEDS_H

#include "contract/cmdline.h"
#include "predict/file_systems.h"

#define WORD_NEEDS_MAXIMUM 4u

struct word_need {
    const char *word;    /* for a sentence: "persistence-encryption=luks" */
    const char *feature; /* "crypt" */
};

/* Returns how many there are. Pure. */
size_t word_needs_find(const struct cmdline *cmdline, struct word_need needs[WORD_NEEDS_MAXIMUM]);
/* Adds what these features describe. Logs. 0 or -errno. */
int word_needs_read(const struct cmdline *cmdline, struct file_systems *file_systems, struct catalogue *catalogue);

#endif
