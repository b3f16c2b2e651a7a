#include "root/nvme_discovery.h"

#include <string.h>

#include "contract/bytes.h"

#define ENTRY_SIZE 1024u /* the head has the same */

enum { TRANSPORT = 0, SUBSYSTEM_TYPE = 2, PORT = 32, NQN = 256, ADDRESS = 512 };
enum { PORT_LENGTH = 32, NQN_LENGTH = 256, ADDRESS_LENGTH = 256 };
enum { TRANSPORT_TCP = 3, TYPE_NVM = 2 };

/* Text of a fixed field, padded with blanks or NULs; false where it is longer than the room, empty, or no plain name: a
 * comma ends a word of the line that the kernel reads. */
static bool take(const uint8_t *field, size_t length, char *out, size_t size)
{
    while (length > 0 && (field[length - 1] == ' ' || field[length - 1] == '\0'))
        length--;
    if (length == 0 || length >= size)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (field[i] <= ' ' || field[i] > '~' || field[i] == ',')
            return false;
    }
    memcpy(out, field, length);
    out[length] = '\0';
    return true;
}

bool nvme_discovery_next(const uint8_t *log, size_t size, size_t *at, struct nvme_discovered *found)
{
    uint64_t count = size >= ENTRY_SIZE ? get_le64(log + 8) : 0, room = size / ENTRY_SIZE;

    while (*at < count && *at + 1 < room) {
        const uint8_t *entry = log + (1 + (*at)++) * ENTRY_SIZE;

        if (entry[TRANSPORT] == TRANSPORT_TCP && entry[SUBSYSTEM_TYPE] == TYPE_NVM
            && take(entry + PORT, PORT_LENGTH, found->port, sizeof(found->port))
            && take(entry + NQN, NQN_LENGTH, found->nqn, sizeof(found->nqn))
            && take(entry + ADDRESS, ADDRESS_LENGTH, found->address, sizeof(found->address)))
            return true;
    }
    return false;
}
