/* The log page of an NVMe discovery controller (NVM Express over Fabrics 1.1, 5.4). Pure. */
#ifndef KINDLING_NVME_DISCOVERY_H
#define KINDLING_NVME_DISCOVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NVME_DISCOVERY_LOG_SIZE 16384u /* a head, and fifteen entries */
#define NVME_NAME_SIZE 224u            /* of an NQN, with its NUL */

struct nvme_discovered {
    char address[64];
    char port[8];
    char nqn[NVME_NAME_SIZE];
};

/* The next subsystem with disks that TCP leads to, at or behind entry *at, which begins as 0. An entry whose text might
 * say more to the kernel than a name and an address is passed over. False at the end. */
bool nvme_discovery_next(const uint8_t *log, size_t size, size_t *at, struct nvme_discovered *found);

#endif
