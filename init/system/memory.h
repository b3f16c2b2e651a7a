/* The machine's memory. */
#ifndef KINDLING_MEMORY_H
#define KINDLING_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* How many bytes programs can have without swapping, by the kernel's estimate (proc_meminfo(5), MemAvailable). false
 * when it does not tell. */
bool memory_available(uint64_t *bytes);

#endif
