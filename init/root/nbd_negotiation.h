/*
 * What an NBD server and its client say to each other before the first block is read: the fixed newstyle negotiation
 * (https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md).
 */
#ifndef KINDLING_NBD_NEGOTIATION_H
#define KINDLING_NBD_NEGOTIATION_H

#include <stdint.h>

#define NBD_EXPORT_LONGEST 4096u /* bytes of a string, by the protocol */

struct nbd_export {
    uint64_t size;        /* bytes */
    uint32_t least_block; /* bytes that it may be read in: a power of two */
    uint16_t flags;       /* the protocol's NBD_FLAG_* */
};

/*
 * Speaks to the server behind the socket until it has given the export of that name, "" for its default, and the next
 * byte belongs to the first request. Blocks as the socket does; nothing is called but read(2) and write(2). Returns 0,
 * or -errno: -EPROTO no NBD server, or it speaks nonsense; -EPROTONOSUPPORT it speaks the old style only, or wants TLS;
 * -ENOENT it has no such export; -EACCES it refuses; -ECONNRESET it ended the connection; or that of a call.
 */
int nbd_negotiate(int socket, const char *name, struct nbd_export *export);

#endif
