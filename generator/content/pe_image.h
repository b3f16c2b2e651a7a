/* A PE file, as far as one needs to know to add sections to it, and whether it is signed (Microsoft's "PE Format"). */
#ifndef KINDLING_PE_IMAGE_H
#define KINDLING_PE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pe_image {
    uint16_t machine;   /* IMAGE_FILE_MACHINE_* (architecture.h has them) */
    uint64_t end;       /* where a further section may begin in memory, with the image's base */
    uint64_t alignment; /* of sections in memory; a page at least, as loaders want it */
    size_t time;        /* where the file has the time of its making, and its checksum, four bytes each */
    size_t checksum;
    bool is_signed; /* by whomever: nothing is verified */
};

/* Pure: 0, or -EINVAL for what is no such file of 64 bits, or is cut off. */
int pe_image_parse(const uint8_t *bytes, size_t size, struct pe_image *image);
/* The same of a file. Logs. */
int pe_image_read(const char *path, struct pe_image *image);

#endif
