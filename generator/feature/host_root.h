/* Whether an image could open what the machine of a sysroot boots from: the old image is worth more than one that does
 * not. */
#ifndef KINDLING_HOST_ROOT_H
#define KINDLING_HOST_ROOT_H

#include "base/string_list.h"

/* Adds the features that open what root, /usr, resume= and such lines of /etc/crypttab lie on, whether there are any of
 * that name or not. */
void host_root_features(const char *sysroot, struct string_list *features);

/* Refuses, with a sentence, when root, /usr, resume= or a line of /etc/crypttab lies on a stack that no feature of the
 * image opens. What is not known of the machine, as in a container, is no hindrance. 0 or -ENOTSUP. */
int host_root_check(const char *sysroot, const struct string_list *features);

#endif
