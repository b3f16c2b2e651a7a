/*
 * A disk of an NBD server's. The child connects, has a process that can do nothing but read and write negotiate what
 * comes over the socket, and gives the socket to the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/nbd_device.h"
#include "root/nbd_negotiation.h"
#include "root/network_disk.h"
#include "system/text.h"
#include "system/waits.h"

struct negotiated {
    int error;
    struct nbd_export export;
};

/* Bytes from a server are read where nothing but read(2), write(2) and exit(2) is left (seccomp(2)). */
static _Noreturn void negotiate_alone(int server, int answers, const char *name)
{
    struct negotiated negotiated;

    (void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT); /* a kernel without it does without */
    negotiated.error = nbd_negotiate(server, name, &negotiated.export);
    if (write(answers, &negotiated, sizeof(negotiated)) != (ssize_t)sizeof(negotiated))
        negotiated.error = -EIO;
    for (;;)
        (void)syscall(SYS_exit, negotiated.error == 0 ? 0 : 1);
}

static int negotiate(int server, const char *name, struct nbd_export *export)
{
    struct negotiated negotiated = {.error = -EPROTO};
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    child = fork();
    if (child == 0)
        negotiate_alone(server, ends[1], name);
    close(ends[1]);
    if (child < 0 || read(ends[0], &negotiated, sizeof(negotiated)) != (ssize_t)sizeof(negotiated))
        negotiated.error = child < 0 ? -EAGAIN : -EPROTO;
    close(ends[0]);
    if (child > 0)
        (void)waitpid(child, NULL, 0);
    *export = negotiated.export;
    return negotiated.error;
}

/* 0 for none. The kernel's own waits count once the socket is its. */
static void set_patience(int server, time_t seconds)
{
    struct timeval time = {.tv_sec = seconds};

    (void)setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
    (void)setsockopt(server, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

static int connect_to(const struct network_address *address, uint16_t port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    bool is_v4 = address->family == NETWORK_IPV4;
    int server = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1, result;

    if (server < 0)
        return -errno;
    memcpy(&v4.sin_addr, address->bytes, sizeof(v4.sin_addr));
    memcpy(&v6.sin6_addr, address->bytes, sizeof(v6.sin6_addr));
    set_patience(server, WAIT_ANSWER_SECONDS);
    (void)setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    (void)setsockopt(server, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
    if (connect(server, is_v4 ? (void *)&v4 : (void *)&v6, is_v4 ? sizeof(v4) : sizeof(v6)) == 0)
        return server;
    result = errno == EINPROGRESS ? -ETIMEDOUT : -errno; /* so connect(2) tells of SO_SNDTIMEO */
    close(server);
    return result;
}

/* What the server has done, where network_error would say it of a connection. */
static const char *refusal(int error)
{
    switch (error) {
    case -ENOENT:
        return "the server has no such export";
    case -EACCES:
        return "the server does not give it to this machine";
    case -EPROTO:
        return "that is no NBD server, or one that breaks the protocol";
    case -EPROTONOSUPPORT:
        return "the server wants TLS, or speaks the old negotiation only";
    default:
        return network_error(error);
    }
}

static const char *device_error(int error)
{
    switch (error) {
    case -ENOENT:
        return "neither this kernel nor this image has nbd (kindling build -f nbd)";
    case -EOPNOTSUPP:
        return "the server gives it in blocks that are too large for the kernel";
    default:
        return strerror(-error);
    }
}

static void give_to_kernel(
    const struct network_disk *disk, int server, const struct nbd_export *export, struct network_answer *answer)
{
    char number[DECIMAL_SIZE];
    int result, fd;

    text_decimal(disk->index, number);
    set_patience(server, 0);
    result = nbd_device_connect(disk->index, server, export);
    if (result < 0)
        network_answer(
            answer, result, "cannot make /dev/nbd", number, " of ", disk->name, ": ", device_error(result), NULL);
    else
        network_answer(answer, 0, "/dev/nbd", number, NULL);
    fd = result == 0 ? open(answer->text, O_RDONLY | O_CLOEXEC) : -1; /* then the kernel looks for partitions */
    if (fd >= 0)
        close(fd);
}

void nbd_attach(struct boot *boot, const void *context, struct network_answer *answer)
{
    const struct network_disk *disk = context;
    uint64_t port = 0;
    struct nbd_export export;
    int server, result;

    (void)boot;
    (void)text_to_number(network_root_port(disk->wanted), &port); /* the parser has seen to it */
    server = connect_to(&disk->server, (uint16_t)port);
    if (server < 0) {
        network_answer(answer, server, "cannot connect to ", disk->name, ": ", network_error(server), NULL);
        return;
    }
    result = negotiate(server, disk->wanted->path, &export);
    if (result < 0)
        network_answer(answer, result, "cannot open ", disk->name, ": ", refusal(result), NULL);
    else
        give_to_kernel(disk, server, &export, answer);
    close(server);
}
