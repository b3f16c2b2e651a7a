/* Images from anywhere, as `kindling check` walks them: whatever the bytes are, it comes to a sentence. */
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "archive/image_archive.h"
#include "base/allocate.h"
#include "base/log.h"
#include "contract/seal.h"
#include "predict/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In the place of the generator's own: a million messages would only cost time. */
void log_say(enum log_kind kind, const char *format, ...)
{
    (void)kind, (void)format;
}

/* A machine and a file system as the corpus's image has them. */
static char description[] = "device acpi:BUS0: bus\nrequire-firmware bus.bin\ndevice bus:d00000002v1\ndevice - bus\n";
static char needs[] = "need crypto-sum\nneed helper|nobody\n";

/* A changed index would end at its seal: it gets one that suits. */
static void reseal(const struct image *image)
{
    const struct image_entry *index = image_find(image, IMAGE_INDEX_PATH);
    const struct image_entry *seal = image_find(image, IMAGE_SEAL_PATH);
    const struct image_entry *init = image_find(image, IMAGE_INIT_PATH);

    if (!index || !seal || seal->bytes.size != SEAL_SIZE)
        return;
    seal_write(seal->bytes.data, (uint32_t)image->count, index->bytes.data, index->bytes.size,
        init ? init->bytes.data : NULL, init ? init->bytes.size : 0);
}

static void walk(const struct image *image, struct file_systems *file_systems, const struct machine *machine)
{
    struct root_spec root = {0};
    struct simulated_boot boot;
    struct chain chain = {0};
    char *why = NULL;

    if (simulated_boot_open(&boot, image, &why) == 0) {
        chain_walk(&chain, &boot, machine, &root, file_systems);
        chain_free(&chain);
        string_list_add(&root.types, "alpha");
        string_list_add(&root.needs[DISK_NEED_WRITABLE], "helper");
        boot.kernel = "1.0";
        chain_walk(&chain, &boot, machine, &root, file_systems);
        chain_free(&chain);
    }
    free(why);
    root_spec_free(&root);
    simulated_boot_free(&boot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image image = {0};
    struct machine machine = {0};
    struct feature feature;
    struct feature_error error;
    struct file_systems file_systems = {.count = 1};
    char *text = allocate_string(description);

    feature_parse(&feature, text, &error);
    machine_add_devices(&machine, &feature);
    feature_free(&feature);
    free(text);
    text = allocate_string(needs);
    file_systems.items = allocate(sizeof(*file_systems.items));
    file_systems.items[0].name = allocate_string("alpha");
    feature_parse(&file_systems.items[0].description, text, &error);
    free(text);
    if (image_archive_read_bytes(data, size, "input", &image) == 0) {
        walk(&image, &file_systems, &machine);
        reseal(&image);
        walk(&image, &file_systems, &machine);
    }
    image_free(&image);
    machine_free(&machine);
    file_systems_free(&file_systems);
    return 0;
}
