#include "root/nbd_negotiation.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "contract/bytes.h"

#define MAGIC 0x4e42444d41474943u        /* "NBDMAGIC" */
#define OPTION_MAGIC 0x49484156454f5054u /* "IHAVEOPT" */
#define OLD_MAGIC 0x00420281861253u
#define REPLY_MAGIC 0x3e889045565a9u

#define FIXED_NEWSTYLE 1u
#define NO_ZEROES 2u
#define ZEROES 124u /* behind an export that was asked for the old way, unless both sides do without */

enum { OPTION_EXPORT_NAME = 1, OPTION_GO = 7 };
enum { INFO_EXPORT = 0, INFO_BLOCK_SIZE = 3 };

#define REPLY_ACK 1u
#define REPLY_INFO 3u
#define REPLY_UNSUPPORTED 0x80000001u
#define REPLY_POLICY 0x80000002u
#define REPLY_TLS_REQUIRED 0x80000005u
#define REPLY_UNKNOWN 0x80000006u

#define LONGEST_REPLY 65536u /* of data that is passed over: a message for people; more is nonsense */
#define MOST_REPLIES 64u
#define USUAL_BLOCK 512u
#define LARGEST_LEAST_BLOCK 65536u

static int receive(int socket, uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t length = read(socket, bytes, size);

        if (length == 0)
            return -ECONNRESET;
        if (length < 0 && errno != EINTR)
            return -errno;
        bytes += length > 0 ? length : 0;
        size -= length > 0 ? (size_t)length : 0;
    }
    return 0;
}

static int receive_and_drop(int socket, size_t size)
{
    uint8_t bytes[256];
    int result = 0;

    while (size > 0 && result == 0) {
        size_t part = size < sizeof(bytes) ? size : sizeof(bytes);

        result = receive(socket, bytes, part);
        size -= part;
    }
    return result;
}

static int transmit(int socket, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t length = write(socket, bytes, size);

        if (length < 0 && errno != EINTR)
            return -errno;
        bytes += length > 0 ? length : 0;
        size -= length > 0 ? (size_t)length : 0;
    }
    return 0;
}

/* *flags: what the server can. */
static int greet(int socket, uint16_t *flags)
{
    uint8_t greeting[18], answer[4];
    int result = receive(socket, greeting, 16);

    if (result < 0)
        return result;
    if (get_be64(greeting) != MAGIC)
        return -EPROTO;
    if (get_be64(greeting + 8) == OLD_MAGIC)
        return -EPROTONOSUPPORT;
    if (get_be64(greeting + 8) != OPTION_MAGIC)
        return -EPROTO;
    result = receive(socket, greeting + 16, 2);
    *flags = get_be16(greeting + 16) & (FIXED_NEWSTYLE | NO_ZEROES);
    if (result == 0 && !(*flags & FIXED_NEWSTYLE))
        return -EPROTONOSUPPORT;
    put_be32(answer, *flags);
    return result == 0 ? transmit(socket, answer, sizeof(answer)) : result;
}

/* The option's head and data in one segment. */
static int ask(int socket, uint32_t option, const uint8_t *data, size_t size)
{
    uint8_t message[16 + NBD_EXPORT_LONGEST + 8];

    put_be64(message, OPTION_MAGIC);
    put_be32(message + 8, option);
    put_be32(message + 12, (uint32_t)size);
    memcpy(message + 16, data, size);
    return transmit(socket, message, 16 + size);
}

static int refusal(uint32_t type)
{
    switch (type) {
    case REPLY_UNSUPPORTED:
        return -EOPNOTSUPP;
    case REPLY_UNKNOWN:
        return -ENOENT;
    case REPLY_TLS_REQUIRED:
        return -EPROTONOSUPPORT;
    default:
        return -EACCES;
    }
}

static void take_in(const uint8_t *info, size_t size, struct nbd_export *export, bool *has_size)
{
    uint32_t least;

    if (size >= 12 && get_be16(info) == INFO_EXPORT) {
        export->size = get_be64(info + 2);
        export->flags = get_be16(info + 10);
        *has_size = true;
    } else if (size >= 14 && get_be16(info) == INFO_BLOCK_SIZE) {
        least = get_be32(info + 2);
        if (least > USUAL_BLOCK && least <= LARGEST_LEAST_BLOCK && (least & (least - 1)) == 0)
            export->least_block = least;
    }
}

/* One reply to OPTION_GO. Returns 1 after the last one, 0 after another, or -errno: -EOPNOTSUPP when the server does
 * not know the option. */
static int hear(int socket, struct nbd_export *export, bool *has_size)
{
    uint8_t head[20], info[14];
    uint32_t type, size, taken;
    int result = receive(socket, head, sizeof(head));

    if (result < 0)
        return result;
    type = get_be32(head + 12);
    size = get_be32(head + 16);
    if (get_be64(head) != REPLY_MAGIC || get_be32(head + 8) != OPTION_GO || size > LONGEST_REPLY)
        return -EPROTO;
    taken = type == REPLY_INFO && size < sizeof(info) ? size : type == REPLY_INFO ? sizeof(info) : 0;
    result = receive(socket, info, taken);
    if (result == 0)
        result = receive_and_drop(socket, size - taken);
    if (result < 0)
        return result;
    if (type == REPLY_INFO)
        take_in(info, taken, export, has_size);
    else if (type == REPLY_ACK)
        return *has_size ? 1 : -EPROTO;
    else if (type & 0x80000000u)
        return refusal(type);
    return 0;
}

static int go(int socket, const char *name, struct nbd_export *export)
{
    uint8_t data[NBD_EXPORT_LONGEST + 8];
    size_t length = strlen(name);
    bool has_size = false;
    int result;

    put_be32(data, (uint32_t)length);
    memcpy(data + 4, name, length);
    put_be16(data + 4 + length, 1);
    put_be16(data + 6 + length, INFO_BLOCK_SIZE);
    result = ask(socket, OPTION_GO, data, length + 8);
    for (unsigned i = 0; i < MOST_REPLIES && result == 0; i++)
        result = hear(socket, export, &has_size);
    return result == 0 ? -EPROTO : result < 0 ? result : 0;
}

/* What servers before OPTION_GO know. One that has no such export ends the connection. */
static int take_by_name(int socket, const char *name, uint16_t flags, struct nbd_export *export)
{
    uint8_t answer[10] = {0};
    int result = ask(socket, OPTION_EXPORT_NAME, (const uint8_t *)name, strlen(name));

    if (result == 0)
        result = receive(socket, answer, sizeof(answer));
    if (result == -ECONNRESET)
        return -ENOENT;
    if (result == 0 && !(flags & NO_ZEROES))
        result = receive_and_drop(socket, ZEROES);
    if (result < 0)
        return result;
    export->size = get_be64(answer);
    export->flags = get_be16(answer + 8);
    return 0;
}

int nbd_negotiate(int socket, const char *name, struct nbd_export *export)
{
    uint16_t flags = 0;
    int result;

    *export = (struct nbd_export){.least_block = USUAL_BLOCK};
    if (strlen(name) > NBD_EXPORT_LONGEST)
        return -ENOENT;
    result = greet(socket, &flags);
    if (result == 0)
        result = go(socket, name, export);
    if (result == -EOPNOTSUPP)
        result = take_by_name(socket, name, flags, export);
    return result;
}
