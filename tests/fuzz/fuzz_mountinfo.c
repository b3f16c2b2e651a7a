/* Lines of /proc/self/mountinfo, where paths are whatever somebody has mounted on: what lies below the old root. */
#include "fuzz.h"

#include "root/shutdown.c" /* NOLINT */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = fuzz_text(data, size);
    char *path = mount_point(line);

    require(!path || (path >= line && !strncmp(path, OLD_ROOT, strlen(OLD_ROOT)) && strlen(path) <= size));
    free(line);
    return 0;
}
