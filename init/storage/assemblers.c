#include "storage/btrfs.h"
#include "storage/crypt.h"
#include "storage/lvm.h"
#include "storage/md.h"
#include "storage/storage.h"

const struct assembler *const storage_assemblers[] = {
    &md_assembler, &crypt_assembler, &crypt_bitlocker_assembler, &btrfs_assembler, &lvm_assembler, NULL};
