#include "contract/live_spec.h"

#include <string.h>

#include "contract/prefix.h"

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
    if (begins_with(spec, "CDLABEL="))
        live_spec_copy(out, spec + strlen("CD"), strlen(spec + strlen("CD")));
}

size_t live_spec_device_length(const char *path)
{
    bool is_nested =
        begins_with(path, "/dev/mapper/") || begins_with(path, "/dev/md/") || begins_with(path, "/dev/cciss/");
    unsigned parts = begins_with(path, "/dev/disk/") ? 3 : is_nested ? 2 : 1;
    size_t length = 0;

    if (!begins_with(path, "/dev/"))
        return 0;
    for (; path[length]; length++) {
        if (path[length] == '/' && length > 0 && parts-- == 0)
            return length;
    }
    return length;
}

bool live_spec_is_on_network(const char *spec)
{
    return begins_with(spec, "http:") || begins_with(spec, "https:") || begins_with(spec, "ftp:")
           || begins_with(spec, "tftp:") || begins_with(spec, "nfs:");
}
