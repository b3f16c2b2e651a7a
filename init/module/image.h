/*
 * The image that we run from: its index, mapped, once the seal has shown that the kernel unpacked all of it, and as it
 * was.
 */
#ifndef KINDLING_IMAGE_H
#define KINDLING_IMAGE_H

#include <stdbool.h>

#include "contract/index.h"

/* Maps the index and checks it, and /init when with_init is set, against the seal. The mapping stays for the life of
 * the process. Returns 0 or -errno: -ENOENT no index, -ENODATA no seal (the unpacking stopped early), -EILSEQ the two
 * do not belong together, -ELIBBAD /init is not as it was packed, -EINVAL or -EPROTONOSUPPORT as index_attach. */
int image_open(struct index *index, bool with_init);

/* The sentence's second half for an error of image_open. */
const char *image_error(int error);

#endif
