/* Physical volumes of LVM: the logical volumes on them that the boot may want are activated by the host's lvm. */
#ifndef KINDLING_LVM_H
#define KINDLING_LVM_H

#include "storage/storage.h"

extern const struct assembler lvm_assembler;

#endif
