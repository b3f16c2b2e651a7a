/* A disk by ATA over Ethernet (Documentation/admin-guide/aoe/aoe.rst). It has no address but its own: the cards have to
 * be up, no more. */
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "root/network_disk.h"
#include "system/directory.h"
#include "system/file.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define DISCOVER "/dev/etherd/discover"

static void take_all_up(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct directory cards;
    const struct dirent *entry;

    if (fd < 0)
        return;
    directory_open(&cards, -1, "/sys/class/net");
    while ((entry = directory_next(&cards)) != NULL) {
        struct ifreq request = {0};

        if (text_join(request.ifr_name, sizeof(request.ifr_name), entry->d_name, NULL) < 0
            || ioctl(fd, SIOCGIFHWADDR, &request) < 0 || request.ifr_hwaddr.sa_family != ARPHRD_ETHER
            || ioctl(fd, SIOCGIFFLAGS, &request) < 0 || request.ifr_flags & IFF_UP)
            continue;
        request.ifr_flags |= IFF_UP;
        (void)ioctl(fd, SIOCSIFFLAGS, &request); /* one that cannot be is no way to the disk */
    }
    directory_close(&cards);
    close(fd);
}

static bool await(const char *path)
{
    static const struct timespec pause = {.tv_nsec = 20000000};
    uint64_t deadline = timing_now() + WAIT_AOE;

    while (access(path, F_OK) < 0 && timing_now() < deadline)
        (void)nanosleep(&pause, NULL);
    return access(path, F_OK) == 0;
}

void aoe_attach(struct boot *boot, const void *context, struct network_answer *answer)
{
    const struct network_disk *disk = context;
    char path[64], block[96];

    (void)boot;
    (void)text_join(path, sizeof(path), "/dev/etherd/", disk->wanted->path, NULL);
    (void)text_join(block, sizeof(block), "/sys/class/block/etherd!", disk->wanted->path, NULL);
    take_all_up();
    (void)file_write_text(DISCOVER, "1"); /* it is not there before the module is */
    if (await(block))
        network_answer(answer, 0, path, NULL);
    else
        network_answer(answer, -ETIMEDOUT, "no server of ", disk->name, " answers on any card", NULL);
}
