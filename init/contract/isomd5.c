#include "contract/isomd5.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contract/bytes.h"

#define SECTOR 2048u
#define VOLUME_SIZE 80 /* ECMA-119, 8.4.8: in sectors */

/* Where the value of a key begins; NULL when it is not there. */
static const char *value_of(const char *text, const char *key)
{
    const char *found = strstr(text, key);

    return found ? found + strlen(key) : NULL;
}

int isomd5_parse(const uint8_t descriptor[ISO9660_DESCRIPTOR_SIZE], struct isomd5 *found)
{
    char text[ISOMD5_FIELD_SIZE + 1];
    const char *sum, *skip;
    unsigned long sectors, skipped;

    if (memcmp(descriptor + ISO9660_ID_OFFSET, ISO9660_ID, ISO9660_ID_SIZE) != 0)
        return -ENOENT;
    memcpy(text, descriptor + (ISOMD5_FIELD_OFFSET - ISO9660_DESCRIPTORS_OFFSET), ISOMD5_FIELD_SIZE);
    text[ISOMD5_FIELD_SIZE] = '\0';
    sum = value_of(text, "ISO MD5SUM = ");
    skip = value_of(text, "SKIPSECTORS = ");
    if (!sum || !skip)
        return -ENOENT;
    sectors = get_le32(descriptor + VOLUME_SIZE);
    skipped = strtoul(skip, NULL, 10);
    if (strspn(sum, "0123456789abcdef") != ISOMD5_TEXT_SIZE - 1 || skipped >= sectors)
        return -EINVAL;
    memcpy(found->sum, sum, ISOMD5_TEXT_SIZE - 1);
    found->sum[ISOMD5_TEXT_SIZE - 1] = '\0';
    found->size = (uint64_t)(sectors - skipped) * SECTOR;
    return found->size < ISOMD5_FIELD_OFFSET + ISOMD5_FIELD_SIZE ? -EINVAL : 0;
}
