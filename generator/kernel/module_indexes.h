/*
 * The indexes that depmod wrote into a directory: modules.dep and its kin. libkmod believes what they say, so that they
 * are looked through before it sees them.
 */
#ifndef KINDLING_MODULE_INDEXES_H
#define KINDLING_MODULE_INDEXES_H

#include <stdbool.h>

#include "base/string_list.h"

/* True when all are there that libkmod needs. */
bool module_indexes_exist(const char *directory);
/* Appends the lines of modules.dep, "PATH: DEPENDENCIES", from its index. release: for the message. Logs. 0, -EBADMSG
 * when an index is damaged or two of them do not agree, or another -errno. */
int module_indexes_read(const char *directory, const char *release, struct string_list *dependencies);
/* Adds the files that there are. */
void module_indexes_add_inputs(const char *directory, struct string_list *inputs);

#endif
