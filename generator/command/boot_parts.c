#include "command/boot_parts.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "command/build_image.h"
#include "contract/live_words.h"
#include "kernel/kernel_releases.h"
#include "kernel/vmlinuz.h"
#include "predict/word_needs.h"

static const struct {
    char letter;
    const char *name; /* of build's option */
} letters[] = {{'k', "kernel"}, {'p', "profile"}, {'f', "feature"}, {'m', "module"}, {'a', "autoload"},
    {'S', "sysroot"}, {'D', "modules-dir"}};

static int set(struct options *options, const char *name, const char *value)
{
    size_t count;
    const struct option_row *rows = options_rows(&count);
    const char *wrong = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!strcmp(rows[i].name, name))
            wrong = options_set(options, &rows[i], value, "the command line");
    }
    if (!wrong)
        return 0;
    log_error("--%s %s: %s", name, value, wrong);
    return -EINVAL;
}

void boot_parts_init(struct boot_parts *parts)
{
    *parts = (struct boot_parts){0};
    options_init(&parts->options);
    (void)set(&parts->options, "profile", "generic");
}

int boot_parts_take(struct boot_parts *parts, int letter, const char *value)
{
    if (letter == 'K') {
        parts->kernel_option = value;
        return 0;
    }
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        if (letters[i].letter == letter)
            return set(&parts->options, letters[i].name, value);
    }
    return -ENOENT;
}

int boot_parts_take_cmdline(struct boot_parts *parts, const char *words)
{
    struct word_need needs[WORD_NEEDS_MAXIMUM];
    struct cmdline cmdline;
    enum live_layout layout;
    size_t count;
    int result = 0;

    if (cmdline_parse("", words, &cmdline) < 0)
        return -ENOMEM;
    count = word_needs_find(&cmdline, needs);
    layout = live_layout_find(&cmdline);
    if (layout != LIVE_NONE && layout != LIVE_MEMORY)
        result = set(&parts->options, "feature", "live");
    for (size_t i = 0; i < count && result == 0; i++)
        result = set(&parts->options, "feature", needs[i].feature);
    cmdline_free(&cmdline);
    return result;
}

static bool is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static char *modules_of(const struct output_settings *settings)
{
    return settings->modules_dir ? allocate_string(settings->modules_dir)
                                 : allocate_format("%s/lib/modules", settings->sysroot ? settings->sysroot : "");
}

/* A kernel's package has its file beside its modules: below the sysroot, or where they were unpacked. */
static char *look_for_kernel(const struct output_settings *settings)
{
    static const char merged[] = "/usr/lib/modules";
    const char *sysroot = settings->sysroot ? settings->sysroot : "";
    char *own = modules_of(settings), *real = realpath(own, NULL);
    size_t length = real ? strlen(real) : 0;
    bool is_merged = length >= strlen(merged) && !strcmp(real + length - strlen(merged), merged);
    char *places[] = {allocate_format("%s/%s/vmlinuz", own, settings->release),
        allocate_format("%s/../../%sboot/vmlinuz-%s", own, is_merged ? "../" : "", settings->release),
        allocate_format("%s/boot/vmlinuz-%s", sysroot, settings->release)};
    size_t count = sizeof(places) / sizeof(places[0]);
    char *found = NULL;

    /* With a tree of its own a kernel of this host is not meant. */
    if (settings->modules_dir && !settings->sysroot)
        count--;
    for (size_t i = 0; i < count && !found; i++)
        found = is_file(places[i]) ? realpath(places[i], NULL) : NULL;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        free(places[i]);
    free(own);
    free(real);
    return found;
}

/* A release without modules is most likely a wrong one. */
static int check_release(const struct output_settings *settings)
{
    char *modules = modules_of(settings), *tree = allocate_format("%s/%s", modules, settings->release);
    int result = access(tree, F_OK) == 0 ? 0 : kernel_releases_refuse(modules, settings->release);

    free(tree);
    free(modules);
    return result;
}

int boot_parts_find_kernel(struct boot_parts *parts)
{
    struct output_settings *settings = &parts->options.settings;
    struct utsname running;
    int result;

    if (!settings->release && uname(&running) == 0)
        settings->release = allocate_string(running.release);
    if (parts->kernel_option) {
        parts->kernel = is_file(parts->kernel_option) ? realpath(parts->kernel_option, NULL) : NULL;
        if (parts->kernel)
            return 0;
        log_error("cannot read the kernel %s: it is no file", parts->kernel_option);
        return -ENOENT;
    }
    parts->kernel = look_for_kernel(settings);
    if (parts->kernel)
        return 0;
    result = check_release(settings);
    if (result < 0)
        return result;
    log_error("cannot find the file of kernel %s: name it with --kernel", settings->release);
    return -ENOENT;
}

int boot_parts_check_kernel(struct boot_parts *parts)
{
    const char *release = parts->options.settings.release;
    struct vmlinuz kernel = {0};
    struct buffer bytes = {0};
    int result = file_read(parts->kernel, &bytes);

    if (result < 0) {
        log_error("cannot read the kernel %s: %s", parts->kernel, strerror(-result));
    } else if (vmlinuz_read(&kernel, bytes.data, bytes.size) < 0) {
        log_warning("%s is no kernel of x86, arm64 or riscv64 that tells its release", parts->kernel);
    } else if (strcmp(kernel.release, release) != 0) {
        log_error("the kernel %s is %s, and the modules to be packed are those of %s (-k)", parts->kernel,
            kernel.release, release);
        result = -EINVAL;
    }
    parts->machine = kernel.release ? kernel.machine : EM_NONE;
    free(kernel.release);
    buffer_free(&bytes);
    return result;
}

int boot_parts_make_image(struct boot_parts *parts)
{
    int result = parts->scratch.path ? 0 : scratch_make(&parts->scratch);

    if (result < 0)
        return result;
    parts->image = allocate_format("%s/initrd.img", parts->scratch.path);
    free(parts->options.settings.output);
    parts->options.settings.output = allocate_string(parts->image);
    return build_image(&parts->options);
}

void boot_parts_free(struct boot_parts *parts)
{
    options_free(&parts->options);
    free(parts->kernel);
    free(parts->image);
    scratch_remove(&parts->scratch);
    *parts = (struct boot_parts){0};
}
