#include "device/uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KERNEL_GROUP 1

int uevent_open(int bytes)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP};
    int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    int error;

    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)); /* the default will do, too */
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    error = errno;
    close(fd);
    return -error;
}

ssize_t uevent_read(int socket, char buffer[UEVENT_SIZE])
{
    struct sockaddr_nl sender = {0};
    socklen_t sender_size = sizeof(sender);
    ssize_t length; /* of the message, whatever the room */

    do
        length = recvfrom(socket, buffer, UEVENT_SIZE, MSG_TRUNC, (struct sockaddr *)&sender, &sender_size);
    while (length < 0 && errno == EINTR);
    if (length < 0)
        return -errno;
    /* Anybody may send to the group's members (CVE-2009-1185); only the kernel's port number is 0. */
    if (sender.nl_pid != 0 || length > (ssize_t)UEVENT_SIZE)
        return 0;
    return length;
}

static const struct key {
    char name[10];
    uint8_t field;
} keys[] = {
    {"ACTION", offsetof(struct uevent, action)},
    {"DEVPATH", offsetof(struct uevent, devpath)},
    {"SUBSYSTEM", offsetof(struct uevent, subsystem)},
    {"MODALIAS", offsetof(struct uevent, modalias)},
    {"DEVNAME", offsetof(struct uevent, devname)},
    {"DEVTYPE", offsetof(struct uevent, devtype)},
    {"MAJOR", offsetof(struct uevent, major)},
    {"MINOR", offsetof(struct uevent, minor)},
    {"PARTN", offsetof(struct uevent, partition_number)},
};

static const char **field_of(struct uevent *event, const struct key *key)
{
    return (const char **)((char *)event + key->field);
}

static void set_field(struct uevent *event, const char *assignment)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        size_t length = strlen(keys[i].name);

        if (!strncmp(assignment, keys[i].name, length) && assignment[length] == '=') {
            *field_of(event, &keys[i]) = assignment + length + 1;
            return;
        }
    }
}

static void parse_assignments(const char *text, const char *end, struct uevent *event)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        *field_of(event, &keys[i]) = "";
    for (; text < end; text += strlen(text) + 1)
        set_field(event, text);
}

int uevent_parse(const char *message, size_t length, struct uevent *event)
{
    if (length == 0 || message[length - 1] != '\0' || !strchr(message, '@'))
        return -EINVAL;
    parse_assignments(message + strlen(message) + 1, message + length, event);
    return 0;
}

void uevent_parse_text(char *text, size_t length, struct uevent *event)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            text[i] = '\0';
    }
    parse_assignments(text, text + length, event);
}
