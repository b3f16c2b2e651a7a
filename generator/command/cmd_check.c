#include "command/commands.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "base/allocate.h"
#include "base/architecture.h"
#include "base/file.h"
#include "base/log.h"
#include "command/arguments.h"
#include "command/check_kernel.h"
#include "command/check_report.h"
#include "contract/root_type.h"
#include "feature/data_directory.h"
#include "kernel/built_in.h"
#include "kernel/kernel_releases.h"
#include "predict/chain.h"
#include "predict/named_root.h"
#include "predict/word_needs.h"

#define USAGE "check [-k KVER|FILE] [--root SPEC] [--rootfstype TYPE] [--machine NAME,...] [--json] [-v] [IMAGE]"
#define USAGE_STATUS 2

struct check {
    struct check_kernel kernel;
    const char *root;
    const char *type_option;
    struct string_list machine_options;
    struct check_report report;

    struct string_list said; /* rootfstype= */
    struct root_spec found;  /* what the root is; its types are those said where nobody looked */
    struct string_list machines;
    bool is_on_medium; /* the image is the medium's own */
    bool are_named;    /* the machines were named by the user, not by the image */
    bool has_machine;  /* one that it is for */
    struct buffer bytes;
    struct image image;
    struct simulated_boot boot;
    struct catalogue catalogue;
    struct file_systems file_systems;
};

static int read_arguments(struct check *check, int argc, char **argv)
{
    static const struct option longs[] = {{"kernel", required_argument, NULL, 'k'},
        {"modules-dir", required_argument, NULL, 'd'}, {"root", required_argument, NULL, 'r'},
        {"rootfstype", required_argument, NULL, 't'}, {"machine", required_argument, NULL, 'm'},
        {"verbose", no_argument, NULL, 'v'}, {"json", no_argument, NULL, 'j'}, {0}};
    bool is_json = false;
    int option;

    while ((option = arguments_next(argc, argv, ":k:v", longs)) != -1) {
        switch (option) {
        case 'j':
            is_json = true;
            break;
        case 'k':
            check->kernel.option = optarg;
            break;
        case 'd':
            check->kernel.modules_dir = optarg;
            break;
        case 'r':
            check->root = optarg;
            break;
        case 't':
            check->type_option = optarg;
            break;
        case 'm':
            string_list_add_parts(&check->machine_options, optarg, ", ");
            break;
        case 'v':
            check->report.is_verbose = true;
            break;
        default:
            return USAGE_STATUS;
        }
    }
    /* A medium has an image of its own. */
    if (argc - optind > 1 || (argc == optind && !check->root)) {
        log_error("usage: kindling " USAGE);
        return USAGE_STATUS;
    }
    check->report.path = argc == optind ? check->root : argv[optind];
    check->is_on_medium = argc == optind;
    if (is_json)
        check_report_begin_json(&check->report);
    return 0;
}

static void find_said(struct check *check)
{
    const char *type = check->type_option ? check->type_option : cmdline_value(&check->boot.cmdline, "rootfstype");

    if (type)
        string_list_add_parts(&check->said, type, ",");
    if (string_list_contains(&check->said, "auto")) /* mount(8)'s word, which /init knows too */
        string_list_free(&check->said);
}

static int find_machines(struct check *check)
{
    struct string_list names = {0};
    char *known;

    for (size_t i = 0; i < check->machine_options.count; i++)
        string_list_add(&check->machines, check->machine_options.items[i]);
    check->are_named = check->machines.count > 0;
    if (!check->are_named)
        string_list_add_parts(&check->machines, index_setting(&check->boot.index, SETTING_MACHINES), " ");
    if (check->machines.count > 0)
        return 0;
    catalogue_names(&check->catalogue, CATALOGUE_MACHINE, &names);
    string_list_add(&names, MACHINE_THIS_HOST);
    known = string_list_join(&names, ", ");
    log_error("this image does not say what machine it is for: name one with --machine (there are: %s)", known);
    free(known);
    string_list_free(&names);
    return USAGE_STATUS;
}

/* What the kernel's tree, where it is at hand, knows better than the image does. */
static int ask_kernel(struct check *check)
{
    const char *release = simulated_boot_kernel(&check->boot);
    const struct compressor *compressor = compressor_of_stream(check->bytes.data, check->bytes.size);
    const char *option = compressor ? compressor->archive_option : NULL;
    char *directory = allocate_format("%s/%s", check->kernel.modules_dir, release);
    const struct kernel_config *config;
    struct buffer built_in = {0};
    int status = 0;

    if (!kernel_releases_is_name(release))
        goto out;
    if (strcmp(release, check->boot.release) != 0 || !check->boot.tells_built_in) {
        /* A tree that cannot be read is none. */
        (void)built_in_collect(directory, NULL, &built_in);
        simulated_boot_set_built_in(&check->boot, &built_in);
    }
    if (option && (config = check_kernel_configuration(&check->kernel, release))
        && !kernel_config_has(config, option)) {
        char *why = allocate_format("kernel %s could not unpack it (%s has no %s)", release, config->path, option);

        status = check_report_refuse(&check->report, why);
        free(why);
    }
out:
    buffer_free(&built_in);
    free(directory);
    return status;
}

static int open_image(struct check *check)
{
    char *why;
    int result = check->is_on_medium ? live_medium_read_initrd(check->root, &check->bytes)
                                     : file_read(check->report.path, &check->bytes);

    if (result < 0 && check->is_on_medium && access(check->root, R_OK) < 0)
        log_error("cannot read %s: %s", check->root, strerror(errno));
    else if (result == -EMEDIUMTYPE && check->is_on_medium)
        log_error("%s is no medium with an image of its own: name an image", check->root);
    else if (result < 0 && check->is_on_medium)
        log_error("there is no image /boot/initrd.img on %s: name one (%s)", check->root, strerror(-result));
    else if (result < 0)
        log_error("cannot read %s: %s", check->report.path, strerror(-result));
    if (result < 0)
        return USAGE_STATUS;
    if (image_archive_read_bytes(check->bytes.data, check->bytes.size, check->report.path, &check->image) < 0)
        return 1;
    image_strip_names(&check->image);
    if (simulated_boot_open(&check->boot, &check->image, &why) == 0) {
        check->boot.kernel = check->kernel.release;
        if (check->kernel.machine == EM_NONE || check->boot.machine == EM_NONE
            || check->kernel.machine == check->boot.machine)
            return ask_kernel(check);
        why = allocate_format("kernel %s is for %s, and its " IMAGE_INIT_PATH " is for %s", check->kernel.release,
            architecture_name_of_machine(check->kernel.machine), architecture_name_of_machine(check->boot.machine));
    }
    result = check_report_refuse(&check->report, why);
    free(why);
    return result;
}

/* What a squashfs is compressed by, the kernel knows or not: no module brings it. */
static int check_compressors(struct check *check)
{
    const struct string_list *used = &check->found.medium.compressor_options;
    const char *kernel = simulated_boot_kernel(&check->boot);
    const struct kernel_config *config = used->count > 0 ? check_kernel_configuration(&check->kernel, kernel) : NULL;
    int status = 0;

    for (size_t i = 0; config && i < used->count && status == 0; i++) {
        const char *option = used->items[i];
        char *why = allocate_format("kernel %s could not read the root's squashfs on %s (%s has no %s)", kernel,
            check->root, config->path, option);

        if (!kernel_config_has(config, option))
            status = check_report_refuse(&check->report, why);
        free(why);
    }
    return status;
}

/* Of this host's root, which may lie on some. */
static int read_layers(struct check *check, const struct machine *machine)
{
    struct string_list types = {0};
    int result;

    for (size_t i = 0; i < machine->layer_count; i++)
        string_list_add(&types, machine->layers[i].type);
    result = file_systems_read_layers(&check->file_systems, &check->catalogue, &types);
    string_list_free(&types);
    return result;
}

static int check_machine(struct check *check, const char *name)
{
    struct machine machine = {0};
    struct chain chain = {0};
    int status = USAGE_STATUS;
    int result = -ENODEV;

    if (strcmp(name, MACHINE_THIS_HOST) != 0)
        result = machine_read(&machine, &check->catalogue, name);
    else if (check->found.network != NETWORK_ROOT_NONE)
        result = machine_read_host_cards(&machine);
    else if (!check->found.device)
        log_error("%s is no device of this host: name another machine than " MACHINE_THIS_HOST, check->root);
    else
        result = machine_read_host(&machine, check->found.device);
    if (result == 0)
        result = read_layers(check, &machine);
    if (result == 0) {
        bool is_excused;

        chain_walk(&chain, &check->boot, &machine, &check->found, &check->file_systems);
        /* A machine that the kernel has no driver for is no fault of an image for many machines. */
        is_excused = chain.missing && chain.is_beyond_image && !check->are_named;
        check->has_machine |= !is_excused;
        status = check_report_machine(&check->report, name, &chain, &check->found.types, is_excused);
    }
    chain_free(&chain);
    machine_free(&machine);
    return status;
}

static int read_descriptions(struct check *check)
{
    const char *feature = network_root_feature(check->found.network);
    bool is_on_network = check->found.network != NETWORK_ROOT_NONE;
    int result = file_systems_read(&check->file_systems, &check->catalogue);

    if (result == 0)
        result = file_systems_read_layers(&check->file_systems, &check->catalogue, &check->found.types);
    if (result == 0)
        result = file_systems_read_layers(&check->file_systems, &check->catalogue, &check->found.beside);
    if (result == 0)
        result = word_needs_read(&check->boot.cmdline, &check->file_systems, &check->catalogue);
    if (result == 0 && is_on_network)
        result = file_systems_read_feature(&check->file_systems, &check->catalogue, "network");
    if (result == 0 && is_on_network)
        result = file_systems_read_feature(&check->file_systems, &check->catalogue, feature);
    return result;
}

static int check_machines(struct check *check)
{
    int worst = read_descriptions(check) < 0 ? USAGE_STATUS : 0;

    for (size_t i = 0; i < check->machines.count && worst < USAGE_STATUS; i++) {
        int status = check_machine(check, check->machines.items[i]);

        worst = status > worst ? status : worst;
    }
    if (worst == 0 && !check->has_machine)
        worst = check_report_refuse(&check->report, "of the machines of its profile it is for none");
    return worst;
}

/* No machine's description leads to a directory of the host. An image without the file system fails for certain. */
static int check_shared_root(struct check *check)
{
    static const struct machine no_machine;
    struct chain chain = {0};
    int status = USAGE_STATUS;

    if (file_systems_read(&check->file_systems, &check->catalogue) < 0)
        return status;
    string_list_add(&check->found.types, check->said.items[0]);
    chain_walk(&chain, &check->boot, &no_machine, &check->found, &check->file_systems);
    check_report_links(&check->report, &chain);
    if (chain.missing)
        status = check_report_refuse(&check->report, chain.missing);
    else
        log_error(
            "cannot tell whether %s boots: it can mount a root of type %s, but that lies on no disk, and only the "
            "ways to disks are known here",
            check->report.path, check->said.items[0]);
    chain_free(&chain);
    return status;
}

static void free_check(struct check *check)
{
    check_kernel_free(&check->kernel);
    simulated_boot_free(&check->boot);
    image_free(&check->image);
    buffer_free(&check->bytes);
    string_list_free(&check->machine_options);
    string_list_free(&check->machines);
    string_list_free(&check->said);
    root_spec_free(&check->found);
    file_systems_free(&check->file_systems);
    catalogue_free(&check->catalogue);
    json_decref(check->report.json);
}

int cmd_check(int argc, char **argv)
{
    struct check check = {.kernel = {.modules_dir = "/lib/modules"}};
    int status = read_arguments(&check, argc, argv);
    bool is_asked = status == 0, is_of_host;

    data_directory_open_catalogue(&check.catalogue);
    if (status == 0)
        status = check_kernel_find(&check.kernel) < 0 ? USAGE_STATUS : 0;
    if (status == 0)
        status = open_image(&check);
    if (status == 0)
        find_said(&check);
    if (status == 0 && check.said.count == 1 && root_type_is_shared(check.said.items[0])) {
        status = check_shared_root(&check);
    } else if (status == 0) {
        status = find_machines(&check);
        is_of_host = string_list_contains(&check.machines, MACHINE_THIS_HOST);
        if (status == 0 && named_root_find(&check.found, check.root, &check.said, is_of_host, &check.boot) < 0)
            status = USAGE_STATUS;
        if (status == 0 && check.found.refusal)
            status = check_report_refuse(&check.report, check.found.refusal);
        else if (status == 0)
            status = check_compressors(&check);
        if (status == 0 && !check.found.refusal)
            status = check_machines(&check);
    }
    if (is_asked)
        check_report_end(&check.report, status);
    free_check(&check);
    return status;
}
