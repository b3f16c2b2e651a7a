#include "content/pe_image.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "contract/bytes.h"

enum {
    OFFSET_OF_HEADER = 0x3c, /* in the DOS header */
    HEADER_SIZE = 24,        /* "PE\0\0" and the COFF header */
    MACHINE = 4,
    SECTION_COUNT = 6, /* in these */
    TIME = 8,
    OPTIONAL_SIZE = 20,
    IMAGE_BASE = 24, /* in the optional header of 64 bits */
    ALIGNMENT = 32,
    CHECKSUM = 64,
    OPTIONAL_LEAST = 68,
    DIRECTORY_COUNT = 108,
    CERTIFICATES = 144, /* the fifth directory: offset and size */
    CERTIFICATES_END = 152,
    SECTION_SIZE = 40, /* of a section's header */
    VIRTUAL_SIZE = 8,  /* in it */
    VIRTUAL_ADDRESS = 12,
};

#define PAGE 4096u
#define MAGIC_64_BIT 0x20b

int pe_image_parse(const uint8_t *bytes, size_t size, struct pe_image *image)
{
    uint64_t header, optional, sections, end = 0;
    unsigned count;

    if (size < OFFSET_OF_HEADER + 4 || memcmp(bytes, "MZ", 2) != 0)
        return -EINVAL;
    header = get_le32(bytes + OFFSET_OF_HEADER);
    optional = header + HEADER_SIZE;
    if (optional + OPTIONAL_LEAST > size || memcmp(bytes + header, "PE\0\0", 4) != 0
        || get_le16(bytes + optional) != MAGIC_64_BIT)
        return -EINVAL;
    count = get_le16(bytes + header + SECTION_COUNT);
    sections = optional + get_le16(bytes + header + OPTIONAL_SIZE);
    if (count == 0 || sections + (uint64_t)count * SECTION_SIZE > size)
        return -EINVAL;
    image->alignment = get_le32(bytes + optional + ALIGNMENT);
    if (image->alignment == 0 || (image->alignment & (image->alignment - 1)) != 0)
        return -EINVAL;
    if (image->alignment < PAGE)
        image->alignment = PAGE;
    image->is_signed =
        optional + CERTIFICATES_END <= sections && sections <= size && get_le32(bytes + optional + DIRECTORY_COUNT) > 4
        && get_le32(bytes + optional + CERTIFICATES) > 0 && get_le32(bytes + optional + CERTIFICATES + 4) > 0;
    image->machine = get_le16(bytes + header + MACHINE);
    image->time = header + TIME;
    image->checksum = optional + CHECKSUM;
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *section = bytes + sections + (uint64_t)i * SECTION_SIZE;
        uint64_t here = (uint64_t)get_le32(section + VIRTUAL_ADDRESS) + get_le32(section + VIRTUAL_SIZE);

        end = here > end ? here : end;
    }
    end = (end + image->alignment - 1) / image->alignment * image->alignment;
    image->end = end + get_le64(bytes + optional + IMAGE_BASE);
    return 0;
}

int pe_image_read(const char *path, struct pe_image *image)
{
    struct buffer bytes = {0};
    int result = file_read(path, &bytes);

    if (result < 0)
        log_error("cannot read %s: %s", path, strerror(-result));
    else if ((result = pe_image_parse(bytes.data, bytes.size, image)) < 0)
        log_error("%s is no EFI program of 64 bits", path);
    buffer_free(&bytes);
    return result;
}
