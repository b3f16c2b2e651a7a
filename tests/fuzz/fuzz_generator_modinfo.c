/* A kernel module's .modinfo, whatever its headers say, or found without them; and what is made of that for depmod. */
#include "fuzz.h"

#include "kernel/modinfo.h"
#include "kernel/modinfo_beginning.h"
#include "kernel/module_summary.h"

static void read_all(const struct modinfo *info, size_t size)
{
    const char *value;
    size_t position = 0;

    while ((value = modinfo_next(info, "alias", &position)))
        require(strlen(value) < size);
    require(strlen(modinfo_get(info, "vermagic")) < size);
}

/* A summary is a module whose .modinfo is the same. */
static void sum_up(const struct modinfo *info)
{
    struct buffer summary = {0};
    struct modinfo again;

    if (module_summary_append(&summary, "kernel/a/module.ko.xz", info) == 0) {
        require(modinfo_open(&again, summary.data, summary.size) == 0);
        require(again.size == info->size && !memcmp(again.text, info->text, info->size));
    }
    buffer_free(&summary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_bytes(data, size);
    struct modinfo info;

    if (modinfo_open(&info, bytes, size) == 0)
        read_all(&info, size);
    if (modinfo_find_strings(bytes, size, &info)) {
        require(info.size > 0 && info.text[info.size - 1] == '\0');
        read_all(&info, size);
        sum_up(&info);
    }
    free(bytes);
    return 0;
}
