/*
 * Where features and profiles lie: directories in order of precedence (the user's before our own), each laid out as
 * modules.d/NAME and modules.d/profiles/NAME, machines/NAME, filesystems/NAME. A file of a directory that comes first
 * hides its namesakes.
 */
#ifndef KINDLING_CATALOGUE_H
#define KINDLING_CATALOGUE_H

#include "feature/feature.h"

enum catalogue_kind { CATALOGUE_FEATURE, CATALOGUE_PROFILE, CATALOGUE_MACHINE, CATALOGUE_FILE_SYSTEM };

struct catalogue {
    struct string_list directories;
    struct string_list read; /* the files read so far, and the directories where one would have come first */
};

/* Reads one feature or profile. What is wrong with it is logged, with file and line. Returns 0 or -errno. */
int catalogue_read(struct catalogue *catalogue, enum catalogue_kind kind, const char *name, struct feature *feature);
/* The names of all of a kind, sorted. */
void catalogue_names(const struct catalogue *catalogue, enum catalogue_kind kind, struct string_list *names);
void catalogue_free(struct catalogue *catalogue);

#endif
