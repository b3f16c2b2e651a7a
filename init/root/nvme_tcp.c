/*
 * A disk of an NVMe server's, by TCP: the kernel connects when it is told to in a line (drivers/nvme/host/fabrics.c),
 * and tells itself which others a discovery controller knows (NVM Express over Fabrics, 5.3).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "root/network_disk.h"
#include "root/nvme_discovery.h"
#include "system/file.h"
#include "system/sysfs.h"
#include "system/text.h"

#define FABRICS "/dev/nvme-fabrics"
#define DISCOVERY_NQN "nqn.2014-08.org.nvmexpress.discovery"
#define ADMIN_GET_LOG_PAGE 2u
#define LOG_DISCOVERY 0x70u

/* Returns the controller's number, or a -errno. */
static int tell_kernel(const struct boot *boot, const char *address, const char *port, const char *nqn)
{
    /* Who we are: dracut's words, or else the kernel makes it up. */
    const char *host_nqn = cmdline_value(&boot->cmdline, "rd.nvmf.hostnqn");
    const char *host_id = cmdline_value(&boot->cmdline, "rd.nvmf.hostid");
    char line[1024], answer[64];
    uint64_t number = 0;
    ssize_t length;
    int fd, result = 0;

    if (text_join(line, sizeof(line), "transport=tcp,traddr=", address, ",trsvcid=", port, ",nqn=", nqn,
            strcmp(nqn, DISCOVERY_NQN) != 0 ? ",ctrl_loss_tmo=-1" : "", host_nqn ? ",hostnqn=" : "",
            host_nqn ? host_nqn : "", host_id ? ",hostid=" : "", host_id ? host_id : "", NULL)
        < 0)
        return -E2BIG;
    fd = open(FABRICS, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? -ENODEV : -errno;
    if (write(fd, line, strlen(line)) < 0)
        result = -errno;
    length = result == 0 ? read(fd, answer, sizeof(answer) - 1) : 0; /* "instance=0,cntlid=1" */
    close(fd);
    answer[length > 0 ? length : 0] = '\0';
    answer[strcspn(answer, ",\n")] = '\0';
    if (result == 0 && (strncmp(answer, "instance=", 9) != 0 || text_to_number(answer + 9, &number) < 0))
        return -EIO;
    return result < 0 ? result : (int)number;
}

/* The disk of a subsystem's first namespace, whichever number its controller has; not one path to it of several. */
static bool has_name(int sysfs, char directory[SYSFS_PATH_SIZE], const void *wanted)
{
    char value[SYSFS_VALUE_SIZE];

    return !strncmp(sysfs_name(directory), "nvme", 4) && !sysfs_read(sysfs, directory, "partition", value)
           && !(sysfs_read(sysfs, directory, "hidden", value) && !strcmp(value, "1"))
           && sysfs_search(sysfs, directory, "subsysnqn", value) && !strcmp(value, wanted);
}

static int read_log(int controller, uint8_t log[NVME_DISCOVERY_LOG_SIZE])
{
    char number[DECIMAL_SIZE], path[64];
    struct nvme_admin_cmd command = {.opcode = ADMIN_GET_LOG_PAGE,
        .addr = (uint64_t)(uintptr_t)log,
        .data_len = NVME_DISCOVERY_LOG_SIZE,
        .cdw10 = (NVME_DISCOVERY_LOG_SIZE / 4 - 1) << 16 | LOG_DISCOVERY};
    int fd, result;

    memset(log, 0, NVME_DISCOVERY_LOG_SIZE);
    (void)text_join(path, sizeof(path), "/dev/nvme", text_decimal((uint64_t)controller, number), NULL);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    result = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &command);
    close(fd);
    return result < 0 ? -errno : result > 0 ? -EIO : 0;
}

/* Connects to all that are told of. *nqn: the first that was connected to. */
static int discover(const struct boot *boot, const char *address, const char *port, char nqn[NVME_NAME_SIZE])
{
    static uint8_t log[NVME_DISCOVERY_LOG_SIZE];
    struct nvme_discovered found;
    char number[DECIMAL_SIZE], path[96];
    int controller = tell_kernel(boot, address, port, DISCOVERY_NQN);
    int result = controller < 0 ? controller : read_log(controller, log);

    if (controller >= 0) {
        (void)text_join(path, sizeof(path), "/sys/class/nvme/nvme", text_decimal((uint64_t)controller, number),
            "/delete_controller", NULL);
        (void)file_write_text(path, "1"); /* else it goes by itself, later */
    }
    *nqn = '\0';
    for (size_t at = 0; result == 0 && nvme_discovery_next(log, sizeof(log), &at, &found);) {
        int connected = tell_kernel(boot, found.address, found.port, found.nqn);

        if (connected < 0 && connected != -EALREADY && !*nqn)
            result = connected;
        else if (!*nqn)
            (void)text_join(nqn, NVME_NAME_SIZE, found.nqn, NULL);
    }
    return *nqn ? 0 : result == 0 ? -ENOENT : result;
}

static const char *refusal(int error)
{
    switch (error) {
    case -ENODEV:
        return "neither this kernel nor this image has NVMe by TCP (kindling build -f nvme-tcp)";
    case -ENOENT:
        return "the server knows of no disk for this machine";
    case -EIO:
        return "the server has no such subsystem, or refuses this machine";
    default:
        return network_error(error);
    }
}

void nvme_tcp_attach(struct boot *boot, const void *context, struct network_answer *answer)
{
    const struct network_disk *disk = context;
    const struct network_root *wanted = disk->wanted;
    char address[NETWORK_ADDRESS_SIZE], nqn[NVME_NAME_SIZE], path[NETWORK_DISK_PATH_SIZE];
    bool is_discovery = !*wanted->path;
    const char *port = network_root_port(wanted);
    int result = text_join(nqn, sizeof(nqn), wanted->path, NULL);

    network_address_format(&disk->server, address);
    if (is_discovery)
        result = discover(boot, address, port, nqn);
    else if (result == 0)
        result = tell_kernel(boot, address, port, nqn);
    if (result == -EALREADY) /* by an earlier try of ours, or by the firmware */
        result = 0;
    if (result >= 0)
        result = network_disk_await(has_name, nqn, path) ? 0 : -ENOENT;
    if (result < 0)
        network_answer(answer, result, "cannot connect to ", disk->name, ": ", refusal(result), NULL);
    else
        network_answer(answer, 0, path, NULL);
}
