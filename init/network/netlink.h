/* rtnetlink (rtnetlink(7), include/uapi/linux/rtnetlink.h): messages put together, sent and read. */
#ifndef KINDLING_NETLINK_H
#define KINDLING_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NETLINK_MESSAGE_SIZE 1024u
#define NETLINK_BUFFER_SIZE 32768u /* the kernel's own for a dump */

/* A request that is being put together. What does not fit is noted, and makes netlink_send fail. */
struct netlink_message {
    union {
        struct nlmsghdr header;
        uint8_t bytes[NETLINK_MESSAGE_SIZE];
    };
    size_t used;
};

/* groups: of events, RTMGRP_...; 0 for a socket of requests. Returns a descriptor that does not block, or -errno. */
int netlink_open(uint32_t groups);

void netlink_begin(struct netlink_message *message, uint16_t type, uint16_t flags, const void *family, size_t size);
void netlink_add(struct netlink_message *message, uint16_t type, const void *value, size_t size);
void netlink_add_u32(struct netlink_message *message, uint16_t type, uint32_t value);
/* An attribute of attributes: what is added until netlink_end lies in it. */
size_t netlink_nest(struct netlink_message *message, uint16_t type);
void netlink_end(struct netlink_message *message, size_t nest);

/* Sends a request on a socket of its own and waits for the kernel's word. Returns 0 or its -errno. */
int netlink_ask(struct netlink_message *message);

/* Asks for a dump, which comes as events of the socket. Returns 0 or -errno. */
int netlink_dump(int fd, uint16_t type);

/* Reads messages of the kernel's, of nobody else's. Returns the bytes, -EAGAIN, -ENOBUFS when some were lost, or
 * another -errno. */
ssize_t netlink_read(int fd, uint8_t buffer[NETLINK_BUFFER_SIZE]);

/* The attributes of one message, by their types below count; of a type that comes twice the last one. */
void netlink_attributes(
    const struct nlmsghdr *header, size_t family_size, const struct rtattr *attributes[], size_t count);

#endif
