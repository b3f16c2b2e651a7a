/* From other generators' configuration to ours: what of it kindling.conf can say, and what it cannot. */
#ifndef KINDLING_IMPORT_H
#define KINDLING_IMPORT_H

#include "command/foreign_configuration.h"
#include "feature/catalogue.h"

#define IMPORT_FEATURE "imported" /* the feature of one's own that has what no key can say */

struct import_line {
    char *origin; /* "KEY, FILE:LINE" */
    char *key;    /* of kindling.conf */
    char *value;
};

struct import {
    const struct foreign_configuration *configuration; /* borrowed */
    struct string_list known;                          /* names of features */
    struct import_line *lines;
    size_t count;
    struct string_list cmdline;         /* words, for one line */
    struct string_list cmdline_origins; /* theirs */
    struct string_list feature;         /* lines of IMPORT_FEATURE */
    struct string_list lost;            /* sentences: what is not carried over, and why */
};

/* import_free after it. */
void import_make(
    struct import *import, const struct foreign_configuration *configuration, const struct catalogue *catalogue);
/* What kindling.conf shall say, as a new string; what is lost stands in its comments. */
char *import_text(const struct import *import);
/* The file of IMPORT_FEATURE, as a new string; NULL: there is none. */
char *import_feature_text(const struct import *import);
void import_free(struct import *import);

#endif
