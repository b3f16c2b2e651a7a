/* The parts of an image that tell /init, and `kindling ls`, about the others: index, left-out table, reasons. */
#ifndef KINDLING_IMAGE_INDEX_H
#define KINDLING_IMAGE_INDEX_H

#include "archive/image.h"
#include "archive/member.h"
#include "build/index_writer.h"
#include "build/selection.h"
#include "content/program_pack.h"

/* Why each entry is in the image: a gzip member of lines "NAME<TAB>REASON". Read by `kindling ls --why`. */
#define IMAGE_REASONS_PATH "/lib/kindling/reasons.gz"

struct image_index {
    const struct kernel_tree *tree;
    const struct selection *selection;
    const struct program_pack *programs;
    const struct member *members; /* the selection's in its order, then the programs' files in theirs */
    const char *const *paths;     /* in the image, of the same */
    struct index_setting_record *settings;
    size_t setting_count;
};

/* Appends the index of an image. Returns 0 or -errno as index_write. */
int image_index_write(const struct image_index *index, struct buffer *out);
/* Appends the table of those modules among left_out that are not selected. 0 or -errno as index_write. */
int image_index_write_left_out(const struct kernel_tree *tree, const struct selection *selection,
    const struct module_list *left_out, struct buffer *out);
/* Appends a line for each entry that has a reason. */
void image_index_write_reasons(const struct image *image, struct buffer *out);

#endif
