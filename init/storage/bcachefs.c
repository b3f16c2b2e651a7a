#include "storage/bcachefs.h"

#include "system/text.h"

/* Of several devices the kernel wants the names of all as what is mounted, with colons, which nothing here writes. */
static int assemble(struct storage *storage, struct block_device *device, bool degraded)
{
    (void)storage;
    (void)degraded;
    return device->superblock.device_count <= 1;
}

static void explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    char all[DECIMAL_SIZE];

    (void)storage;
    (void)text_join(sentence, LOG_MESSAGE_SIZE, device->path, " is one of the ",
        text_decimal(device->superblock.device_count, all),
        " devices of a bcachefs, and kindling mounts only one that lies on a single device", NULL);
}

const struct assembler bcachefs_assembler = {
    .type = "bcachefs", .module = "fs-bcachefs", .assemble = assemble, .explain = explain};
