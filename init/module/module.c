#include "module/module.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "module/member.h"
#include "system/file.h"
#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"

/* Parameters of one module from the index and the command line together, in bytes. */
#define PARAMETERS_SIZE 4096u

#define FINIT_COMPRESSED_FILE 4 /* MODULE_INIT_COMPRESSED_FILE of linux/module.h, since 5.17 */

int module_loader_open(struct module_loader *loader, const struct index *index, const struct cmdline *cmdline)
{
    /* Zeros, and shared with the process that devices.c starts. */
    uint8_t *state =
        mmap(NULL, index_module_count(index) + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const char *wanted = index_setting(index, SETTING_KERNEL_RELEASE);
    struct utsname running;

    if (state == MAP_FAILED)
        return -ENOMEM;
    *loader = (struct module_loader){.index = index, .cmdline = cmdline};
    loader->wrong_release =
        index_module_count(index) > 0 && uname(&running) == 0 && strcmp(running.release, wanted) != 0;
    if (loader->wrong_release)
        log_warning("this image holds modules for kernel ", wanted, ", but ", running.release,
            " is running: none is loaded, only drivers built into the kernel work");
    load_plan_begin(&loader->plan, index, cmdline, state);
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
        else if (!strcmp(word->key, "netconsole") && !strcmp(module->name, "netconsole") && word->value)
            result =
                append_parameter(parameters, word->key, word->value); /* as a kernel takes it that has it built in */
    }
    return result;
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
    const void *bytes;
    int result = gather_parameters(loader, module, parameters);

    if (result == 0 && module->format != MEMBER_GZIP)
        return insert_file(module, parameters);
    if (result == 0)
        result = member_inflate(module->path, module->size, &bytes);
    if (result == 0 && syscall(SYS_init_module, bytes, (unsigned long)module->size, parameters) < 0)
        result = -errno;
    return result;
}

/* A module that is still being loaded is not there yet: whoever inserts it as well waits for it in the kernel. */
static bool is_live(const char *name)
{
    char path[MODULE_NAME_SIZE + sizeof("/sys/module//initstate")], state[16];

    return text_join(path, sizeof(path), "/sys/module/", name, "/initstate", NULL) == 0
           && file_read_text(AT_FDCWD, path, state, sizeof(state)) > 0 && !strcmp(state, "live");
}

/* Loads one module and nothing else. */
static void load_one(struct module_loader *loader, uint32_t number)
{
    struct index_module module;
    uint64_t start = timing_now();
    int result = index_module(loader->index, number, &module);

    loader->loading = number;
    if (result == 0 && loader->others_load && is_live(module.name)) {
        result = -EEXIST;
    } else if (result == 0) {
        result = insert(loader, &module);
        timing_note("module", module.name, start);
    }
    if (load_plan_note(&loader->plan, number, result))
        log_debug("module ", module.name);
    else if (result == -ENODEV) /* an answer, not a fault */
        log_info("module ", module.name, " found no device");
    else
        log_warning("cannot load module ", module.name, ": ", insertion_error(result));
}

void module_load(struct module_loader *loader, uint32_t number)
{
    struct load_request request;
    struct index_module module, skipped, needed;
    uint32_t step, missing;
    enum load_step what;
    bool alone = loader->alone;

    if (loader->wrong_release || index_module(loader->index, number, &module) < 0)
        return;
    loader->others_wait = loader->others_wait || module.flags & MODULE_LATE;
    loader->alone = false; /* what the module needs is loaded while others are still being probed */
    load_request_begin(&request, &loader->plan, number);
    while ((what = load_request_next(&request, &step, &missing)) != LOAD_END) {
        loader->alone = loader->alone || (alone && step == number);
        if (what == LOAD_TRY)
            load_one(loader, step);
        else if (index_module(loader->index, step, &skipped) == 0 && index_module(loader->index, missing, &needed) == 0)
            log_info("module ", skipped.name, " is not loaded: it needs ", needed.name,
                ", which is not"); /* the other one's own failure is what was warned of */
    }
    loader->alone = alone;
}

void module_match_begin(struct module_match *match, const struct module_loader *loader, const char *modalias)
{
    match->loader = loader;
    load_match_device(&match->match, &loader->plan, modalias);
}

bool module_match_next(struct module_match *match, uint32_t *number)
{
    const struct module_loader *loader = match->loader;

    while (!loader->wrong_release && load_match_next(&match->match, number)) {
        if (!load_plan_is_loaded(&loader->plan, *number) && !load_plan_has_failed(&loader->plan, *number))
            return true;
    }
    return false;
}

unsigned module_load_named(struct module_loader *loader, const char *name)
{
    struct load_match match;
    uint32_t number;
    unsigned found = 0;

    load_match_name(&match, &loader->plan, name);
    while (load_match_next(&match, &number)) {
        found++;
        module_load(loader, number);
    }
    return found;
}

void module_load_asked_for(struct module_loader *loader, const char *key)
{
    char name[MODULE_NAME_SIZE];
    const char *list;
    size_t position = 0;

    while ((list = cmdline_next(loader->cmdline, key, &position)) != NULL) {
        while (load_list_next(&list, name)) {
            if (module_load_named(loader, name) == 0)
                log_warning(key, "=: this image has no module ", name);
        }
    }
}

void module_autoload(struct module_loader *loader)
{
    uint32_t position = 0, number;

    module_load_asked_for(loader, LOAD_FIRST);
    module_load_asked_for(loader, LOAD_FIRST_TOO);
    while (load_plan_next_autoload(&loader->plan, &position, &number))
        module_load(loader, number);
}
