/* An NBD server that says whatever it likes, and then ends the connection. */
#include "fuzz.h"

#include <sys/socket.h>

#include "root/nbd_negotiation.h"

#define WHAT_A_SOCKET_HOLDS 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nbd_export export;
    int ends[2], result;

    require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    if (size > WHAT_A_SOCKET_HOLDS)
        size = WHAT_A_SOCKET_HOLDS;
    require(write(ends[1], data, size) == (ssize_t)size && shutdown(ends[1], SHUT_WR) == 0);
    result = nbd_negotiate(ends[0], size % 2 ? "root" : "", &export);
    require(result <= 0 && export.least_block >= 512 && (export.least_block & (export.least_block - 1)) == 0);
    close(ends[0]);
    close(ends[1]);
    return 0;
}
