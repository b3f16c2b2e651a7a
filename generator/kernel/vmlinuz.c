#include "kernel/vmlinuz.h"

#include <string.h>

#include "base/allocate.h"
#include "contract/bytes.h"

#define MAGIC_OFFSET 0x202u
#define MAGIC "HdrS"
#define PROTOCOL_OFFSET 0x206u
#define PROTOCOL_WITH_VERSION 0x200u
#define VERSION_OFFSET 0x20eu /* of the text, less the boot sector's length */
#define BOOT_SECTOR_SIZE 0x200u
#define HEADER_END 0x210u

/* "6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP ...": its first word. */
char *vmlinuz_release(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    size_t start;
    size_t length = 0;

    if (size < HEADER_END || memcmp(bytes + MAGIC_OFFSET, MAGIC, strlen(MAGIC)) != 0
        || get_le16(bytes + PROTOCOL_OFFSET) < PROTOCOL_WITH_VERSION || get_le16(bytes + VERSION_OFFSET) == 0)
        return NULL;
    start = get_le16(bytes + VERSION_OFFSET) + BOOT_SECTOR_SIZE;
    while (start + length < size && text[start + length] > ' ' && text[start + length] < 0x7f)
        length++;
    return length > 0 ? allocate_text(text + start, length) : NULL;
}
