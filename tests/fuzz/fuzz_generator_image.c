/* Images from anywhere, as `kindling ls`, `extract` and `diff` read them: whatever the bytes are, they are read or
 * refused, and what was read is whole. */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "archive/image_archive.h"
#include "base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In the place of the generator's own: a million messages would only cost time. */
void log_say(enum log_kind kind, const char *format, ...)
{
    (void)kind, (void)format;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image image = {0};
    size_t length = 0;

    if (image_archive_read_bytes(data, size, "input", &image) == 0) {
        for (size_t i = 0; i < image.count; i++) {
            length += strlen(image.entries[i]->name) + image.entries[i]->bytes.size;
            (void)image_find(&image, image.entries[i]->name);
        }
        image_arrange(&image);
    }
    image_free(&image);
    return length > SIZE_MAX / 2;
}
