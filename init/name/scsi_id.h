/*
 * What a disk says of itself in SCSI's pages of vital product data (SPC-4, 7.8), which the kernel reads from it and
 * keeps in sysfs, spelled as udev's scsi_id and ata_id do.
 */
#ifndef KINDLING_SCSI_ID_H
#define KINDLING_SCSI_ID_H

#include <stdbool.h>

#define SCSI_ID_SIZE 256u /* scsi_id's own limit */

/* The first character of a SCSI id that goes on with a World Wide Name. */
#define SCSI_ID_WORLD_WIDE '3'

struct ata_id {
    char model[41];
    char serial[21]; /* "" when there is none */
    char wwn[17];    /* the World Wide Name in hex, "" when there is none */
};

/* sysfs: its root's descriptor. directory: the SCSI device's, "devices/.../2:0:0:0". False when the disk tells nothing
 * that would do. */
bool scsi_id_find(int sysfs, const char *directory, char id[SCSI_ID_SIZE]);

/* False when it is no ATA disk, or the kernel is older than 5.5 and does not keep the page. */
bool ata_id_find(int sysfs, const char *directory, struct ata_id *id);

#endif
