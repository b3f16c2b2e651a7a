/* The first bytes of the target's init, an ELF file or a script: what its interpreter is. */
#include "fuzz.h"

#include <sys/mman.h>

/* What it has to itself is what reads the bytes. */
#include "root/target_init.c" /* NOLINT */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char interpreter[INIT_PATH_SIZE];
    int fd = memfd_create("init", MFD_CLOEXEC);

    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    if (find_interpreter(fd, interpreter) == 0)
        require(strnlen(interpreter, sizeof(interpreter)) < sizeof(interpreter));
    close(fd);
    return 0;
}
