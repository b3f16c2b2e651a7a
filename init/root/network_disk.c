#include "root/network_disk.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "system/directory.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

static bool find_disk(network_disk_test *is_it, const void *wanted, char path[NETWORK_DISK_PATH_SIZE])
{
    int sysfs = open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct directory blocks;
    const struct dirent *entry;
    bool is_found = false;

    directory_open(&blocks, sysfs, "class/block");
    while (!is_found && (entry = directory_next(&blocks)) != NULL) {
        char directory[SYSFS_PATH_SIZE];

        is_found = sysfs_find(sysfs, "class/block", entry->d_name, directory) && is_it(sysfs, directory, wanted)
                   && text_join(path, NETWORK_DISK_PATH_SIZE, "/dev/", entry->d_name, NULL) == 0;
    }
    directory_close(&blocks);
    close(sysfs);
    return is_found;
}

bool network_disk_await(network_disk_test *is_it, const void *wanted, char path[NETWORK_DISK_PATH_SIZE])
{
    static const struct timespec pause = {.tv_nsec = 50000000};
    uint64_t deadline = timing_now() + WAIT_ANSWER_SECONDS * SECOND;
    bool is_found;

    while (!(is_found = find_disk(is_it, wanted, path)) && timing_now() < deadline)
        (void)nanosleep(&pause, NULL);
    return is_found;
}
