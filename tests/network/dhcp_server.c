/*
 * A DHCP server that does as its mode says, on a card of a network namespace of the test's own: dhcp_server CARD MODE.
 * It is 10.9.0.1, and what it means is 10.9.0.20; whatever else it sends says 10.66.66.66.
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DISCOVER = 1, OFFER = 2, REQUEST = 3, ACK = 5, NAK = 6 };
enum { IP = 20, UDP = 8, OPTIONS = 240, SNAME = 44, BOOT_FILE = 108 };

struct packet {
    uint8_t bytes[2000];
    size_t size;
};

static const uint8_t meant[4] = {10, 9, 0, 20}, evil[4] = {10, 66, 66, 66}, us[4] = {10, 9, 0, 1},
                     other[4] = {10, 9, 0, 2};
static struct sockaddr_ll client = {.sll_family = AF_PACKET, .sll_halen = 6};
static const uint8_t both_names[1] = {3}; /* options in the file and the server fields, too */
static int fd;

static uint8_t *message_of(struct packet *packet)
{
    return packet->bytes + IP + UDP;
}

static void put_be16(uint8_t *p, size_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static void add(struct packet *packet, uint8_t option, const void *value, size_t size)
{
    packet->bytes[packet->size++] = option;
    packet->bytes[packet->size++] = (uint8_t)size;
    memcpy(packet->bytes + packet->size, value, size);
    packet->size += size;
}

static void add_text(struct packet *packet, uint8_t option, const char *text)
{
    add(packet, option, text, strlen(text));
}

static void begin(
    struct packet *packet, const uint8_t *asked, uint8_t type, const uint8_t *address, const uint8_t *server)
{
    uint8_t *message = message_of(packet);

    memset(packet, 0, sizeof(*packet));
    message[0] = 2;
    message[1] = 1;
    message[2] = 6;
    memcpy(message + 4, asked + 4, 4);
    memcpy(message + 16, address, 4);
    memcpy(message + 28, asked + 28, 16);
    memcpy(message + 236, asked + 236, 4);
    packet->size = IP + UDP + OPTIONS;
    add(packet, 53, &type, 1);
    if (server)
        add(packet, 54, server, 4);
    add(packet, 51, (uint8_t[4]){0, 0, 0x0e, 0x10}, 4);
    add(packet, 1, (uint8_t[4]){255, 255, 255, 0}, 4);
    add(packet, 3, us, 4);
    add(packet, 6, us, 4);
}

static void finish(struct packet *packet)
{
    uint8_t *ip = packet->bytes;
    uint32_t sum = 0;

    packet->bytes[packet->size++] = 255;
    ip[0] = 0x45;
    put_be16(ip + 2, packet->size);
    ip[8] = 64;
    ip[9] = 17;
    memcpy(ip + 12, us, 4);
    memset(ip + 16, 255, 4);
    for (int i = 0; i < IP; i += 2)
        sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    put_be16(ip + 10, ~(sum + (sum >> 16)) & 0xffff);
    put_be16(ip + IP, 67);
    put_be16(ip + IP + 2, 68);
    put_be16(ip + IP + 4, packet->size - IP);
}

static void send_size(const struct packet *packet, size_t size)
{
    if (sendto(fd, packet->bytes, size, 0, (struct sockaddr *)&client, sizeof(client)) < 0)
        perror("dhcp_server: send");
}

static void send_packet(const struct packet *packet)
{
    send_size(packet, packet->size);
}

static void answer(const uint8_t *asked, uint8_t type, const uint8_t *address, const uint8_t *server)
{
    struct packet packet = {.size = 0};

    begin(&packet, asked, type, address, server);
    finish(&packet);
    send_packet(&packet);
}

static void send_truncated(const uint8_t *asked, uint8_t type)
{
    struct packet packet = {.size = 0};

    begin(&packet, asked, type, evil, us);
    finish(&packet);
    for (size_t size = 0; size < packet.size; size += size < IP + UDP + OPTIONS ? 7 : 1)
        send_size(&packet, size);
}

/* Each says that it has more than there is. */
static void send_liars(const uint8_t *asked, uint8_t type)
{
    struct packet packet, whole = {.size = 0};

    begin(&whole, asked, type, evil, us);
    packet = whole;
    packet.bytes[packet.size++] = 12; /* an option that reaches beyond the end */
    packet.bytes[packet.size++] = 200;
    finish(&packet);
    send_packet(&packet);
    packet = whole;
    finish(&packet);
    put_be16(packet.bytes + IP + 4, packet.size); /* the datagram beyond its packet */
    send_packet(&packet);
    packet = whole;
    finish(&packet);
    put_be16(packet.bytes + IP + 4, 3); /* shorter than its own header */
    send_packet(&packet);
    packet = whole;
    finish(&packet);
    put_be16(packet.bytes + 2, packet.size + 100);
    send_packet(&packet);
    packet = whole;
    finish(&packet);
    packet.bytes[0] = 0x4f; /* a header of sixty bytes */
    send_packet(&packet);
    packet = whole;
    finish(&packet);
    packet.bytes[0] = 0x41;
    send_packet(&packet);
    packet = whole;
    add(&packet, 52, both_names, 1); /* options in the names too, which reach beyond them */
    finish(&packet);
    packet.bytes[IP + UDP + BOOT_FILE] = 12;
    packet.bytes[IP + UDP + BOOT_FILE + 1] = 255;
    send_packet(&packet);
}

/* What is no answer to this client, or gives it what no host can have. */
static void send_strangers(const uint8_t *asked, uint8_t type)
{
    static const uint8_t impossible[][4] = {{0, 0, 0, 0}, {127, 0, 0, 1}, {224, 0, 0, 5}, {255, 255, 255, 255}};
    static const size_t places[] = {0, 1, 2, 4, 28, 236};
    struct packet packet = {.size = 0};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        begin(&packet, asked, type, evil, us);
        message_of(&packet)[places[i]] ^= 0x55;
        finish(&packet);
        send_packet(&packet);
    }
    for (size_t i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++)
        answer(asked, type, impossible[i], us);
    answer(asked, type, evil, NULL);
    answer(asked, 9, evil, us);
    begin(&packet, asked, type, evil, us);
    packet.bytes[IP + UDP + OPTIONS + 3 + 6 + 6 + 2] = 0; /* a mask that begins with zeros */
    finish(&packet);
    send_packet(&packet);
}

static void send_evil_texts(const uint8_t *asked, uint8_t type)
{
    struct packet packet = {.size = 0};

    begin(&packet, asked, type, meant, us);
    add_text(&packet, 12, "a; reboot");
    add_text(&packet, 15, "example.org\nnameserver 6.6.6.6");
    add_text(&packet, 17, "$(reboot)'");
    add_text(&packet, 66, "`reboot`");
    add_text(&packet, 67, "pxe\"linux");
    add(&packet, 26, (uint8_t[2]){0, 60}, 2);
    add(&packet, 119, (uint8_t[4]){1, 'a', 0xc0, 0}, 4); /* a name that is its own end */
    add(&packet, 121, (uint8_t[3]){33, 1, 2}, 3);
    finish(&packet);
    send_packet(&packet);
}

static void send_all_options(const uint8_t *asked, uint8_t type)
{
    static const uint8_t search[] = {
        7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0, 3, 'l', 'a', 'b', 0xc0, 0};
    static const uint8_t routes[] = {0, 10, 9, 0, 7, 16, 172, 20, 10, 9, 0, 8, 25, 172, 21, 1, 128, 0, 0, 0, 0};
    struct packet packet = {.size = 0}, names = {.size = IP + UDP + BOOT_FILE};

    begin(&packet, asked, type, meant, us);
    add_text(&packet, 12, "guest");
    add_text(&packet, 17, "nfs:10.9.0.5:/srv/"); /* a long option in two parts */
    add_text(&packet, 17, "root,vers=4.2");
    add(&packet, 26, (uint8_t[2]){0x05, 0x78}, 2);
    add(&packet, 119, search, sizeof(search));
    add(&packet, 121, routes, sizeof(routes));
    add(&packet, 52, both_names, 1);
    finish(&packet);
    add_text(&names, 15, "example.org");
    add(&names, 67, "boot.img\0", 9); /* with its NUL, as some servers have it */
    names.bytes[names.size++] = 255;
    memcpy(message_of(&packet) + BOOT_FILE, message_of(&names) + BOOT_FILE, 128);
    names.size = IP + UDP + SNAME;
    add_text(&names, 66, "tftp.example.org");
    names.bytes[names.size++] = 255;
    memcpy(message_of(&packet) + SNAME, message_of(&names) + SNAME, 64);
    memcpy(message_of(&packet) + 20, other, 4);
    send_packet(&packet);
}

static void send_many(const uint8_t *asked, uint8_t type)
{
    for (int i = 0; i < 5; i++) {
        if (type == OFFER || i > 0)
            answer(asked, type, meant, us);
        answer(asked, type, evil, other);
    }
    answer(asked, NAK, evil, other);
}

static const struct mode {
    const char *name;
    void (*first)(const uint8_t *asked, uint8_t type);
    bool is_all;       /* that is the answer */
    unsigned deaf;     /* so many messages are not heard */
    unsigned refusals; /* so many requests are refused */
    bool never_confirms;
    const char *client; /* that it answers alone, by its identifier of type 1 */
} modes[] = {
    {"plain", NULL, false, 0, 0, false, NULL},
    {"truncated", send_truncated, false, 0, 0, false, NULL},
    {"liars", send_liars, false, 0, 0, false, NULL},
    {"strangers", send_strangers, false, 0, 0, false, NULL},
    {"evil-texts", send_evil_texts, true, 0, 0, false, NULL},
    {"all-options", send_all_options, true, 0, 0, false, NULL},
    {"many", send_many, true, 0, 0, false, NULL},
    {"deaf", NULL, false, 2, 0, false, NULL},
    {"refusing", NULL, false, 0, 1, false, NULL},
    {"unconfirmed", NULL, false, 0, 0, true, NULL},
    {"particular", NULL, false, 0, 0, false, "rack-7"},
};

/* In its second option. */
static bool is_client(const uint8_t *option, const char *identifier)
{
    size_t length = strlen(identifier);

    return option[0] == 61 && option[1] == 1 + length && option[2] == 1 && !memcmp(option + 3, identifier, length);
}

static void reply(const struct mode *mode, const uint8_t *asked, uint8_t type)
{
    static unsigned heard, refused;

    if (mode->client && !is_client(asked + OPTIONS + 3, mode->client))
        return;
    if (heard++ < mode->deaf || (type == REQUEST && mode->never_confirms))
        return;
    type = type == DISCOVER ? OFFER : ACK;
    if (type == ACK && refused++ < mode->refusals) {
        answer(asked, NAK, (uint8_t[4]){0}, us);
        return;
    }
    if (mode->first)
        mode->first(asked, type);
    if (!mode->is_all)
        answer(asked, type, meant, us);
}

/* Of a DHCP message to servers its type, else 0. A client that asks as it should says it in its first option. */
static uint8_t type_of(const uint8_t *packet, ssize_t size)
{
    if (size < IP + UDP + OPTIONS + 3 || packet[0] != 0x45 || packet[9] != 17 || packet[IP + 3] != 67)
        return 0;
    packet += IP + UDP;
    return packet[0] == 1 && packet[OPTIONS] == 53 ? packet[OPTIONS + 2] : 0;
}

int main(int argc, char **argv)
{
    const struct mode *mode = NULL;
    uint8_t packet[2000];
    ssize_t size;

    for (size_t i = 0; argc == 3 && i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (!strcmp(modes[i].name, argv[2]))
            mode = &modes[i];
    }
    if (!mode) {
        fprintf(stderr, "usage: dhcp_server CARD MODE\n");
        return 2;
    }
    client.sll_protocol = __builtin_bswap16(ETH_P_IP);
    client.sll_ifindex = (int)if_nametoindex(argv[1]);
    memset(client.sll_addr, 255, 6);
    fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, __builtin_bswap16(ETH_P_IP));
    if (fd < 0 || bind(fd, (struct sockaddr *)&client, sizeof(client)) < 0) {
        perror("dhcp_server");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    /* A card that is down is an error once, and may come up again. */
    while ((size = recv(fd, packet, sizeof(packet), 0)) >= 0 || errno == ENETDOWN) {
        uint8_t type = type_of(packet, size);

        if (type == DISCOVER || type == REQUEST)
            reply(mode, packet + IP + UDP, type);
    }
    return 1;
}
