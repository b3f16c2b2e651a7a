#include "build/output_settings.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "base/workers.h"
#include "feature/data_directory.h"

void output_settings_init(struct output_settings *settings)
{
    unsigned processors = workers_processors();

    *settings = (struct output_settings){
        .cache = data_directory_cache(),
        .method = COMPRESS_GZIP,
        .level = COMPRESS_LEVEL_DEFAULT,
        .jobs = processors < OUTPUT_JOBS_MAXIMUM ? processors : OUTPUT_JOBS_MAXIMUM,
    };
}

static char *copy(const char *text)
{
    return text ? allocate_string(text) : NULL;
}

void output_settings_copy(struct output_settings *to, const struct output_settings *from)
{
    *to = *from;
    to->release = copy(from->release);
    to->output = copy(from->output);
    to->sysroot = copy(from->sysroot);
    to->modules_dir = copy(from->modules_dir);
    to->template = copy(from->template);
    to->cmdline = copy(from->cmdline);
    to->root_image = copy(from->root_image);
    to->depfile = copy(from->depfile);
    to->cache = copy(from->cache);
}

void output_settings_free(struct output_settings *settings)
{
    free(settings->release);
    free(settings->output);
    free(settings->sysroot);
    free(settings->modules_dir);
    free(settings->template);
    free(settings->cmdline);
    free(settings->root_image);
    free(settings->depfile);
    free(settings->cache);
    *settings = (struct output_settings){0};
}

const char *layout_name(enum layout layout)
{
    static const char *const names[] = {
        [LAYOUT_LAZY] = "lazy", [LAYOUT_KERNEL] = "kernel", [LAYOUT_CLASSIC] = "classic"};

    return names[layout];
}
