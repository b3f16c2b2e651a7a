/* A network block device of the kernel's, told by its netlink (linux/nbd-netlink.h): no process stays behind it. */
#ifndef KINDLING_NBD_DEVICE_H
#define KINDLING_NBD_DEVICE_H

#include "root/nbd_negotiation.h"

/* Makes /dev/nbdINDEX of the export behind the socket, which has been negotiated, and belongs to the kernel as well
 * from then on. Returns 0, or -errno: -ENOENT the kernel has no nbd, -EBUSY the device is in use. */
int nbd_device_connect(unsigned index, int socket, const struct nbd_export *export);

#endif
