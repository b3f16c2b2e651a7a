/* What an NVMe discovery controller says: no name of it may say more to the kernel than a name. */
#include "fuzz.h"

#include "root/nvme_discovery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *log = fuzz_bytes(data, size);
    struct nvme_discovered found;
    size_t at = 0;

    while (nvme_discovery_next(log, size, &at, &found)) {
        require(*found.nqn && *found.port && *found.address);
        require(!strpbrk(found.nqn, ", \n") && !strpbrk(found.port, ", \n") && !strpbrk(found.address, ", \n"));
    }
    free(log);
    return 0;
}
