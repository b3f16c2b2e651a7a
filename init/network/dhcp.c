#include "network/dhcp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "network/report.h"
#include "system/timing.h"
#include "system/waits.h"

#define REQUEST_TRIES 4u /* then the offer is forgotten */
#define RECEIVE_SIZE 2048u

/* Of IPv4 what is UDP, no fragment, and for port 68; the rest never wakes us. */
static int set_filter(int fd)
{
    static struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 0, 6),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 4, 0),
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 68, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, RECEIVE_SIZE),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static int open_socket(int index)
{
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = __builtin_bswap16(ETH_P_IP), .sll_ifindex = index};
    int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int result;

    if (fd < 0)
        return -errno;
    /* Bound last: before the filter is there nothing comes in. */
    if (set_filter(fd) == 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    result = -errno;
    close(fd);
    return result;
}

static void begin(struct dhcp *dhcp, enum dhcp_state state, uint64_t when)
{
    dhcp->state = state;
    dhcp->tries = 0;
    dhcp->next = when;
    if (state == DHCP_SELECTING
        && getrandom(&dhcp->transaction, sizeof(dhcp->transaction), GRND_NONBLOCK) != sizeof(dhcp->transaction))
        dhcp->transaction = (uint32_t)timing_now() * 2654435761u; /* before there is randomness */
}

int dhcp_start(struct dhcp *dhcp, int index, const uint8_t mac[NETWORK_MAC_BYTES],
    const struct network_request *request, uint32_t longest_pause_seconds)
{
    uint64_t now = timing_now();

    *dhcp = (struct dhcp){.index = index,
        .request = request,
        .started = now,
        .longest_pause =
            (uint64_t)(longest_pause_seconds ? longest_pause_seconds : WAIT_DHCP_LONGEST_PAUSE_SECONDS) * SECOND};
    memcpy(dhcp->mac, mac, NETWORK_MAC_BYTES);
    dhcp->fd = open_socket(index);
    if (dhcp->fd < 0)
        return dhcp->fd;
    begin(dhcp, DHCP_SELECTING, now);
    return 0;
}

void dhcp_stop(struct dhcp *dhcp)
{
    if (dhcp->state != DHCP_STOPPED)
        close(dhcp->fd);
    dhcp->state = DHCP_STOPPED;
}

static void send_message(const struct dhcp *dhcp, const struct dhcp_request *request)
{
    struct sockaddr_ll everybody = {.sll_family = AF_PACKET,
        .sll_protocol = __builtin_bswap16(ETH_P_IP),
        .sll_ifindex = dhcp->index,
        .sll_halen = NETWORK_MAC_BYTES};
    uint8_t packet[DHCP_PACKET_SIZE];
    size_t size = dhcp_message_write(request, packet);

    memset(everybody.sll_addr, 0xff, NETWORK_MAC_BYTES);
    if (sendto(dhcp->fd, packet, size, 0, (struct sockaddr *)&everybody, sizeof(everybody)) < 0)
        return; /* it is lost, as it might be on the wire: another one follows */
}

void dhcp_tick(struct dhcp *dhcp)
{
    struct dhcp_request request;
    uint64_t now = timing_now(), pause, seconds = (now - dhcp->started) / SECOND;

    if ((dhcp->state != DHCP_SELECTING && dhcp->state != DHCP_REQUESTING) || now < dhcp->next)
        return;
    if (dhcp->state == DHCP_REQUESTING && dhcp->tries == REQUEST_TRIES)
        begin(dhcp, DHCP_SELECTING, now);
    request = (struct dhcp_request){.transaction = dhcp->transaction,
        .host_name = dhcp->request->host_name,
        .client_type = dhcp->request->client_type,
        .client = dhcp->request->client};
    request.type = dhcp->state == DHCP_SELECTING ? DHCP_DISCOVER : DHCP_REQUEST;
    request.seconds = seconds > UINT16_MAX ? UINT16_MAX : (uint16_t)seconds;
    memcpy(request.mac, dhcp->mac, NETWORK_MAC_BYTES);
    if (dhcp->state == DHCP_REQUESTING) {
        request.requested = dhcp->offer.address;
        request.server = dhcp->offer.server;
    }
    request.wants_broadcast = dhcp->tries % 2 == 1; /* some servers and relays need it, others do without */
    send_message(dhcp, &request);
    pause = WAIT_DHCP_FIRST_PAUSE << (dhcp->tries < 6 ? dhcp->tries : 6);
    dhcp->next = now + (pause < dhcp->longest_pause ? pause : dhcp->longest_pause);
    dhcp->tries++;
}

static void take_reply(struct dhcp *dhcp, const struct dhcp_reply *reply)
{
    bool is_of_offer = network_address_equal(&reply->server, &dhcp->offer.server);

    if (reply->transaction != dhcp->transaction)
        return;
    if (reply->type == DHCP_OFFER && dhcp->state == DHCP_SELECTING && reply->server.family) {
        dhcp->offer = *reply;
        begin(dhcp, DHCP_REQUESTING, timing_now());
        dhcp_tick(dhcp);
    } else if (dhcp->state != DHCP_REQUESTING || !is_of_offer) {
        return; /* a second offer, or the answer to nothing that we asked */
    } else if (reply->type == DHCP_ACK) {
        dhcp->binding = *reply;
        begin(dhcp, DHCP_BOUND, UINT64_MAX);
    } else if (reply->type == DHCP_NAK) {
        dhcp->refusals++;
        begin(dhcp, DHCP_SELECTING, timing_now() + WAIT_DHCP_FIRST_PAUSE);
    }
}

void dhcp_receive(struct dhcp *dhcp)
{
    uint8_t packet[RECEIVE_SIZE];
    struct dhcp_reply reply;
    ssize_t length;

    while (dhcp->state != DHCP_STOPPED && dhcp->state != DHCP_BOUND
           && (length = recv(dhcp->fd, packet, sizeof(packet), 0)) >= 0) {
        if (dhcp_message_read(packet, (size_t)length, dhcp->mac, &reply) == 0)
            take_reply(dhcp, &reply);
    }
}
