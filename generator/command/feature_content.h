/* What a feature brings into an image for one kernel. */
#ifndef KINDLING_FEATURE_CONTENT_H
#define KINDLING_FEATURE_CONTENT_H

#include <stdio.h>

#include "base/json_output.h"
#include "build/selection.h"
#include "content/program.h"

struct feature_content {
    const char *name; /* borrowed */
    struct feature feature;
    struct wanted wanted; /* what it and the features that it includes say */
    struct selection selection;
    struct string_list built_in; /* what it names and the kernel has built in */
    struct string_list absent;   /* what it names and the kernel has not */
    struct string_list programs; /* where each lies in the image */
    struct string_list sources;  /* where each lies in the sysroot, "" when none of its candidates does */
};

/* sysroot: where programs are looked for. Logs. 0 or -errno; feature_content_free in both cases. */
int feature_content_read(struct feature_content *content, struct catalogue *catalogue, const char *name,
    const struct kernel_tree *tree, const char *sysroot);
void feature_content_print(const struct feature_content *content);
json_t *feature_content_as_json(const struct feature_content *content);
void feature_content_free(struct feature_content *content);

#endif
