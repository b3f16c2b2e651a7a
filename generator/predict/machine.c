#include "predict/machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "contract/module_name.h"
#include "feature/block_stack.h"
#include "predict/disk_probe.h"

#define DEPTH_MAX 32u /* layers: what runs in circles ends here */

static struct machine_device *add_device(struct machine *machine, const char *modalias)
{
    struct machine_device *device;

    machine->devices = allocate_more(machine->devices, machine->device_count, sizeof(*machine->devices));
    device = &machine->devices[machine->device_count++];
    *device = (struct machine_device){.modalias = allocate_string(modalias)};
    return device;
}

void machine_add_devices(struct machine *machine, const struct feature *feature)
{
    for (size_t i = 0; i < feature->line_count; i++) {
        const struct feature_line *line = &feature->lines[i];
        struct machine_device *last = machine->device_count ? &machine->devices[machine->device_count - 1] : NULL;

        if (line->keyword == FEATURE_DEVICE || line->keyword == FEATURE_CARD) {
            last = add_device(machine, line->words.items[0]);
            last->leads_to_card = line->keyword == FEATURE_CARD;
            for (size_t k = 1; k < line->words.count; k++)
                string_list_add(&last->drivers, line->words.items[k]);
        } else if (line->keyword == FEATURE_REQUIRE_FIRMWARE && last) {
            for (size_t k = 0; k < line->words.count; k++)
                string_list_add(&last->firmware, line->words.items[k]);
        }
    }
}

int machine_read(struct machine *machine, struct catalogue *catalogue, const char *name)
{
    int result;

    *machine = (struct machine){.name = allocate_string(name)};
    result = catalogue_read(catalogue, CATALOGUE_MACHINE, name, &machine->description);
    if (result == 0)
        machine_add_devices(machine, &machine->description);
    return result;
}

/* Where sysfs is mounted; tests have one of their own. */
static const char *sysfs(void)
{
    const char *path = getenv("KINDLING_SYSFS");

    return path && *path ? path : "/sys";
}

/* The last part of the path that a symlink in a directory of sysfs leads to, as a new string; NULL without one. */
static char *link_name(const char *directory, const char *link)
{
    char *path = allocate_format("%s/%s", directory, link);
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof(target) - 1);
    const char *slash;

    free(path);
    if (length < 0)
        return NULL;
    target[length] = '\0';
    slash = strrchr(target, '/');
    return allocate_string(slash ? slash + 1 : target);
}

/* A device of the way counts when a driver holds it: the rest only enumerates. The driver's module and the driver have
 * different names at times, and where it is built in only the latter is known. */
static void add_host_device(struct machine *machine, const char *directory)
{
    char *driver = link_name(directory, "driver");
    char *module = link_name(directory, "driver/module");
    char *path = allocate_format("%s/modalias", directory);
    char *modalias = NULL;

    if (file_read_text(path, &modalias) == 0)
        modalias[strcspn(modalias, "\n")] = '\0';
    if (driver && modalias && *modalias) {
        struct machine_device *device = add_device(machine, modalias);

        string_list_add(&device->drivers, module ? module : driver);
        device->is_built_in_here = module == NULL;
    }
    free(driver);
    free(module);
    free(path);
    free(modalias);
}

/* All devices from the one at the path, which is cut up, to the root of sysfs; the topmost comes first. */
static void add_host_way(struct machine *machine, char *path, const char *root, bool leads_to_card)
{
    size_t first = machine->device_count, count;
    char *end;

    while (strlen(path) > strlen(root) && (end = strrchr(path, '/'))) {
        add_host_device(machine, path);
        *end = '\0';
    }
    count = machine->device_count - first;
    for (size_t i = 0; i < count / 2; i++) {
        struct machine_device *other = &machine->devices[machine->device_count - 1 - i];
        struct machine_device here = machine->devices[first + i];

        machine->devices[first + i] = *other;
        *other = here;
    }
    for (size_t i = first; i < machine->device_count; i++)
        machine->devices[i].leads_to_card = leads_to_card;
}

static bool is_plain_lvm(const char *name)
{
    char *path = allocate_format("/dev/%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_plain = fd >= 0 && disk_probe_is_plain_lvm(fd, 0);

    if (fd >= 0)
        close(fd);
    free(path);
    return is_plain;
}

static void add_layer(struct machine *machine, const char *type, bool is_plain)
{
    struct machine_layer *layer = machine->layers;

    while (layer < machine->layers + machine->layer_count && strcmp(layer->type, type) != 0)
        layer++;
    if (layer < machine->layers + machine->layer_count) {
        layer->is_plain_lvm &= is_plain;
        return;
    }
    machine->layers = allocate_more(machine->layers, machine->layer_count, sizeof(*layer));
    machine->layers[machine->layer_count++] = (struct machine_layer){type, is_plain};
}

static int add_way(struct machine *machine, const char *name, unsigned depth);

/* A device that is made of others, its slaves. Returns 0 or -errno. */
static int add_made(struct machine *machine, const char *directory, const char *name, unsigned depth)
{
    const struct block_stack *stack = block_stack_of("/", directory);
    const char *type = stack ? stack->type : NULL;
    char *slaves = allocate_format("%s/slaves", directory);
    DIR *stream = type && depth < DEPTH_MAX ? opendir(slaves) : NULL;
    bool is_plain = type && !strcmp(type, "LVM2_member");
    const struct dirent *entry;
    int result = stream ? 0 : -EOPNOTSUPP;
    size_t count = 0;

    while (stream && result == 0 && (entry = readdir(stream))) {
        if (*entry->d_name == '.')
            continue;
        count++;
        is_plain = is_plain && is_plain_lvm(entry->d_name);
        result = add_way(machine, entry->d_name, depth + 1);
    }
    if (stream)
        closedir(stream);
    if (!stream || count == 0)
        log_error("cannot check for this host: /dev/%s is no disk but a layer over others, which kindling does not "
                  "assemble",
            name);
    else if (result == 0)
        add_layer(machine, type, is_plain);
    free(slaves);
    return result == 0 && count == 0 ? -EOPNOTSUPP : result;
}

/* By the kernel's name of a device: its disk's way, or those of all that it is made of. */
static int add_way(struct machine *machine, const char *name, unsigned depth)
{
    char *block = allocate_format("%s/class/block/%s", sysfs(), name);
    char *root = realpath(sysfs(), NULL);
    char *path = realpath(block, NULL);
    int result = -errno;

    if (!path || !root) {
        log_error("cannot tell by what devices this host comes to /dev/%s: %s", name, strerror(-result));
    } else if (strstr(path, "/virtual/")) {
        char *partition = allocate_format("%s/partition", path);

        if (access(partition, F_OK) == 0)
            *strrchr(path, '/') = '\0';
        free(partition);
        result = add_made(machine, path, name, depth);
    } else {
        result = 0;
        add_host_way(machine, path, root, false);
    }
    free(path);
    free(root);
    free(block);
    return result;
}

/* One that has a link is one that a boot may be over. */
static bool has_link(const char *name)
{
    char *path = allocate_format("%s/class/net/%s/operstate", sysfs(), name);
    char *state = NULL;
    bool is_up = file_read_text(path, &state) == 0 && (!strncmp(state, "up", 2) || !strncmp(state, "unknown", 7));

    free(state);
    free(path);
    return is_up;
}

int machine_read_host_cards(struct machine *machine)
{
    char *cards = allocate_format("%s/class/net", sysfs());
    char *root = realpath(sysfs(), NULL);
    struct dirent **names = NULL;
    int count = root ? scandir(cards, &names, NULL, alphasort) : -1;

    *machine = (struct machine){.name = allocate_string(MACHINE_THIS_HOST)};
    for (int i = 0; i < count; i++) {
        char *link = allocate_format("%s/%s", cards, names[i]->d_name);
        char *path = names[i]->d_name[0] != '.' && has_link(names[i]->d_name) ? realpath(link, NULL) : NULL;

        if (path && !strstr(path, "/virtual/"))
            add_host_way(machine, path, root, true);
        free(path);
        free(link);
        free(names[i]);
    }
    free(names);
    free(root);
    free(cards);
    return 0;
}

int machine_read_host(struct machine *machine, const char *device)
{
    const char *slash = strrchr(device, '/');

    *machine = (struct machine){.name = allocate_string(MACHINE_THIS_HOST)};
    return add_way(machine, slash ? slash + 1 : device, 0);
}

void machine_free(struct machine *machine)
{
    for (size_t i = 0; i < machine->device_count; i++) {
        free(machine->devices[i].modalias);
        string_list_free(&machine->devices[i].drivers);
        string_list_free(&machine->devices[i].firmware);
    }
    feature_free(&machine->description);
    free(machine->devices);
    free(machine->layers);
    free(machine->name);
    *machine = (struct machine){0};
}
