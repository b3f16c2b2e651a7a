/* A swap space's header at any offset: whose mark it bears. */
#include "fuzz.h"

#include "contract/bytes.h"

/* Files of the tree are read through the page cache. */
#undef O_DIRECT
#define O_DIRECT 0
#include "root/resume.c" /* NOLINT */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct block_device device = {0};

    if (size < 8)
        return 0;
    fuzz_write("/swap", (struct fuzz_input){data + 8, size - 8});
    require(text_join(device.path, sizeof(device.path), fuzz_tree(), "/swap", NULL) == 0);
    require(read_mark(&device, get_le64(data)) <= MARK_OTHER);
    require(read_mark(&device, 0) == MARK_NONE || size - 8 >= SMALLEST_PAGE);
    return 0;
}
