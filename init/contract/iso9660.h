/* Where an ISO 9660 image says that it is one: ECMA-119, 6.2.1 and 8.1. */
#ifndef KINDLING_CONTRACT_ISO9660_H
#define KINDLING_CONTRACT_ISO9660_H

#define ISO9660_DESCRIPTORS_OFFSET 32768u /* of the volume descriptors, the primary one in front; bytes */
#define ISO9660_DESCRIPTOR_SIZE 2048u
#define ISO9660_ID_OFFSET 1u /* in each descriptor, behind its type */
#define ISO9660_ID "CD001"
#define ISO9660_ID_SIZE 5u

#endif
