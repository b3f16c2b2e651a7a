#include "predict/boot_firmware.h"

#include <stdlib.h>
#include <string.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "archive/image_path.h"
#include "base/allocate.h"
#include "kernel/modinfo.h"

/* Of the file that is compressed so, or by NULL is not. */
static enum boot_firmware firmware_in(
    struct simulated_boot *boot, const char *place, const struct compressor *compressor)
{
    char *path = allocate_format("%s%s", place, compressor ? compressor->suffix : "");
    const struct image_entry *file = image_path_find(boot->image, path);
    struct buffer bytes = {0};
    bool is_whole;

    free(path);
    if (!file)
        return BOOT_FIRMWARE_ABSENT;
    if (boot->is_trusted || !compressor)
        return BOOT_FIRMWARE_THERE;
    is_whole = boot->budget > 0 && compressor_suits_kernel(compressor, file->bytes.data, file->bytes.size)
               && image_archive_decompress(file->bytes.data, file->bytes.size, NULL, &bytes) == 0;
    boot->budget -= bytes.size < boot->budget ? bytes.size : boot->budget;
    buffer_free(&bytes);
    return is_whole ? BOOT_FIRMWARE_THERE : BOOT_FIRMWARE_UNREADABLE;
}

enum boot_firmware boot_firmware_find(struct simulated_boot *boot, const char *name)
{
    char *places[] = {allocate_format("/lib/firmware/updates/%s/%s", boot->release, name),
        allocate_format("/lib/firmware/updates/%s", name), allocate_format("/lib/firmware/%s/%s", boot->release, name),
        allocate_format("/lib/firmware/%s", name)};
    enum boot_firmware best = BOOT_FIRMWARE_ABSENT;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        /* Plain, or compressed in one way or another. The kernel goes on to the next when it cannot read one. */
        for (size_t k = 0; k <= COMPRESSOR_COUNT && best != BOOT_FIRMWARE_THERE; k++) {
            const struct compressor *compressor = k > 0 ? &compressors[k - 1] : NULL;
            enum boot_firmware found = !compressor || compressor->firmware_option
                                           ? firmware_in(boot, places[i], compressor)
                                           : BOOT_FIRMWARE_ABSENT;

            best = found > best ? found : best;
        }
        free(places[i]);
    }
    return best;
}

char *boot_firmware_missing(struct simulated_boot *boot, const char *name)
{
    struct string_list missing = {0};
    struct index_module module;
    struct modinfo info;
    struct buffer bytes = {0};
    const char *firmware;
    size_t position = 0;
    uint32_t number;
    char *list = NULL;

    if (!boot->is_trusted && index_find_module(&boot->index, name, &number) == 0
        && index_module(&boot->index, number, &module) == 0 && simulated_boot_read_module(boot, &module, &bytes)
        && modinfo_open(&info, bytes.data, bytes.size) == 0) {
        while ((firmware = modinfo_next(&info, "firmware", &position))) {
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
