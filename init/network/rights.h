/* What this program may do. */
#ifndef KINDLING_NETWORK_RIGHTS_H
#define KINDLING_NETWORK_RIGHTS_H

#include <stdint.h>

/* For good: from now on this process belongs to nobody, has no capabilities but those of the mask (bits 1 << CAP_...),
 * and starts no program. Where the kernel refuses that, the process ends. */
void rights_drop(uint64_t capabilities);

#endif
