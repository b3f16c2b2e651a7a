#include "network/netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int netlink_open(uint32_t groups)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | (groups ? SOCK_NONBLOCK : 0), NETLINK_ROUTE);
    int result;

    if (fd < 0)
        return -errno;
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    result = -errno;
    close(fd);
    return result;
}

static void append(struct netlink_message *message, const void *bytes, size_t size)
{
    size_t padded = NLMSG_ALIGN(size);

    if (message->used + padded > sizeof(message->bytes)) {
        message->used = sizeof(message->bytes) + 1; /* as is every length from now on */
        return;
    }
    memset(message->bytes + message->used, 0, padded);
    if (size > 0)
        memcpy(message->bytes + message->used, bytes, size);
    message->used += padded;
}

void netlink_begin(struct netlink_message *message, uint16_t type, uint16_t flags, const void *family, size_t size)
{
    memset(message, 0, sizeof(*message));
    message->header =
        (struct nlmsghdr){.nlmsg_type = type, .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags)};
    message->used = NLMSG_HDRLEN;
    append(message, family, size);
}

void netlink_add(struct netlink_message *message, uint16_t type, const void *value, size_t size)
{
    struct rtattr attribute = {.rta_len = (uint16_t)RTA_LENGTH(size), .rta_type = type};

    append(message, &attribute, sizeof(attribute));
    append(message, value, size);
}

void netlink_add_u32(struct netlink_message *message, uint16_t type, uint32_t value)
{
    netlink_add(message, type, &value, sizeof(value));
}

size_t netlink_nest(struct netlink_message *message, uint16_t type)
{
    size_t nest = message->used;

    netlink_add(message, type, NULL, 0);
    return nest;
}

void netlink_end(struct netlink_message *message, size_t nest)
{
    struct rtattr attribute;

    if (message->used > sizeof(message->bytes))
        return;
    memcpy(&attribute, message->bytes + nest, sizeof(attribute));
    attribute.rta_len = (uint16_t)(message->used - nest);
    memcpy(message->bytes + nest, &attribute, sizeof(attribute));
}

/* Until the answer to our request comes. */
static int read_answer(int fd)
{
    uint8_t buffer[NETLINK_MESSAGE_SIZE * 4];
    const struct nlmsghdr *header = (const void *)buffer;
    ssize_t length;

    for (;;) {
        length = recv(fd, buffer, sizeof(buffer), 0);
        if (length < 0 && errno != EINTR)
            return -errno;
        if (length >= (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)) && header->nlmsg_type == NLMSG_ERROR)
            return ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
    }
}

int netlink_ask(struct netlink_message *message)
{
    int fd = netlink_open(0), result = 0;

    if (fd < 0)
        return fd;
    if (message->used > sizeof(message->bytes))
        result = -EMSGSIZE;
    message->header.nlmsg_len = (uint32_t)message->used;
    if (result == 0 && send(fd, message->bytes, message->used, 0) < 0)
        result = -errno;
    if (result == 0)
        result = read_answer(fd);
    close(fd);
    return result;
}

int netlink_dump(int fd, uint16_t type)
{
    struct {
        struct nlmsghdr header;
        struct rtgenmsg family;
    } request = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtgenmsg)),
                     .nlmsg_type = type,
                     .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}};

    return send(fd, &request, request.header.nlmsg_len, 0) < 0 ? -errno : 0;
}

ssize_t netlink_read(int fd, uint8_t buffer[NETLINK_BUFFER_SIZE])
{
    struct sockaddr_nl sender = {0};
    socklen_t size = sizeof(sender);
    ssize_t length = recvfrom(fd, buffer, NETLINK_BUFFER_SIZE, 0, (struct sockaddr *)&sender, &size);

    if (length < 0)
        return errno == EINTR ? 0 : -errno;
    return sender.nl_pid == 0 ? length : 0;
}

void netlink_attributes(
    const struct nlmsghdr *header, size_t family_size, const struct rtattr *attributes[], size_t count)
{
    size_t offset = NLMSG_SPACE(family_size), length = header->nlmsg_len;
    const struct rtattr *attribute;

    memset(attributes, 0, count * sizeof(void *));
    while (offset + sizeof(*attribute) <= length) {
        attribute = (const void *)((const uint8_t *)header + offset);
        if (attribute->rta_len < sizeof(*attribute) || attribute->rta_len > length - offset)
            return;
        if ((attribute->rta_type & NLA_TYPE_MASK) < count)
            attributes[attribute->rta_type & NLA_TYPE_MASK] = attribute;
        offset += RTA_ALIGN(attribute->rta_len);
    }
}
