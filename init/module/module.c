#include "module/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "contract/module_name.h"
#include "module/member.h"
#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"

/* Parameters of one module from the index and the command line together, in bytes. */
#define PARAMETERS_SIZE 4096u

#define FINIT_COMPRESSED_FILE 4 /* MODULE_INIT_COMPRESSED_FILE of linux/module.h, since 5.17 */

enum module_state { MODULE_UNTOUCHED, MODULE_LOADED, MODULE_FAILED, MODULE_BLACKLISTED };

/* Cuts the next name off a comma-separated list, normalised. Returns false at the end. */
static bool next_in_list(const char **list, char name[MODULE_NAME_SIZE])
{
    size_t length;
    const char *part = text_list_next(list, &length);

    if (!part)
        return false;
    if (length >= MODULE_NAME_SIZE)
        length = MODULE_NAME_SIZE - 1;
    memcpy(name, part, length);
    name[length] = '\0';
    module_name_normalise(name);
    return true;
}

static void blacklist(struct module_loader *loader, const char *list)
{
    char name[MODULE_NAME_SIZE];
    uint32_t number;

    while (next_in_list(&list, name)) {
        if (index_find_module(loader->index, name, &number) == 0)
            loader->state[number] = MODULE_BLACKLISTED;
    }
}

static void read_blacklists(struct module_loader *loader)
{
    for (size_t i = 0; i < loader->cmdline->count; i++) {
        if (cmdline_is_blacklist(&loader->cmdline->words[i]))
            blacklist(loader, loader->cmdline->words[i].value);
    }
}

bool module_is_blacklisted(const struct module_loader *loader, uint32_t number)
{
    return loader->state[number] == MODULE_BLACKLISTED;
}

static bool is_for_another_kernel(const struct index *index)
{
    const char *wanted = index_setting(index, SETTING_KERNEL_RELEASE);
    struct utsname running;

    if (index_module_count(index) == 0 || uname(&running) < 0 || !strcmp(running.release, wanted))
        return false;
    log_warning("this image holds modules for kernel ", wanted, ", but ", running.release,
        " is running: none is loaded, only drivers built into the kernel work");
    return true;
}

int module_loader_open(struct module_loader *loader, const struct index *index, const struct cmdline *cmdline)
{
    *loader = (struct module_loader){.index = index, .cmdline = cmdline};
    /* Zeros, and shared with the process that devices.c starts. */
    loader->state =
        mmap(NULL, index_module_count(index) + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (loader->state == MAP_FAILED)
        return -ENOMEM;
    loader->wrong_release = is_for_another_kernel(index);
    read_blacklists(loader);
    return 0;
}

/* True when key is "NAME.parameter"; *parameter then points behind the dot. */
static bool is_parameter_of(const char *key, const char *module, const char **parameter)
{
    for (; *module; module++, key++) {
        if (*key != *module && !(*key == '-' && *module == '_'))
            return false;
    }
    *parameter = key + 1;
    return *key == '.';
}

/* Appends " parameter=value", with quotes around a value that has blanks (moduleparam's own syntax). */
static int append_parameter(char parameters[PARAMETERS_SIZE], const char *parameter, const char *value)
{
    size_t used = strlen(parameters);
    const char *quote = value && strpbrk(value, " \t") ? "\"" : "";

    return text_join(parameters + used, PARAMETERS_SIZE - used, used ? " " : "", parameter, value ? "=" : "", quote,
        value ? value : "", quote, NULL);
}

static int gather_parameters(
    const struct module_loader *loader, const struct index_module *module, char parameters[PARAMETERS_SIZE])
{
    int result = text_join(parameters, PARAMETERS_SIZE, module->options, NULL);

    if (loader->others_wait && !loader->alone && result == 0)
        result = append_parameter(parameters, "async_probe", NULL);

    for (size_t i = 0; i < loader->cmdline->count && result == 0; i++) {
        const struct cmdline_word *word = &loader->cmdline->words[i];
        const char *parameter;

        if (is_parameter_of(word->key, module->name, &parameter))
            result = append_parameter(parameters, parameter, word->value);
    }
    return result;
}

static int insert_inflated(const struct index_module *module, const char *parameters)
{
    const void *bytes;
    int result = member_inflate(module->path, module->size, &bytes);

    if (result < 0)
        return result;
    return syscall(SYS_init_module, bytes, (unsigned long)module->size, parameters) < 0 ? -errno : 0;
}

static int insert_file(const struct index_module *module, const char *parameters)
{
    int flags = module->format == MEMBER_KERNEL ? FINIT_COMPRESSED_FILE : 0;
    int fd = open(module->path, O_RDONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return -errno;
    result = syscall(SYS_finit_module, fd, parameters, flags) < 0 ? -errno : 0;
    close(fd);
    return result;
}

static const char *insertion_error(int error)
{
    switch (error) {
    case -ENOEXEC:
        return "it is not a module for this kernel";
    case -EILSEQ:
        return "it is damaged in the image";
    case -ENOENT:
        return "it is missing in the image, or needs a symbol that no loaded module has";
    case -EKEYREJECTED:
    case -EPERM:
        return "the kernel refuses it: it is unsigned, or on the kernel's own module_blacklist=";
    case -EFBIG:
    case -ENOMEM:
        return "not enough memory";
    default:
        return strerror(-error);
    }
}

static int insert(const struct module_loader *loader, const struct index_module *module)
{
    char parameters[PARAMETERS_SIZE];
    int result = gather_parameters(loader, module, parameters);

    if (result < 0)
        return result;
    if (module->format == MEMBER_GZIP)
        return insert_inflated(module, parameters);
    return insert_file(module, parameters);
}

/* Loads one module and nothing else. */
static int load_one(struct module_loader *loader, uint32_t number)
{
    struct index_module module;
    uint64_t start = timing_now();
    int result = index_module(loader->index, number, &module);

    if (result < 0)
        return result;
    if (loader->state[number] == MODULE_LOADED)
        return 0;
    result = insert(loader, &module);
    timing_note("module", module.name, start);
    if (result == 0 || result == -EEXIST) {
        log_debug("module ", module.name);
        loader->state[number] = MODULE_LOADED;
        return 0;
    }
    /* A driver that finds no hardware of its own says so with ENODEV: that is an answer, not a fault, and another
     * device may come. */
    loader->state[number] = result == -ENODEV ? MODULE_UNTOUCHED : MODULE_FAILED;
    if (result == -ENODEV)
        log_info("module ", module.name, " found no device");
    else
        log_warning("cannot load module ", module.name, ": ", insertion_error(result));
    return result;
}

int module_load(struct module_loader *loader, uint32_t number)
{
    struct index_module module;
    uint32_t step_module;
    bool alone = loader->alone;
    int result = index_module(loader->index, number, &module);

    if (result < 0 || loader->wrong_release)
        return result < 0 ? result : -ENOEXEC;
    if (loader->state[number] == MODULE_LOADED)
        return 0;
    if (loader->state[number] == MODULE_FAILED)
        return -ENODEV;
    loader->others_wait = loader->others_wait || module.flags & MODULE_LATE;
    loader->alone = false; /* what the module needs is loaded while others are still being probed */
    for (uint32_t i = 0; i < module.step_count; i++) {
        if (index_step(loader->index, module.first_step + i, &step_module) < 0)
            return -EINVAL;
        loader->alone = loader->alone || (alone && step_module == number);
        if (step_module == number)
            result = load_one(loader, number);
        else
            (void)load_one(loader, step_module); /* the module itself will miss it, or not */
    }
    return result;
}

void module_match_begin(struct module_match *match, const struct module_loader *loader, const char *modalias)
{
    match->loader = loader;
    if (text_join(match->name, sizeof(match->name), modalias, NULL) < 0 || loader->wrong_release)
        match->name[0] = '\0'; /* the empty name matches nothing but a bare '*' */
    module_name_normalise(match->name);
    index_match_begin(&match->aliases, loader->index, match->name);
}

bool module_match_next(struct module_match *match, uint32_t *number)
{
    while (index_match_next(&match->aliases, number)) {
        if (*number < index_module_count(match->loader->index) && match->loader->state[*number] == MODULE_UNTOUCHED)
            return true;
    }
    return false;
}

static unsigned load_matching(struct module_loader *loader, const char *alias)
{
    struct module_match match;
    uint32_t number;
    unsigned found = 0;

    module_match_begin(&match, loader, alias);
    while (module_match_next(&match, &number)) {
        found++;
        (void)module_load(loader, number); /* logged where it failed */
    }
    return found;
}

unsigned module_load_named(struct module_loader *loader, const char *name)
{
    char normalised[MODULE_NAME_SIZE];
    uint32_t number;

    if (text_join(normalised, sizeof(normalised), name, NULL) < 0)
        return 0;
    module_name_normalise(normalised);
    if (index_find_module(loader->index, normalised, &number) < 0)
        return load_matching(loader, name);
    (void)module_load(loader, number); /* logged where it failed */
    return 1;
}

static void load_list(struct module_loader *loader, const char *key, const char *list)
{
    char name[MODULE_NAME_SIZE];

    while (next_in_list(&list, name)) {
        if (module_load_named(loader, name) == 0)
            log_warning(key, "=: this image has no module ", name);
    }
}

void module_load_asked_for(struct module_loader *loader, const char *key)
{
    const char *list;
    size_t position = 0;

    while ((list = cmdline_next(loader->cmdline, key, &position)) != NULL)
        load_list(loader, key, list);
}

void module_autoload(struct module_loader *loader)
{
    uint32_t number;

    module_load_asked_for(loader, "rd.driver.pre");
    for (uint32_t i = 0; index_autoload(loader->index, i, &number) == 0; i++) {
        if (number < index_module_count(loader->index) && loader->state[number] != MODULE_BLACKLISTED)
            (void)module_load(loader, number); /* logged where it failed */
    }
}
