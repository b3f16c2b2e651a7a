/* The first bytes of what an xz stream holds, for who may not need the rest: inflating takes longest of all there is.
 */
#ifndef KINDLING_XZ_READER_H
#define KINDLING_XZ_READER_H

#include <lzma.h>
#include <stdbool.h>

#include "base/buffer.h"

struct xz_reader {
    lzma_stream lzma;
    bool is_at_end; /* there is no more */
};

/* The bytes stay the caller's and must outlive the reader. xz_reader_close after 0. -ENOMEM. */
int xz_reader_open(struct xz_reader *reader, const void *bytes, size_t size);
/* Appends the next size bytes, less only at the end. 0; -EBADMSG: the stream is damaged, or cut off. */
int xz_reader_read(struct xz_reader *reader, size_t size, struct buffer *out);
void xz_reader_close(struct xz_reader *reader);

#endif
