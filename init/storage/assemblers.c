#include "storage/btrfs.h"
#include "storage/luks.h"
#include "storage/lvm.h"
#include "storage/md.h"
#include "storage/storage.h"

const struct assembler *const storage_assemblers[] = {
    &md_assembler, &luks_assembler, &btrfs_assembler, &lvm_assembler, NULL};
