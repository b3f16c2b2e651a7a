/*
 * A root on the network: a directory of a server's, or a disk, or a file system on disks that come from there. All
 * disks are tried at once, each by a child of its own, so that one whose server is dead holds none of the others up;
 * what they make comes back as an event, and is looked at as any other disk.
 */
#include "root/network_root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "contract/network_roots.h"
#include "module/program.h"
#include "root/device_find.h"
#include "root/mount_device.h"
#include "root/network.h"
#include "root/network_disk.h"
#include "root/nfs.h"
#include "root/root_source.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

static const struct disk_kind {
    enum network_root_kind kind;
    const char *what;       /* for sentences: "the NBD export " */
    const char *modules[2]; /* loaded before the first; NULL for none */
    const char *program;    /* made ready before it; NULL for none */
    network_try *attach;
} disk_kinds[] = {
    {NETWORK_ROOT_NBD, "the NBD export ", {"nbd"}, NULL, nbd_attach},
    {NETWORK_ROOT_ISCSI, "the iSCSI target ", {"iscsi_tcp"}, ISCSISTART, iscsi_attach},
    {NETWORK_ROOT_IBFT, "the iSCSI targets of the firmware (iBFT)", {"iscsi_tcp", "iscsi_ibft"}, ISCSISTART,
        ibft_attach},
    {NETWORK_ROOT_NVME_TCP, "the NVMe subsystem ", {"nvme_tcp"}, NULL, nvme_tcp_attach},
    {NETWORK_ROOT_AOE, "the AoE disk ", {"aoe"}, NULL, aoe_attach},
};

static const struct disk_kind *find_kind(enum network_root_kind kind)
{
    for (size_t i = 0; i < sizeof(disk_kinds) / sizeof(disk_kinds[0]); i++) {
        if (disk_kinds[i].kind == kind)
            return &disk_kinds[i];
    }
    return NULL;
}

/* The one root of the one boot. */
static struct {
    bool is_read;
    struct network_roots roots;
    char client[64];            /* "eth0 (10.0.2.15)" */
    struct network_disk *disks; /* as many as roots.disks */
    struct network_task *tasks;
    bool are_disks_tried;
} network;

static bool is_file_system(enum network_root_kind kind)
{
    return kind != NETWORK_ROOT_NONE && !network_root_is_disk(kind);
}

static bool is_root_wrong(void)
{
    return network.roots.wrong && !strcmp(network.roots.wrong, "root");
}

/* Once, whoever asks first. */
static void read_roots(const struct boot *boot)
{
    if (network.is_read)
        return;
    network.is_read = true;
    if (network_roots_read(&boot->cmdline, &network.roots) < 0)
        log_warning("not enough memory to read what the command line says of a root on the network");
    /* What is wrong is a failure only where the root hangs on it. */
    if (network.roots.wrong && !is_root_wrong())
        log_warning(network.roots.wrong, "=", network.roots.value,
            " is no form of a root on the network that kindling knows: it is ignored");
}

bool network_root_is_wanted(const struct boot *boot)
{
    read_roots(boot);
    return network_roots_are_wanted(&network.roots) || is_root_wrong();
}

bool network_root_has_ibft(const struct boot *boot)
{
    read_roots(boot);
    for (size_t i = 0; i < network.roots.disk_count; i++) {
        if (network.roots.disks[i].kind == NETWORK_ROOT_IBFT)
            return true;
    }
    return false;
}

static void forget_disks(void)
{
    for (size_t i = 0; network.tasks && i < network.roots.disk_count; i++)
        network_task_end(&network.tasks[i]);
    free(network.tasks);
    free(network.disks);
    network.tasks = NULL;
    network.disks = NULL;
    network.are_disks_tried = false;
}

void network_root_hand_over(void)
{
    forget_disks();
}

/* In the order of NETWORK: who was named with the root, by the command line, by DHCP for this, and DHCP's own. */
static int find_server(struct boot *boot, const struct network_root *wanted, struct network_address *server)
{
    const struct network_lease *lease = &boot->lease;

    if (*wanted->server)
        return network_resolve(boot, wanted->server, server);
    *server = lease->next_server.family ? lease->next_server : lease->dhcp_server;
    if (!lease->next_server.family && *lease->server_name)
        return network_resolve(boot, lease->server_name, server);
    if (server->family)
        return 0;
    return failure(boot->options.root, "no server", "root=", boot->options.root,
        " names no server, and neither ip= nor DHCP does (", network.client, ")", NULL);
}

/* root=dhcp: the server says what it is. */
static int take_root_path(struct boot *boot)
{
    const struct network_lease *lease = &boot->lease;
    char server[NETWORK_ADDRESS_SIZE];
    int result;

    network_address_format(&lease->dhcp_server, server);
    if (!*lease->root_path)
        return failure("dhcp", "no root-path", "root=dhcp: the DHCP server ", server, " gives ", network.client,
            " no root-path", NULL);
    result = network_roots_add_path(&network.roots, &boot->cmdline, lease->root_path);
    if (result < 0)
        return failure(lease->root_path, "not understood", "root=dhcp: the root-path ", lease->root_path,
            " that the DHCP server ", server, " gives ", network.client, " is no form of a root that kindling knows",
            NULL);
    return 0;
}

/* Some disks need a card, and no more. */
static bool needs_address(void)
{
    for (size_t i = 0; i < network.roots.disk_count; i++) {
        if (network.roots.disks[i].kind != NETWORK_ROOT_AOE)
            return true;
    }
    return is_file_system(network.roots.root.kind);
}

static int bring_up(struct boot *boot)
{
    const struct network_root *root = &network.roots.root;
    char address[NETWORK_ADDRESS_SIZE];
    int result;

    if (is_root_wrong())
        return failure(network.roots.value, "not understood", "root=", network.roots.value,
            " is no form of a root on the network that kindling knows; as in root=nfs:SERVER:/PATH or "
            "root=nbd:SERVER:EXPORT",
            NULL);
    if (!needs_address())
        return driver_queues_want_network(&boot->devices.queues);
    result = network_bring_up(boot);
    if (result < 0)
        return result;
    (void)text_join(network.client, sizeof(network.client), boot->lease.interface, " (",
        network_address_format(&boot->lease.address, address), ")", NULL);
    /* root=/dev/nfs without a path of its own takes the root-path, too. */
    if (root->kind == NETWORK_ROOT_DHCP || (root->kind == NETWORK_ROOT_NFS && !*root->path && *boot->lease.root_path))
        return take_root_path(boot);
    return 0;
}

/* nbdN of its own, or the first that nobody has named. */
static unsigned choose_index(size_t disk)
{
    const struct network_root *wanted = &network.roots.disks[disk];
    uint64_t number = 0;

    if (*wanted->device && text_to_number(wanted->device + strlen("nbd"), &number) == 0)
        return (unsigned)number;
    for (size_t i = 0; i < disk; i++)
        number += network.roots.disks[i].kind == NETWORK_ROOT_NBD;
    return (unsigned)number;
}

static int make_ready(struct boot *boot, const struct disk_kind *kind)
{
    const char *culprit;
    int result = kind->program ? program_unpack(&boot->index, kind->program, &culprit) : 0;

    if (result == -ENOENT)
        return failure(kind->program, "not in the image", "this image has no ", kind->program,
            ": make it with the feature ", network_root_feature(kind->kind), " (kindling build -f ",
            network_root_feature(kind->kind), ")", NULL);
    if (result < 0)
        return failure_because(
            culprit, strerror(-result), "cannot unpack ", culprit, ", which a root on the network needs", NULL);
    for (size_t i = 0; i < sizeof(kind->modules) / sizeof(kind->modules[0]) && kind->modules[i]; i++)
        module_load_named(&boot->modules, kind->modules[i]);
    return 0;
}

static int start_disk(struct boot *boot, size_t number)
{
    struct network_disk *disk = &network.disks[number];
    const struct network_root *wanted = &network.roots.disks[number];
    const struct disk_kind *kind = find_kind(wanted->kind);
    const char *port = network_root_port(wanted);
    char address[NETWORK_ADDRESS_SIZE];
    int result = 0;

    disk->wanted = wanted;
    if (*port)
        result = find_server(boot, wanted, &disk->server);
    if (result == 0)
        result = make_ready(boot, kind);
    if (result < 0)
        return result;
    disk->index = choose_index(number);
    network_address_format(&disk->server, address);
    if (*port)
        (void)text_join(disk->name, sizeof(disk->name), kind->what, wanted->path, *wanted->path ? " of " : "of ",
            *wanted->server ? wanted->server : address, ":", port, ", from ", network.client, NULL);
    else
        (void)text_join(disk->name, sizeof(disk->name), kind->what, wanted->path, NULL);
    return network_task_start(&network.tasks[number], boot, kind->attach, disk);
}

/* The root may lie on any of them: those that could not even begin stop none of the others. */
static int start_disks(struct boot *boot)
{
    size_t count = network.roots.disk_count, started = 0;
    int result = 0;

    if (network.are_disks_tried)
        return 0;
    network.disks = calloc(count, sizeof(*network.disks));
    network.tasks = calloc(count, sizeof(*network.tasks));
    if (!network.disks || !network.tasks)
        return failure("network", "not enough memory", "not enough memory for the disks of the network", NULL);
    network.are_disks_tried = true;
    for (size_t i = 0; i < count; i++) {
        int error = start_disk(boot, i);

        if (error == 0)
            started++;
        else
            result = error;
    }
    return started > 0 ? 0 : result;
}

/* Until the disk is there. */
static int await_disk(struct boot *boot, size_t number)
{
    struct network_task *task = &network.tasks[number];
    const char *name = network.disks[number].name;
    int result = network_task_look(task) ? task->answer.error : network_task_finish(task, boot, "", name);

    if (result == 0)
        return devices_take_in(&boot->devices); /* it has changed before we were told */
    if (*task->answer.text)
        return failure(boot->options.root, network_error(task->answer.error), task->answer.text, NULL);
    return failure(boot->options.root, network_error(result), name, " did not come: ", network_error(result), NULL);
}

/* It is the root itself, by whichever name the kernel gives it. */
static int await_named(struct boot *boot)
{
    size_t number = network.roots.named;
    const struct network_root *wanted = &network.roots.disks[number];
    int result = await_disk(boot, number);

    if (result < 0)
        return result;
    boot->options.root = network.tasks[number].answer.text;
    if (!boot->options.rootfstype && *wanted->type && strcmp(wanted->type, "auto") != 0)
        boot->options.rootfstype = wanted->type;
    if (!*boot->options.rootflags)
        boot->options.rootflags = wanted->options;
    return 0;
}

/* The kernel has all of /dev/nbd0 to nbd15 from the beginning, with nothing on them: one that is called by its name is
 * there when it is connected. */
static int await_nbd(struct boot *boot)
{
    char name[64], number[DECIMAL_SIZE];
    int result = 0;

    for (size_t i = 0; i < network.roots.disk_count && result == 0; i++) {
        size_t length;

        (void)text_join(name, sizeof(name), "/dev/nbd", text_decimal(network.disks[i].index, number), NULL);
        length = strlen(name);
        if (network.roots.disks[i].kind == NETWORK_ROOT_NBD && !strncmp(boot->options.root, name, length)
            && (boot->options.root[length] == '\0' || boot->options.root[length] == 'p'))
            result = await_disk(boot, i);
    }
    return result;
}

/* After the root was not found: which of the disks did not come. */
static int explain_disks(struct boot *boot, int error)
{
    for (size_t i = 0; i < network.roots.disk_count; i++) {
        struct network_task *task = &network.tasks[i];

        if (network.disks[i].wanted && !(network_task_look(task) && task->answer.error == 0))
            return failure(boot->options.root, "no disk from the network", "root=", boot->options.root,
                " may lie on a disk that did not come: ",
                *task->answer.text ? task->answer.text : network.disks[i].name, NULL);
    }
    return error;
}

static int find(struct boot *boot)
{
    int result = bring_up(boot);

    if (result < 0 || is_file_system(network.roots.root.kind))
        return result;
    result = root_device(boot) ? 0 : start_disks(boot);
    if (result == 0 && !root_device(boot) && network.roots.named < network.roots.disk_count)
        result = await_named(boot);
    else if (result == 0 && !root_device(boot))
        result = await_nbd(boot);
    if (result == 0) {
        result = block_root.find(boot);
        if (result < 0)
            result = explain_disks(boot, result);
    }
    if (result < 0)
        forget_disks(); /* whoever tries again begins anew */
    return result;
}

static int check(struct boot *boot)
{
    return is_file_system(network.roots.root.kind) ? 0 : block_root.check(boot);
}

static int mount_nfs(struct boot *boot, const struct mount_options *options)
{
    static char path[NETWORK_ROOT_PATH_SIZE];
    static struct nfs_mount nfs;
    struct network_task task;
    char address[NETWORK_ADDRESS_SIZE], source[NFS_SOURCE_SIZE];
    int result;

    nfs =
        (struct nfs_mount){.wanted = &network.roots.root, .path = path, .options = *options, .client = network.client};
    network_address_format(&boot->lease.address, address);
    if (nfs_path_expand(
            network.roots.root.path, *boot->lease.host_name ? boot->lease.host_name : address, path, sizeof(path))
            < 0
        || mount_options_parse(network.roots.root.options, &nfs.options) < 0)
        return failure(boot->options.root, "too long", "the path or the options of the root on NFS are too long", NULL);
    result = find_server(boot, nfs.wanted, &nfs.server);
    if (result < 0)
        return result;
    (void)nfs_source(&nfs, source); /* there is room */
    mount_load_file_system(boot, "nfs");
    result = network_task_start(&task, boot, nfs_mount_try, &nfs);
    if (result < 0)
        return result;
    result = network_task_finish(&task, boot, "the root on NFS: ", path);
    if (result < 0 && *task.answer.text)
        return failure(boot->options.root, network_error(task.answer.error), task.answer.text, NULL);
    if (result < 0)
        return failure_because(
            boot->options.root, network_error(result), "cannot mount ", source, " by NFS from ", network.client, NULL);
    log_info("the root is ", task.answer.text, ", by NFS from ", network.client);
    boot->read_only = (nfs.options.flags & MS_RDONLY) != 0;
    return 0;
}

static int mount_root(struct boot *boot, const struct mount_options *options)
{
    return is_file_system(network.roots.root.kind) ? mount_nfs(boot, options) : block_root.mount(boot, options);
}

const struct root_source network_root_source = {
    .is_asked_for = network_root_is_wanted, .find = find, .check = check, .mount = mount_root};
