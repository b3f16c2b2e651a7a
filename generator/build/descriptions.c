#include <stdlib.h>
#include <string.h>

#include "archive/compress.h"
#include "base/log.h"
#include "build/assembly.h"
#include "build/image_index.h"
#include "contract/seal.h"
#include "kernel/built_in.h"

static int add_compressed_text(struct assembly *assembly, const char *name, struct buffer *text)
{
    struct buffer compressed = {0};
    int result = compress_gzip(text->data, text->size, assembly_gzip_level(assembly->plan), &compressed);

    buffer_free(text);
    if (result == 0)
        result = image_add_file(&assembly->image, name, 0644, &compressed, IMAGE_LAZY, ASSEMBLY_ORIGIN);
    return result < 0 ? assembly_fail(name, result) : 0;
}

static int add_index(struct assembly *assembly)
{
    const struct plan *plan = assembly->plan;
    char *machines = string_list_join(&plan->wanted.machines, " ");
    struct index_setting_record settings[] = {{SETTING_KERNEL_RELEASE, plan->settings.release},
        {SETTING_CMDLINE, plan->settings.cmdline}, {SETTING_BUILD, plan->command}, {SETTING_MACHINES, machines}};
    struct image_index index = {.tree = assembly->tree,
        .selection = &assembly->selection,
        .members = assembly->members,
        .programs = &assembly->programs,
        .paths = (const char *const *)assembly->paths,
        .settings = settings,
        .setting_count = sizeof(settings) / sizeof(settings[0]) - (*machines == '\0')};
    struct buffer copy = {0};
    int result;

    result = image_index_write(&index, &assembly->index);
    free(machines);
    if (result < 0)
        return assembly_fail(IMAGE_INDEX_PATH, result);
    buffer_append(&copy, assembly->index.data, assembly->index.size);
    result = image_add_file(&assembly->image, IMAGE_INDEX_PATH, 0644, &copy, IMAGE_HEAD, ASSEMBLY_ORIGIN);
    return result < 0 ? assembly_fail(IMAGE_INDEX_PATH, result) : 0;
}

static int add_left_out(struct assembly *assembly)
{
    const struct wish_list *wishes = &assembly->plan->left_out.modules;
    struct module_list candidates = {0};
    struct buffer table = {0};
    int result;

    for (size_t i = 0; i < wishes->count; i++)
        kernel_tree_find(assembly->tree, wishes->items[i].name, &candidates);
    result = image_index_write_left_out(assembly->tree, &assembly->selection, &candidates, &table);
    module_list_free(&candidates);
    if (result < 0)
        return assembly_fail(IMAGE_LEFT_OUT_PATH, result);
    return add_compressed_text(assembly, IMAGE_LEFT_OUT_PATH, &table);
}

/* Of all that a root can take, what the kernel has without a module: /init sees that, `kindling check` cannot. */
static int add_built_in(struct assembly *assembly)
{
    struct buffer text = {0};
    int result = built_in_collect(kernel_tree_directory(assembly->tree), &assembly->plan->left_out.modules, &text);

    if (result < 0) {
        buffer_free(&text);
        return assembly_fail(IMAGE_BUILT_IN_PATH, result);
    }
    return add_compressed_text(assembly, IMAGE_BUILT_IN_PATH, &text);
}

int descriptions_add(struct assembly *assembly)
{
    const struct buffer *init = &image_find(&assembly->image, &IMAGE_INIT_PATH[1])->bytes;
    const struct buffer *index = &assembly->index;
    uint8_t seal[SEAL_SIZE];
    struct buffer reasons = {0}, bytes = {0};
    int result = add_index(assembly);

    if (result == 0)
        result = add_left_out(assembly);
    if (result == 0)
        result = add_built_in(assembly);
    if (result == 0) {
        image_index_write_reasons(&assembly->image, &reasons);
        result = add_compressed_text(assembly, IMAGE_REASONS_PATH, &reasons);
    }
    if (result < 0)
        return result;
    /* The seal counts what is there, so it comes last. */
    seal_write(seal, (uint32_t)assembly->image.count, index->data, index->size, init->data, init->size);
    buffer_append(&bytes, seal, sizeof(seal));
    result = image_add_file(&assembly->image, IMAGE_SEAL_PATH, 0644, &bytes, IMAGE_SEAL, ASSEMBLY_ORIGIN);
    return result < 0 ? assembly_fail(IMAGE_SEAL_PATH, result) : 0;
}
