/* /etc/ld.so.conf and a file that it may include: the directories are paths in the sysroot, and reading ends. */
#include "fuzz.h"

#include "content/library.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct library_places places;

    fuzz_write("/etc/ld.so.conf", fuzz_part(&input));
    fuzz_write("/etc/ld.so.conf.d/one.conf", fuzz_part(&input));
    fuzz_write("/usr/lib/empty", (struct fuzz_input){data, 0});
    library_places_open(&places, fuzz_tree());
    for (size_t i = 0; i < places.configured.count; i++)
        require(*places.configured.items[i] == '/');
    library_places_free(&places);
    return 0;
}
