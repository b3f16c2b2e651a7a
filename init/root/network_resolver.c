#include "root/network_resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "root/root_file.h"
#include "system/log.h"
#include "system/text.h"

#define RESOLVER_FILE "/etc/resolv.conf"

/* resolv.conf(5). Names of the command line go first. Returns 0 or -errno. */
static int write_resolver(const struct network_lease *lease, int fd)
{
    char address[NETWORK_ADDRESS_SIZE], text[1024] = "", before[sizeof(text)];
    ssize_t written;

    for (size_t i = 0; i < lease->dns_count; i++) {
        memcpy(before, text, sizeof(text));
        (void)text_join(text, sizeof(text), before, "nameserver ", network_address_format(&lease->dns[i], address),
            "\n", NULL); /* there is room */
    }
    memcpy(before, text, sizeof(text));
    if (*lease->search || *lease->domain)
        (void)text_join(
            text, sizeof(text), before, "search ", *lease->search ? lease->search : lease->domain, "\n", NULL);
    written = write(fd, text, strlen(text));
    return written == (ssize_t)strlen(text) ? 0 : written < 0 ? -errno : -EIO;
}

void network_resolver_set(const struct boot *boot)
{
    int fd = open(RESOLVER_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0 || write_resolver(&boot->lease, fd) < 0)
        log_warning("cannot write " RESOLVER_FILE ": no host's name can be found");
    if (fd >= 0)
        close(fd);
}

void network_resolver_hand_over(const struct boot *boot)
{
    struct stat status;
    int fd = boot->is_volatile ? new_root_open(RESOLVER_FILE, O_WRONLY | O_CREAT | O_NOFOLLOW) : -ELOOP;
    int result = fd < 0 ? fd : 0;

    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size == 0)
        result = write_resolver(&boot->lease, fd);
    if (fd >= 0)
        close(fd);
    if (result < 0 && result != -ELOOP)
        log_warning("cannot write " RESOLVER_FILE " of the root: ", strerror(-result));
}
