#include "format/device_view.h"

#include <stdbool.h>

/* True when all of size bytes from offset on lie in the length bytes from start on. */
static bool is_within(uint64_t start, uint64_t length, uint64_t offset, uint64_t size)
{
    return offset >= start && offset - start <= length && size <= length - (offset - start);
}

const void *device_view_bytes(const struct device_view *view, uint64_t offset, uint64_t size)
{
    uint64_t tail_at = view->device_size - view->tail_size;

    if (is_within(0, view->head_size, offset, size))
        return view->head + offset;
    if (view->tail_size <= view->device_size && is_within(tail_at, view->tail_size, offset, size))
        return view->tail + (offset - tail_at);
    if (is_within(view->at.offset, view->at.size, offset, size))
        return view->more + (offset - view->at.offset);
    return NULL;
}

const void *device_view_want(const struct device_view *view, uint64_t offset, uint64_t size)
{
    const void *bytes = device_view_bytes(view, offset, size);

    if (!bytes && view->wanted && view->wanted->size == 0 && size <= DEVICE_VIEW_MORE_MAX
        && is_within(0, view->device_size, offset, size))
        *view->wanted = (struct device_range){offset, size};
    return bytes;
}
