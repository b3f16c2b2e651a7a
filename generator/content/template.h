/* A skeleton tree that goes into an image as it is. */
#ifndef KINDLING_TEMPLATE_H
#define KINDLING_TEMPLATE_H

#include "archive/image.h"
#include "base/string_list.h"

/*
 * Adds all below directory: files, directories, symlinks and device nodes with their permissions, except that group
 * and others never may write (a umask is no part of a template) where no sticky bit says so. Fifos and sockets are
 * refused. A file "init" gives way to our own. Adds what was read to inputs. Logs. 0 or -errno.
 */
int template_add(struct image *image, const char *directory, struct string_list *inputs);

#endif
