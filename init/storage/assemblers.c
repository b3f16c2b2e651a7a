#include "storage/bcache.h"
#include "storage/bcachefs.h"
#include "storage/btrfs.h"
#include "storage/crypt.h"
#include "storage/dmraid.h"
#include "storage/integrity.h"
#include "storage/lvm.h"
#include "storage/md.h"
#include "storage/multipath.h"
#include "storage/raid_container.h"
#include "storage/storage.h"
#include "storage/verity.h"
#include "storage/zfs.h"

const struct assembler *const storage_assemblers[] = {&multipath_assembler, &md_assembler, &isw_assembler,
    &ddf_assembler, &dmraid_assembler, &crypt_assembler, &btrfs_assembler, &verity_assembler, &integrity_assembler,
    &lvm_assembler, &bcache_assembler, &bcachefs_assembler, &zfs_assembler, NULL};
