/* Where process 1 and what it starts speak. */
#ifndef KINDLING_CONSOLE_H
#define KINDLING_CONSOLE_H

#include <stdbool.h>

#include "boot.h"

/* Opens /dev/console, or /dev/null when there is none, as descriptors 0, 1 and 2. False for /dev/null. */
bool console_take(void);

/* Takes the console that was not there yet, if it has come since. */
void console_look(struct boot *boot);

#endif
