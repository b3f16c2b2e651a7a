#include "root/nbd_device.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/nbd-netlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/waits.h"

#define LARGEST_BLOCK 4096u /* the kernel takes no larger one than a page */

/* A message of generic netlink (Documentation/userspace-api/netlink/intro.rst). Ours are short and of known size. */
struct message {
    struct nlmsghdr header;
    struct genlmsghdr generic;
    uint8_t attributes[232];
};

static void begin(struct message *message, uint16_t family, uint8_t command, uint16_t flags)
{
    memset(message, 0, sizeof(*message));
    message->header.nlmsg_type = family;
    message->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    message->header.nlmsg_len = offsetof(struct message, attributes);
    message->generic.cmd = command;
    message->generic.version = 1;
}

static struct nlattr *add(struct message *message, uint16_t type, const void *value, size_t size)
{
    struct nlattr *attribute = (struct nlattr *)((uint8_t *)message + message->header.nlmsg_len);

    attribute->nla_type = type;
    attribute->nla_len = (uint16_t)(NLA_HDRLEN + size);
    memcpy(attribute + 1, value, size);
    message->header.nlmsg_len += (uint32_t)NLA_ALIGN(NLA_HDRLEN + size);
    return attribute;
}

static void add_u64(struct message *message, uint16_t type, uint64_t value)
{
    (void)add(message, type, &value, sizeof(value));
}

/* A list of one socket. */
static void add_socket(struct message *message, uint32_t fd)
{
    struct nlattr list[2] = {{.nla_len = 2 * NLA_HDRLEN + sizeof(fd), .nla_type = NBD_SOCK_ITEM | NLA_F_NESTED},
        {.nla_len = NLA_HDRLEN + sizeof(fd), .nla_type = NBD_SOCK_FD}};
    uint8_t bytes[sizeof(list) + sizeof(fd)];

    memcpy(bytes, list, sizeof(list));
    memcpy(bytes + sizeof(list), &fd, sizeof(fd));
    (void)add(message, NBD_ATTR_SOCKETS | NLA_F_NESTED, bytes, sizeof(bytes));
}

/* Sends it, and has the kernel's first answer in its place. Returns 0, or the -errno of its refusal. */
static int ask(int netlink, struct message *message)
{
    ssize_t length;

    if (send(netlink, message, message->header.nlmsg_len, 0) < 0)
        return -errno;
    length = recv(netlink, message, sizeof(*message), 0);
    if (length < 0)
        return -errno;
    if ((size_t)length < NLMSG_LENGTH(sizeof(struct nlmsgerr)) && message->header.nlmsg_type == NLMSG_ERROR)
        return -EPROTO;
    if (message->header.nlmsg_type == NLMSG_ERROR) {
        struct nlmsgerr error;

        memcpy(&error, NLMSG_DATA(&message->header), sizeof(error));
        return error.error;
    }
    message->header.nlmsg_len = (uint32_t)length; /* which is what was received, whatever else it says */
    return 0;
}

/* The number that the kernel has given to its nbd. */
static int find_family(int netlink, uint16_t *family)
{
    struct message message;
    int result;

    begin(&message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0); /* no more than one answer */
    (void)add(&message, CTRL_ATTR_FAMILY_NAME, NBD_GENL_FAMILY_NAME, sizeof(NBD_GENL_FAMILY_NAME));
    result = ask(netlink, &message);
    if (result < 0)
        return result;
    for (size_t at = offsetof(struct message, attributes); at + NLA_HDRLEN <= message.header.nlmsg_len;) {
        struct nlattr attribute;

        memcpy(&attribute, (uint8_t *)&message + at, sizeof(attribute));
        if (attribute.nla_type == CTRL_ATTR_FAMILY_ID
            && at + NLA_HDRLEN + sizeof(*family) <= message.header.nlmsg_len) {
            memcpy(family, (uint8_t *)&message + at + NLA_HDRLEN, sizeof(*family));
            return 0;
        }
        if (attribute.nla_len < NLA_HDRLEN)
            break;
        at += NLA_ALIGN(attribute.nla_len);
    }
    return -EPROTO;
}

int nbd_device_connect(unsigned index, int socket_fd, const struct nbd_export *export)
{
    uint32_t number = index;
    struct message message;
    uint16_t family;
    int netlink, result;

    if (export->least_block > LARGEST_BLOCK)
        return -EOPNOTSUPP;
    netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    if (netlink < 0)
        return -errno;
    result = find_family(netlink, &family);
    if (result == 0) {
        begin(&message, family, NBD_CMD_CONNECT, NLM_F_ACK);
        (void)add(&message, NBD_ATTR_INDEX, &number, sizeof(number));
        add_u64(&message, NBD_ATTR_SIZE_BYTES, export->size);
        add_u64(&message, NBD_ATTR_BLOCK_SIZE_BYTES, export->least_block);
        add_u64(&message, NBD_ATTR_SERVER_FLAGS, export->flags);
        add_u64(&message, NBD_ATTR_TIMEOUT, WAIT_NBD_REQUEST_SECONDS);
        add_u64(&message, NBD_ATTR_DEAD_CONN_TIMEOUT, WAIT_NBD_REQUEST_SECONDS);
        add_socket(&message, (uint32_t)socket_fd);
        result = ask(netlink, &message);
    }
    close(netlink);
    return result;
}
