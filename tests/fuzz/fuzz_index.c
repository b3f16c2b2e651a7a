/* The image's index, and the plan of loading that follows it: a damaged one yields empty strings, failed look-ups and
 * modules that cannot be loaded, never a stray read. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contract/load_plan.h"

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

/* Every third module is broken, and every fifth finds no device. */
static void load(struct load_plan *plan, uint32_t wanted)
{
    struct load_request request;
    uint32_t number, missing;
    enum load_step step;

    load_request_begin(&request, plan, wanted);
    while ((step = load_request_next(&request, &number, &missing)) != LOAD_END) {
        if (step == LOAD_TRY)
            load_plan_note(plan, number, number % 3 == 2 ? -ENOEXEC : number % 5 == 4 ? -ENODEV : 0);
        else if (load_plan_is_loaded(plan, number) || load_plan_is_loaded(plan, missing))
            abort();
    }
}

static void use_plan(const struct index *index)
{
    uint8_t *state = calloc(index_module_count(index) + 1, 1);
    struct cmdline cmdline;
    struct load_plan plan;
    struct load_match match;
    uint32_t position = 0, number;

    if (state && cmdline_parse(index_setting(index, SETTING_CMDLINE), "blacklist=virtio_blk", &cmdline) == 0) {
        load_plan_begin(&plan, index, &cmdline, state);
        for (int i = 0; i < 64 && load_plan_next_autoload(&plan, &position, &number); i++)
            load(&plan, number);
        load_match_name(&match, &plan, "virtio:d00000002v00001AF4");
        for (int i = 0; i < 64 && load_match_next(&match, &number); i++)
            load(&plan, number);
        for (uint32_t i = 0; i < 64; i++)
            load(&plan, i);
        cmdline_free(&cmdline);
    }
    free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct index index;
    struct index_program program;
    uint32_t number;

    if (index_attach(&index, data, size) < 0)
        return 0;
    (void)use_modules(&index);
    use_plan(&index);
    use_matches(&index, "pci:v00001AF4d00001001sv00001AF4sd00000002bc01sc00i00");
    use_matches(&index, "");
    (void)index_find_module(&index, "virtio_blk", &number);
    (void)index_find_program(&index, "/sbin/e2fsck", &program);
    (void)use_programs(&index);
    (void)strlen(index_setting(&index, "cmdline"));
    return 0;
}
