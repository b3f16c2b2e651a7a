/* The headers of an EFI program. */
#include <stdint.h>
#include <stdlib.h>

#include "content/pe_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pe_image image;

    if (pe_image_parse(data, size, &image) == 0 && image.alignment == 0)
        abort();
    return 0;
}
