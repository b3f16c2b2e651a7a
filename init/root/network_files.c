#include "root/network_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "system/directory.h"
#include "system/log.h"
#include "system/text.h"

#define FILE_SIZE 4096u
#define PATH_SIZE 128u

/* A file that is being put together. */
struct draft {
    char text[FILE_SIZE];
    size_t used;
};

/* Appends the parts up to NULL; what does not fit makes no file. */
static void add(struct draft *draft, ...) __attribute__((sentinel));
static void add(struct draft *draft, ...)
{
    va_list parts;

    va_start(parts, draft);
    if (text_join_list(draft->text + draft->used, sizeof(draft->text) - draft->used, parts) < 0)
        draft->used = sizeof(draft->text) - 1;
    else
        draft->used += strlen(draft->text + draft->used);
    va_end(parts);
}

static void write_file(const char *path, const struct draft *draft)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    ssize_t written = fd < 0 || draft->used == sizeof(draft->text) - 1 ? -1 : write(fd, draft->text, draft->used);

    if (written != (ssize_t)draft->used)
        log_warning("cannot write ", path, ": ", strerror(errno));
    if (fd >= 0)
        close(fd);
}

/* A value holds no quote: network_lease.h. */
static void add_value(struct draft *draft, const char *key, const char *value)
{
    add(draft, key, "='", value, "'\n", NULL);
}

static void add_address(struct draft *draft, const char *key, const struct network_address *address)
{
    char text[NETWORK_ADDRESS_SIZE];

    add_value(draft, key, network_address_format(address, text));
}

static struct network_address mask_of(uint8_t prefix)
{
    struct network_address mask = {.family = NETWORK_IPV4};

    for (unsigned i = 0; i < prefix; i++)
        mask.bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
    return mask;
}

static struct network_address dns_of(const struct network_lease *lease, size_t number)
{
    return number < lease->dns_count ? lease->dns[number] : (struct network_address){0};
}

/* usr/kinit/ipconfig/main.c of klibc has the names. */
static void add_ipv4(struct draft *draft, const struct network_lease *lease)
{
    struct network_address broadcast = network_broadcast(&lease->address, lease->prefix), mask = mask_of(lease->prefix);
    struct network_address dns0 = dns_of(lease, 0), dns1 = dns_of(lease, 1);

    add_address(draft, "IPV4ADDR", &lease->address);
    add_address(draft, "IPV4BROADCAST", &broadcast);
    add_address(draft, "IPV4NETMASK", &mask);
    add_address(draft, "IPV4GATEWAY", &lease->gateway);
    add_address(draft, "IPV4DNS0", &dns0);
    add_address(draft, "IPV4DNS1", &dns1);
}

static void add_ipv6(struct draft *draft, const struct network_lease *lease)
{
    struct network_address dns0 = dns_of(lease, 0), dns1 = dns_of(lease, 1);
    char prefix[DECIMAL_SIZE];

    add_address(draft, "IPV6ADDR", &lease->address);
    add_value(draft, "IPV6NETMASK", text_decimal(lease->prefix, prefix));
    add_address(draft, "IPV6GATEWAY", &lease->gateway);
    add_address(draft, "IPV6DNS0", &dns0);
    add_address(draft, "IPV6DNS1", &dns1);
}

static void write_for_scripts(const char *run, const struct network_lease *lease)
{
    bool is_ipv6 = lease->address.family == NETWORK_IPV6;
    char path[PATH_SIZE], seconds[DECIMAL_SIZE];
    struct draft draft = {0};

    (void)text_join(path, sizeof(path), run, is_ipv6 ? "/net6-" : "/net-", lease->interface, ".conf", NULL);
    add_value(&draft, is_ipv6 ? "DEVICE6" : "DEVICE", lease->interface);
    add_value(&draft, is_ipv6 ? "IPV6PROTO" : "PROTO", strcmp(lease->method, "static") ? lease->method : "none");
    if (is_ipv6)
        add_ipv6(&draft, lease);
    else
        add_ipv4(&draft, lease);
    add_value(&draft, "HOSTNAME", lease->host_name);
    add_value(&draft, is_ipv6 ? "IPV6DOMAINSEARCH" : "DNSDOMAIN", is_ipv6 ? lease->search : lease->domain);
    if (!is_ipv6) {
        add_address(&draft, "ROOTSERVER", &lease->next_server);
        add_value(&draft, "ROOTPATH", lease->root_path);
        add_value(&draft, "filename", lease->boot_file);
        add_value(&draft, "DHCPLEASETIME", text_decimal(lease->lease_seconds, seconds));
        add_value(&draft, "DOMAINSEARCH", lease->search);
    }
    write_file(path, &draft);
}

/* The root's own network would be taken away with what this one would not keep. "zz" stands behind any file of the
 * user's, which therefore wins (systemd.network(5)). */
static void write_for_networkd(const char *run, const struct network_lease *lease)
{
    char path[PATH_SIZE], mac[NETWORK_MAC_SIZE], address[NETWORK_ADDRESS_SIZE], prefix[DECIMAL_SIZE],
        association[DECIMAL_SIZE];
    /* By an identifier of its own networkd cannot ask; by another it would get another address. */
    bool is_dhcp = !strcmp(lease->method, "dhcp") && !*lease->client, is_static = !strcmp(lease->method, "static");
    struct draft draft = {0};

    (void)text_join(path, sizeof(path), run, "/systemd/network/zz-kindling-", lease->interface, ".network", NULL);
    directory_make_parents(path);
    add(&draft, "[Match]\nName=", lease->interface, "\nMACAddress=", network_mac_format(lease->mac, mac),
        "\n\n[Network]\n", NULL);
    add(&draft, is_dhcp ? "DHCP=ipv4\n" : "", "KeepConfiguration=yes\n", NULL);
    if (is_static)
        add(&draft, "Address=", network_address_format(&lease->address, address), "/",
            text_decimal(lease->prefix, prefix), "\n", NULL);
    if (is_static && lease->gateway.family)
        add(&draft, "Gateway=", network_address_format(&lease->gateway, address), "\n", NULL);
    for (size_t i = 0; is_static && i < lease->dns_count; i++)
        add(&draft, "DNS=", network_address_format(&lease->dns[i], address), "\n", NULL);
    if (is_dhcp) /* the identifier that we had the address for: another one is given another address */
        add(&draft, "\n[DHCPv4]\nClientIdentifier=mac\n", NULL);
    if (!strcmp(lease->method, "dhcp6")) /* the same of DHCPv6, which a router tells networkd to ask by */
        add(&draft,
            "\n[DHCPv6]\nDUIDType=link-layer\nIAID=", text_decimal(network_association(lease->mac), association), "\n",
            NULL);
    write_file(path, &draft);
}

/* No profile of a connection, which would win over the user's. */
static void write_for_network_manager(const char *run, const struct network_lease *lease)
{
    char path[PATH_SIZE], mac[NETWORK_MAC_SIZE];
    struct draft draft = {0};

    (void)text_join(path, sizeof(path), run, "/NetworkManager/conf.d/kindling.conf", NULL); /* there is room */
    directory_make_parents(path);
    add(&draft, "[device-kindling]\nmatch-device=mac:", network_mac_format(lease->mac, mac),
        "\nkeep-configuration=yes\n", NULL);
    write_file(path, &draft);
}

void network_files_write(const char *run, const struct network_lease *lease, bool has_root)
{
    write_for_scripts(run, lease);
    if (!has_root)
        return;
    write_for_networkd(run, lease);
    write_for_network_manager(run, lease);
}
