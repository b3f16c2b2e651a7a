#include "storage/btrfs.h"
#include "storage/storage.h"

const struct assembler *const storage_assemblers[] = {&btrfs_assembler, NULL};
