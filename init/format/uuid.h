/* The text form of 16-byte identifiers, lower case: 8-4-4-4-12 hex digits. */
#ifndef KINDLING_UUID_H
#define KINDLING_UUID_H

#include <stdint.h>

#define UUID_SIZE 16u
#define UUID_TEXT_SIZE 37u /* with the NUL */

/* RFC 9562: the bytes in their order. */
void uuid_format(const uint8_t *uuid, char text[UUID_TEXT_SIZE]);

/* GPT's mixed-endian form: the first three groups are little-endian (UEFI specification, appendix A). */
void uuid_format_guid(const uint8_t *guid, char text[UUID_TEXT_SIZE]);

#endif
