/* What e2fsck says of how far it is: never more than all. */
#include "fuzz.h"

#include "root/fsck_run.c" /* NOLINT */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = fuzz_text(data, size);

    require(percent_done(line) <= 100);
    free(line);
    return 0;
}
