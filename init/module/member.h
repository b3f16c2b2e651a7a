/*
 * Members of the image that lie compressed until this boot wants them: modules, and the files of programs.
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

#endif
