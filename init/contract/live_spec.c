#include "contract/live_spec.h"

#include <string.h>

static bool starts_with(const char *text, const char *start)
{
    return !strncmp(text, start, strlen(start));
}

void live_spec_copy(char out[LIVE_SPEC_SIZE], const char *text, size_t length)
{
    if (length >= LIVE_SPEC_SIZE)
        length = 0;
    memcpy(out, text, length);
    out[length] = '\0';
}

void live_spec_set_device(char out[LIVE_SPEC_SIZE], const char *spec)
{
    live_spec_copy(out, spec, strlen(spec));
    if (starts_with(spec, "CDLABEL="))
        live_spec_copy(out, spec + strlen("CD"), strlen(spec + strlen("CD")));
}

static bool is_nested(const char *path)
{
    return starts_with(path, "/dev/mapper/") || starts_with(path, "/dev/md/") || starts_with(path, "/dev/cciss/");
}

size_t live_spec_device_length(const char *path)
{
    unsigned parts = starts_with(path, "/dev/disk/") ? 3 : is_nested(path) ? 2 : 1;
    size_t length = 0;

    if (!starts_with(path, "/dev/"))
        return 0;
    for (; path[length]; length++) {
        if (path[length] == '/' && length > 0 && parts-- == 0)
            return length;
    }
    return length;
}

bool live_spec_is_on_network(const char *spec)
{
    return starts_with(spec, "http:") || starts_with(spec, "https:") || starts_with(spec, "ftp:")
           || starts_with(spec, "tftp:") || starts_with(spec, "nfs:");
}
