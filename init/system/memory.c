#include "system/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "system/file.h"

bool memory_available(uint64_t *bytes)
{
    char text[4096];
    const char *line = NULL;

    if (file_read_text(AT_FDCWD, "/proc/meminfo", text, sizeof(text)) >= 0)
        line = strstr(text, "MemAvailable:");
    if (line)
        *bytes = strtoull(line + strlen("MemAvailable:"), NULL, 10) * 1024; /* it is in KiB */
    return line != NULL;
}
