/*
 * What implantisomd5(1) writes into an ISO image, for checkisomd5 and dracut's rd.live.check: in the field of the
 * primary volume descriptor that is for applications, "ISO MD5SUM = ...;SKIPSECTORS = ...;". The sum is over the image
 * without its last sectors, and with blanks in that field.
 */
#ifndef KINDLING_ISOMD5_H
#define KINDLING_ISOMD5_H

#include <stdint.h>

#include "contract/iso9660.h"

#define ISOMD5_FIELD_OFFSET (ISO9660_DESCRIPTORS_OFFSET + 883u)
#define ISOMD5_FIELD_SIZE 512u
#define ISOMD5_TEXT_SIZE 33u

struct isomd5 {
    char sum[ISOMD5_TEXT_SIZE];
    uint64_t size; /* of the bytes that it is over, from the image's beginning */
};

/* descriptor: the primary one. Pure: 0, -ENOENT when there is none, -EINVAL for one that makes no sense. */
int isomd5_parse(const uint8_t descriptor[ISO9660_DESCRIPTOR_SIZE], struct isomd5 *found);

#endif
