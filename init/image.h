/*
 * The image that we run from: its index, mapped, once the seal has shown that the kernel unpacked all of it.
 */
#ifndef KINDLING_IMAGE_H
#define KINDLING_IMAGE_H

#include "index.h"

/* Maps the index and checks it against the seal. The mapping stays for the life of the process. Returns 0 or
 * -errno: -ENOENT no index, -ENODATA no seal (the unpacking stopped early), -EILSEQ the two do not belong together,
 * -EINVAL or -EPROTONOSUPPORT as index_attach. */
int image_open(struct index *index);

/* The sentence's second half for an error of image_open. */
const char *image_error(int error);

#endif
