#include "network/dhcp6.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "system/timing.h"
#include "system/waits.h"

#define REQUEST_TRIES 4u /* then the offer is forgotten */

int dhcp6_open(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = __builtin_bswap16(DHCP6_CLIENT_PORT)};
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int result;

    if (fd < 0)
        return -errno;
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    result = -errno;
    close(fd);
    return result;
}

static void begin(struct dhcp6 *dhcp, enum dhcp6_state state, uint64_t when)
{
    dhcp->state = state;
    dhcp->tries = 0;
    dhcp->next = when;
    /* Each exchange has a number of its own: RFC 8415, 16.1. */
    if (getrandom(&dhcp->transaction, sizeof(dhcp->transaction), GRND_NONBLOCK) != sizeof(dhcp->transaction))
        dhcp->transaction = (uint32_t)timing_now() * 2654435761u; /* before there is randomness */
    dhcp->transaction &= 0xffffff;
}

void dhcp6_start(
    struct dhcp6 *dhcp, int fd, int index, const uint8_t mac[NETWORK_MAC_BYTES], uint32_t longest_pause_seconds)
{
    uint64_t now = timing_now();

    *dhcp = (struct dhcp6){.fd = fd,
        .index = index,
        .started = now,
        .longest_pause =
            (uint64_t)(longest_pause_seconds ? longest_pause_seconds : WAIT_DHCP_LONGEST_PAUSE_SECONDS) * SECOND};
    memcpy(dhcp->mac, mac, NETWORK_MAC_BYTES);
    begin(dhcp, DHCP6_SELECTING, now);
}

void dhcp6_stop(struct dhcp6 *dhcp)
{
    dhcp->state = DHCP6_STOPPED;
}

/* Of type; to all servers and relays of the wire. */
static void send_message(const struct dhcp6 *dhcp, enum dhcp6_type type, const struct dhcp6_reply *of)
{
    struct sockaddr_in6 servers = {.sin6_family = AF_INET6,
        .sin6_port = __builtin_bswap16(DHCP6_SERVER_PORT),
        .sin6_addr = {{{0xff, 0x02, [13] = 0x01, [15] = 0x02}}},
        .sin6_scope_id = (uint32_t)dhcp->index};
    struct dhcp6_request request = {.type = type,
        .transaction = dhcp->transaction,
        .centiseconds = (uint32_t)((timing_now() - dhcp->started) / (SECOND / 100)),
        .server = of ? &of->server : NULL,
        .address = of ? &of->lease.address : NULL};
    uint8_t message[DHCP6_MESSAGE_SIZE];

    memcpy(request.mac, dhcp->mac, NETWORK_MAC_BYTES);
    if (sendto(
            dhcp->fd, message, dhcp6_message_write(&request, message), 0, (struct sockaddr *)&servers, sizeof(servers))
        < 0)
        return; /* it is lost, as it might be on the wire: another one follows */
}

void dhcp6_decline(struct dhcp6 *dhcp)
{
    begin(dhcp, DHCP6_SELECTING, timing_now() + WAIT_DHCP_FIRST_PAUSE);
    send_message(dhcp, DHCP6_DECLINE, &dhcp->binding);
}

void dhcp6_tick(struct dhcp6 *dhcp)
{
    uint64_t now = timing_now(), pause;

    if ((dhcp->state != DHCP6_SELECTING && dhcp->state != DHCP6_REQUESTING) || now < dhcp->next)
        return;
    if (dhcp->state == DHCP6_REQUESTING && dhcp->tries == REQUEST_TRIES)
        begin(dhcp, DHCP6_SELECTING, now);
    if (dhcp->state == DHCP6_SELECTING)
        send_message(dhcp, DHCP6_SOLICIT, NULL);
    else
        send_message(dhcp, DHCP6_REQUEST, &dhcp->offer);
    pause = WAIT_DHCP_FIRST_PAUSE << (dhcp->tries < 6 ? dhcp->tries : 6);
    dhcp->next = now + (pause < dhcp->longest_pause ? pause : dhcp->longest_pause);
    dhcp->tries++;
}

void dhcp6_take(struct dhcp6 *dhcp, const uint8_t *message, size_t size)
{
    struct dhcp6_reply reply;

    if (dhcp6_message_read(message, size, dhcp->mac, &reply) < 0 || reply.transaction != dhcp->transaction)
        return;
    if (reply.lease.address.family == NETWORK_UNSET) {
        dhcp->is_refused = true; /* another server may have one, or this one the next time */
    } else if (reply.type == DHCP6_ADVERTISE && dhcp->state == DHCP6_SELECTING) {
        dhcp->offer = reply;
        begin(dhcp, DHCP6_REQUESTING, timing_now());
        dhcp6_tick(dhcp);
    } else if (reply.type == DHCP6_REPLY && dhcp->state == DHCP6_REQUESTING
               && reply.server.size == dhcp->offer.server.size
               && !memcmp(reply.server.bytes, dhcp->offer.server.bytes, reply.server.size)) {
        dhcp->binding = reply;
        begin(dhcp, DHCP6_BOUND, UINT64_MAX);
    }
}

ssize_t dhcp6_receive(int fd, uint8_t message[DHCP6_RECEIVE_SIZE], int *index)
{
    struct sockaddr_in6 server;
    socklen_t size = sizeof(server);
    ssize_t length = recvfrom(fd, message, DHCP6_RECEIVE_SIZE, 0, (struct sockaddr *)&server, &size);

    if (length < 0)
        return -errno;
    /* Of a link-local address, as servers and relays answer from, the kernel tells the card. */
    *index = size == sizeof(server) ? (int)server.sin6_scope_id : 0;
    return length;
}
