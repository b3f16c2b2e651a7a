#include "archive/xz_reader.h"

#include <errno.h>
#include <stdint.h>

int xz_reader_open(struct xz_reader *reader, const void *bytes, size_t size)
{
    *reader = (struct xz_reader){.lzma = LZMA_STREAM_INIT};
    reader->lzma.next_in = bytes;
    reader->lzma.avail_in = size;
    return lzma_stream_decoder(&reader->lzma, UINT64_MAX, LZMA_CONCATENATED) == LZMA_OK ? 0 : -ENOMEM;
}

int xz_reader_read(struct xz_reader *reader, size_t size, struct buffer *out)
{
    lzma_ret status = LZMA_OK;

    buffer_reserve(out, size);
    reader->lzma.next_out = out->data + out->size;
    reader->lzma.avail_out = size;
    while (status == LZMA_OK && reader->lzma.avail_out > 0)
        status = lzma_code(&reader->lzma, LZMA_FINISH);
    out->size += size - reader->lzma.avail_out;
    reader->is_at_end = status == LZMA_STREAM_END;
    return status == LZMA_OK || status == LZMA_STREAM_END ? 0 : -EBADMSG;
}

void xz_reader_close(struct xz_reader *reader)
{
    lzma_end(&reader->lzma);
}
