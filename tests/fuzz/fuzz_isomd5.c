/* The field of an ISO image that holds its own checksum. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contract/isomd5.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t descriptor[ISO9660_DESCRIPTOR_SIZE] = "\1CD001\1";
    struct isomd5 found;

    /* The field first: all else of a descriptor matters little. */
    for (size_t i = 0; i < size && i < ISOMD5_FIELD_SIZE; i++)
        descriptor[ISOMD5_FIELD_OFFSET - ISO9660_DESCRIPTORS_OFFSET + i] = data[i];
    descriptor[81] = size > 0 ? data[size - 1] : 1;
    if (isomd5_parse(descriptor, &found) == 0 && strlen(found.sum) != ISOMD5_TEXT_SIZE - 1)
        abort();
    return 0;
}
