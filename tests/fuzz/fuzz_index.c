/* The image's index: a damaged one yields empty strings and failed look-ups, never a stray read. */
#include <stdint.h>
#include <string.h>

#include "contract/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t use_modules(const struct index *index)
{
    struct index_module module;
    size_t length = 0;
    uint32_t step;

    for (uint32_t i = 0; i < 64 && index_module(index, i, &module) == 0; i++) {
        length += strlen(module.name) + strlen(module.path) + strlen(module.options);
        for (uint32_t s = 0; s < module.step_count && s < 8; s++)
            (void)index_step(index, module.first_step + s, &step, NULL);
    }
    return length;
}

static size_t use_programs(const struct index *index)
{
    struct index_program program;
    struct index_file file;
    size_t length = 0;
    uint32_t number;

    for (uint32_t i = 0; i < 64 && index_program(index, i, &program) == 0; i++) {
        length += strlen(program.wanted_at);
        for (uint32_t k = 0; k < program.need_count && k < 8; k++) {
            if (index_need(index, program.first_need + k, &number) == 0 && index_file(index, number, &file) == 0)
                length += strlen(file.path) + strlen(file.member);
        }
    }
    return length;
}

static void use_matches(const struct index *index, const char *name)
{
    struct index_match match;
    uint32_t module;

    index_match_begin(&match, index, name);
    for (int i = 0; i < 1000 && index_match_next(&match, &module);)
        i++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct index index;
    struct index_program program;
    uint32_t number;

    if (index_attach(&index, data, size) < 0)
        return 0;
    (void)use_modules(&index);
    use_matches(&index, "pci:v00001AF4d00001001sv00001AF4sd00000002bc01sc00i00");
    use_matches(&index, "");
    (void)index_find_module(&index, "virtio_blk", &number);
    (void)index_find_program(&index, "/sbin/e2fsck", &program);
    (void)use_programs(&index);
    (void)strlen(index_setting(&index, "cmdline"));
    return 0;
}
