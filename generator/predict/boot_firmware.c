#include "predict/boot_firmware.h"

#include <stdlib.h>
#include <string.h>

#include "archive/compress_whole.h"
#include "archive/image_archive.h"
#include "archive/image_path.h"
#include "base/allocate.h"
#include "kernel/module_info.h"

static bool can_be_decompressed(struct simulated_boot *boot, const struct image_entry *file, const char *suffix)
{
    struct buffer bytes = {0};
    bool is_whole = boot->budget > 0 && (strcmp(suffix, ".xz") != 0 || compress_xz_is_for_kernel(&file->bytes))
                    && image_archive_decompress(file->bytes.data, file->bytes.size, NULL, &bytes) == 0;

    boot->budget -= bytes.size < boot->budget ? bytes.size : boot->budget;
    buffer_free(&bytes);
    return is_whole;
}

/* Of the file at this place, plain or compressed. The kernel goes on to the next one when it cannot read one. */
static enum boot_firmware firmware_at(struct simulated_boot *boot, const char *place)
{
    static const char *const suffixes[] = {"", ".xz", ".zst"};
    enum boot_firmware found = BOOT_FIRMWARE_ABSENT;

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]) && found != BOOT_FIRMWARE_THERE; i++) {
        char *path = allocate_format("%s%s", place, suffixes[i]);
        const struct image_entry *file = image_path_find(boot->image, path);

        if (file && (boot->is_trusted || !*suffixes[i] || can_be_decompressed(boot, file, suffixes[i])))
            found = BOOT_FIRMWARE_THERE;
        else if (file)
            found = BOOT_FIRMWARE_UNREADABLE;
        free(path);
    }
    return found;
}

enum boot_firmware boot_firmware_find(struct simulated_boot *boot, const char *name)
{
    char *places[] = {allocate_format("/lib/firmware/updates/%s/%s", boot->release, name),
        allocate_format("/lib/firmware/updates/%s", name), allocate_format("/lib/firmware/%s/%s", boot->release, name),
        allocate_format("/lib/firmware/%s", name)};
    enum boot_firmware best = BOOT_FIRMWARE_ABSENT;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        enum boot_firmware found = best == BOOT_FIRMWARE_THERE ? best : firmware_at(boot, places[i]);

        best = found > best ? found : best;
        free(places[i]);
    }
    return best;
}

char *boot_firmware_missing(struct simulated_boot *boot, const char *name)
{
    struct string_list missing = {0};
    struct index_module module;
    struct module_info info;
    struct buffer bytes = {0};
    const char *firmware;
    size_t position = 0;
    uint32_t number;
    char *list = NULL;

    if (!boot->is_trusted && index_find_module(&boot->index, name, &number) == 0
        && index_module(&boot->index, number, &module) == 0 && simulated_boot_read_module(boot, &module, &bytes)
        && module_info_open(&info, bytes.data, bytes.size) == 0) {
        while ((firmware = module_info_next(&info, "firmware", &position))) {
            if (boot_firmware_find(boot, firmware) == BOOT_FIRMWARE_ABSENT)
                string_list_add(&missing, firmware);
        }
    }
    if (missing.count > 0)
        list = string_list_join(&missing, ", ");
    string_list_free(&missing);
    buffer_free(&bytes);
    return list;
}
