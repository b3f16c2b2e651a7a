#include "kernel/vmlinuz.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "archive/image_archive.h"
#include "base/allocate.h"
#include "contract/bytes.h"

#define MAGIC_OFFSET 0x202u
#define MAGIC "HdrS"
#define PROTOCOL_OFFSET 0x206u
#define PROTOCOL_WITH_VERSION 0x200u
#define VERSION_OFFSET 0x20eu /* of the text, less the boot sector's length */
#define BOOT_SECTOR_SIZE 0x200u
#define HEADER_END 0x210u

/* An Image begins alike on all processors that have one; its magic number tells whose it is. */
#define IMAGE_MAGIC_OFFSET 0x38u
#define IMAGE_MAGIC_LENGTH 4u
#define IMAGE_HEADER_END 0x40u
static const struct {
    char magic[IMAGE_MAGIC_LENGTH + 1];
    uint16_t machine;
} image_kinds[] = {{"ARM\x64", EM_AARCH64}, {"RSC\x05", EM_RISCV}};
#define BANNER "Linux version "

/* drivers/firmware/efi/libstub/zboot-header.S */
#define ZBOOT_MAGIC_OFFSET 4u
#define ZBOOT_MAGIC "zimg"
#define ZBOOT_PAYLOAD_OFFSET 8u
#define ZBOOT_SIZE_OFFSET 12u
#define ZBOOT_HEADER_END 0x40u

#define RELEASE_MAXIMUM 64u /* __NEW_UTS_LEN */

/* The first word of a text that begins somewhere, as a new string; NULL when it is none. */
static char *word_at(const uint8_t *bytes, size_t size, size_t start)
{
    const char *text = (const char *)bytes;
    size_t length = 0;

    while (start + length < size && text[start + length] > ' ' && text[start + length] < 0x7f)
        length++;
    return length > 0 && length <= RELEASE_MAXIMUM ? allocate_text(text + start, length) : NULL;
}

/* "6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP ...": its first word. */
static char *release_of_x86(const uint8_t *bytes, size_t size)
{
    if (size < HEADER_END || memcmp(bytes + MAGIC_OFFSET, MAGIC, strlen(MAGIC)) != 0
        || get_le16(bytes + PROTOCOL_OFFSET) < PROTOCOL_WITH_VERSION || get_le16(bytes + VERSION_OFFSET) == 0)
        return NULL;
    return word_at(bytes, size, get_le16(bytes + VERSION_OFFSET) + BOOT_SECTOR_SIZE);
}

/* e_machine of the kind of processor that an Image is for; EM_NONE for what is no Image. */
static uint16_t machine_of_image(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; size >= IMAGE_HEADER_END && i < sizeof(image_kinds) / sizeof(image_kinds[0]); i++) {
        if (!memcmp(bytes + IMAGE_MAGIC_OFFSET, image_kinds[i].magic, IMAGE_MAGIC_LENGTH))
            return image_kinds[i].machine;
    }
    return EM_NONE;
}

/* "Linux version 6.1.0-57-arm64 (debian-kernel@lists.debian.org) ...". Among the kernel's formats there is one that
 * begins alike. */
static void read_image(struct vmlinuz *kernel, const uint8_t *bytes, size_t size)
{
    const uint8_t *at = bytes;
    const uint8_t *end;

    kernel->machine = machine_of_image(bytes, size);
    if (kernel->machine == EM_NONE)
        return;
    end = bytes + size;
    while (!kernel->release && (at = memmem(at, (size_t)(end - at), BANNER, strlen(BANNER)))) {
        at += strlen(BANNER);
        if (at < end && *at >= '0' && *at <= '9')
            kernel->release = word_at(bytes, size, (size_t)(at - bytes));
    }
}

/* What a compressed kernel inflates to. A file of x86 has an inflater of its own, and is none of these. */
static void inflate(const uint8_t *bytes, size_t size, struct buffer *inflated)
{
    if (size >= ZBOOT_HEADER_END && !memcmp(bytes + ZBOOT_MAGIC_OFFSET, ZBOOT_MAGIC, strlen(ZBOOT_MAGIC))) {
        size_t offset = get_le32(bytes + ZBOOT_PAYLOAD_OFFSET);
        size_t length = get_le32(bytes + ZBOOT_SIZE_OFFSET);

        if (offset > size || length > size - offset)
            return;
        bytes += offset;
        size = length;
    }
    if (compressor_of_stream(bytes, size))
        (void)image_archive_decompress(bytes, size, NULL, inflated);
}

int vmlinuz_read(struct vmlinuz *kernel, const uint8_t *bytes, size_t size)
{
    struct buffer inflated = {0};

    *kernel = (struct vmlinuz){.release = release_of_x86(bytes, size), .machine = EM_X86_64};
    if (kernel->release)
        return 0;
    read_image(kernel, bytes, size);
    if (!kernel->release) {
        inflate(bytes, size, &inflated);
        read_image(kernel, inflated.data, inflated.size);
        buffer_free(&inflated);
    }
    return kernel->release ? 0 : -ENOEXEC;
}
