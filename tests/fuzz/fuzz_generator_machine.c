/* A machine's description, and a sysfs that tells of this one. */
#include "fuzz.h"

#include "predict/machine.h"

static void describe(struct fuzz_input part)
{
    char *text = fuzz_text(part.data, part.size);
    struct machine machine = {0};
    struct feature feature;
    struct feature_error error;

    if (feature_parse(&feature, text, &error) == 0)
        machine_add_devices(&machine, &feature);
    for (size_t i = 0; i < machine.device_count; i++)
        require(*machine.devices[i].modalias);
    feature_free(&feature);
    machine_free(&machine);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_made;
    struct fuzz_input input = {data, size};
    struct machine machine;

    if (!is_made) {
        fuzz_link("/class/block/xda", "../../devices/root/disk/block/xda");
        fuzz_write("/devices/root/disk/block/xda/size", (struct fuzz_input){data, 0});
        fuzz_link("/devices/root/driver", "../../drivers/root");
        fuzz_link("/drivers/root/module", "../../module/root");
        fuzz_write("/module/root/refcnt", (struct fuzz_input){data, 0});
        require(setenv("KINDLING_SYSFS", fuzz_tree(), 1) == 0);
    }
    is_made = true;
    describe(fuzz_part(&input));
    fuzz_write("/devices/root/modalias", fuzz_part(&input));
    fuzz_write("/devices/root/disk/modalias", fuzz_part(&input));
    (void)machine_read_host(&machine, "/dev/xda");
    machine_free(&machine);
    return 0;
}
