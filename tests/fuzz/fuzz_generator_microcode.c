/* Files of microcode, compressed ones too, and /proc/cpuinfo, which says whose they are. */
#include "fuzz.h"

#include "content/microcode.h"

static void add(enum microcode_choice choice)
{
    struct image image = {0};
    struct string_list inputs = {0};

    (void)microcode_add(&image, fuzz_tree(), choice, &inputs);
    image_free(&image);
    string_list_free(&inputs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};

    fuzz_write("/proc/cpuinfo", fuzz_part(&input));
    fuzz_write("/lib/firmware/intel-ucode/06-8e-0a", fuzz_part(&input));
    fuzz_write("/lib/firmware/amd-ucode/microcode_amd_fam17h.bin.xz", fuzz_part(&input));
    add(MICROCODE_HOST);
    add(MICROCODE_ALL);
    return 0;
}
