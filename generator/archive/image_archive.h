/* Reads images with libarchive; image_write.h writes them. These functions log. All return 0 or -errno. */
#ifndef KINDLING_IMAGE_ARCHIVE_H
#define KINDLING_IMAGE_ARCHIVE_H

#include "archive/compressor.h"
#include "archive/image.h"

/* Bytes; what somebody else wrote may be made to inflate to no end. */
#define IMAGE_ARCHIVE_INFLATED_MAXIMUM (1u << 30)

/*
 * Appends the entries of an initramfs: archives one behind the other, each plain or compressed by whatever the kernel
 * may know; a compressed one holds archives and nothing compressed. Hard links become files of their own. What follows
 * the last archive and is none (a boot configuration, say) is reported and left alone.
 */
int image_archive_read(const char *path, struct image *image);
/* The same for an image in memory; name is for the messages. */
int image_archive_read_bytes(const uint8_t *bytes, size_t size, const char *name, struct image *image);

/* How a file lies compressed on its own: by its name, as /init goes by it, and by its first bytes. NULL: it does not.
 */
const struct compressor *image_archive_compressor(const struct image_entry *entry);
/* Appends what compressed bytes hold; name is for the messages, of which there is none when it is NULL. */
int image_archive_decompress(const void *bytes, size_t size, const char *name, struct buffer *out);
/* Appends a file's bytes, decompressed if its name says that it is compressed. */
int image_archive_read_file(const char *path, struct buffer *out);

#endif
