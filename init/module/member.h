/*
 * Members of the image that lie compressed until this boot wants them: modules and tools.
 */
#ifndef KINDLING_MEMBER_H
#define KINDLING_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include "contract/index.h"

/* Inflates the gzip member at path, which the index says has size bytes. *bytes stays ours and is overwritten by
 * the next call. Returns 0 or -errno: -EILSEQ when the member is damaged. */
int member_inflate(const char *path, uint32_t size, const void **bytes);

/* The same for a file that the index does not know: the size is the one that the gzip stream ends with. */
int member_inflate_file(const char *path, const void **bytes, size_t *size);

/* Gives the memory of the last member back. */
void member_release(void);

/* Makes the program that is wanted at a path ("/sbin/e2fsck") runnable there. Returns 0, -ENOENT when this image
 * has no such program, or -errno. */
int member_unpack_tool(const struct index *index, const char *wanted_at);

#endif
