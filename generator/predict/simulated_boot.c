#include "predict/simulated_boot.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "archive/checksum.h"
#include "archive/image_archive.h"
#include "archive/image_path.h"
#include "base/allocate.h"
#include "base/architecture.h"
#include "contract/bytes.h"
#include "contract/module_name.h"
#include "contract/seal.h"
#include "kernel/built_in.h"
#include "kernel/modinfo.h"

/* All modules of a big image, twice. An image that wants more of us than that was made to do harm. */
#define INFLATED_MAXIMUM (512u << 20)

/* The sentences are those of /init (image_error). */
static const char *open_index(struct simulated_boot *boot)
{
    const struct image_entry *index = image_path_find(boot->image, IMAGE_INDEX_PATH);
    const struct image_entry *seal = image_path_find(boot->image, IMAGE_SEAL_PATH);
    const struct image_entry *init = image_path_find(boot->image, IMAGE_INIT_PATH);
    const void *init_bytes = NULL;
    int result;

    if (!index)
        return "it holds no index: kindling did not make it, or somebody took it out";
    if (init)
        init_bytes = init->bytes.size > 0 ? (const void *)init->bytes.data : "";
    result = seal_check(seal ? seal->bytes.data : NULL, seal ? seal->bytes.size : 0, index->bytes.data,
        index->bytes.size, init_bytes, init ? init->bytes.size : 0);
    if (result == 0)
        result = index_attach(&boot->index, index->bytes.data, index->bytes.size);
    switch (result) {
    case 0:
        return NULL;
    case -ENODATA:
        return "it has no seal, so that /init would take it for truncated";
    case -EILSEQ:
        return "its index does not belong to its seal";
    case -ELIBBAD:
        return "its /init is damaged, or another than the one that was packed";
    case -EPROTONOSUPPORT:
        return "its index is of another version";
    default:
        return "its index is damaged";
    }
}

void simulated_boot_read_part(const struct simulated_boot *boot, const char *path, struct buffer *bytes)
{
    const struct image_entry *entry = image_path_find(boot->image, path);

    if (entry && image_archive_decompress(entry->bytes.data, entry->bytes.size, NULL, bytes) < 0)
        bytes->size = 0;
    buffer_append(bytes, "", 1);
}

int simulated_boot_open(struct simulated_boot *boot, const struct image *image, char **why)
{
    const struct image_entry *init;
    const char *reason;

    *boot = (struct simulated_boot){.image = image, .budget = INFLATED_MAXIMUM};
    reason = open_index(boot);
    if (reason) {
        *why = allocate_string(reason);
        return -EINVAL;
    }
    if (cmdline_parse(index_setting(&boot->index, SETTING_CMDLINE), "", &boot->cmdline) < 0) {
        *why = allocate_string("there is no memory to read its command line");
        return -ENOMEM;
    }
    init = image_path_find(boot->image, IMAGE_INIT_PATH);
    boot->machine = init ? architecture_machine_of(init->bytes.data, init->bytes.size) : EM_NONE;
    boot->release = index_setting(&boot->index, SETTING_KERNEL_RELEASE);
    boot->state = allocate(index_module_count(&boot->index) + 1);
    boot->faults = allocate(index_module_count(&boot->index) * sizeof(*boot->faults));
    boot->tells_built_in = image_path_find(boot->image, IMAGE_BUILT_IN_PATH) != NULL;
    simulated_boot_read_part(boot, IMAGE_BUILT_IN_PATH, &boot->built_in);
    return 0;
}

int simulated_boot_set_words(struct simulated_boot *boot, const char *words)
{
    cmdline_free(&boot->cmdline);
    return cmdline_parse(index_setting(&boot->index, SETTING_CMDLINE), words, &boot->cmdline);
}

const char *simulated_boot_kernel(const struct simulated_boot *boot)
{
    return boot->kernel ? boot->kernel : boot->release;
}

void simulated_boot_set_built_in(struct simulated_boot *boot, const struct buffer *text)
{
    boot->built_in.size = 0;
    buffer_append(&boot->built_in, text->data, text->size);
    buffer_append(&boot->built_in, "", 1);
}

const struct index *simulated_boot_left_out(struct simulated_boot *boot)
{
    if (boot->left_out_bytes.size == 0) {
        simulated_boot_read_part(boot, IMAGE_LEFT_OUT_PATH, &boot->left_out_bytes);
        if (index_attach(&boot->left_out, boot->left_out_bytes.data, boot->left_out_bytes.size - 1) < 0)
            boot->left_out = (struct index){0};
    }
    return &boot->left_out;
}

bool simulated_boot_knows_kernel(struct simulated_boot *boot)
{
    bool has_built_in = boot->built_in.size > 0 && *(const char *)boot->built_in.data;

    return has_built_in || index_module_count(&boot->index) > 0
           || (boot->kernel && strcmp(boot->kernel, boot->release) != 0)
           || index_module_count(simulated_boot_left_out(boot)) > 0;
}

static void forget(struct simulated_boot *boot)
{
    for (uint32_t i = 0; boot->faults && i < index_module_count(&boot->index); i++) {
        free(boot->faults[i]);
        boot->faults[i] = NULL;
        boot->state[i] = 0;
    }
}

void simulated_boot_restart(struct simulated_boot *boot)
{
    forget(boot);
    load_plan_begin(
        &boot->plan, &boot->index, &boot->cmdline, boot->state); /* what else the boot's says nobody knows */
    boot->budget = INFLATED_MAXIMUM;
}

void simulated_boot_free(struct simulated_boot *boot)
{
    forget(boot);
    free(boot->faults);
    free(boot->state);
    cmdline_free(&boot->cmdline);
    buffer_free(&boot->left_out_bytes);
    buffer_free(&boot->built_in);
    *boot = (struct simulated_boot){0};
}

char *simulated_boot_built_in(const struct simulated_boot *boot, const char *name, const char *alias)
{
    return boot->built_in.size > 0 ? built_in_find((const char *)boot->built_in.data, name, alias) : NULL;
}

bool simulated_boot_read_member(
    const struct image_entry *entry, enum member_format format, uint32_t size, struct buffer *bytes)
{
    if (format == MEMBER_PLAIN) {
        buffer_append(bytes, entry->bytes.data, entry->bytes.size);
        return true;
    }
    if (image_archive_decompress(entry->bytes.data, entry->bytes.size, NULL, bytes) < 0)
        return false;
    if (format != MEMBER_GZIP)
        return true;
    /* libarchive reads a gzip stream without looking at the CRC-32 in its last eight bytes (RFC 1952); /init does look.
     */
    return bytes->size == size && entry->bytes.size >= 8
           && get_le32(entry->bytes.data + entry->bytes.size - 8) == checksum_crc32(0, bytes->data, bytes->size);
}

bool simulated_boot_read_module(struct simulated_boot *boot, const struct index_module *module, struct buffer *bytes)
{
    const struct image_entry *entry = image_path_find(boot->image, module->path);
    bool is_whole = entry && boot->budget > 0 && simulated_boot_read_member(entry, module->format, module->size, bytes);

    boot->budget -= bytes->size < boot->budget ? bytes->size : boot->budget;
    return is_whole;
}

/* What keeps a needed module from being there, as a clause. */
static char *explain_need(const struct simulated_boot *boot, const char *name)
{
    uint32_t number;

    if (index_find_module(&boot->index, name, &number) < 0)
        return allocate_format("needs %s, which is not in this image", name);
    if (boot->faults[number])
        return allocate_format("needs %s: %s", name, boot->faults[number]);
    return allocate_format("needs %s, which its load order does not name before it", name);
}

bool simulated_boot_is_running(const struct simulated_boot *boot, const char *name)
{
    uint32_t number;
    char *built_in;

    if (index_find_module(&boot->index, name, &number) == 0 && load_plan_is_loaded(&boot->plan, number))
        return true;
    built_in = simulated_boot_built_in(boot, name, NULL);
    free(built_in);
    return built_in != NULL;
}

static char *check_needs(const struct simulated_boot *boot, const char *name, const struct modinfo *info)
{
    char *needs = allocate_string(modinfo_get(info, "depends"));
    char *rest = NULL;
    char *why = NULL;

    module_name_normalise(needs);
    for (const char *need = strtok_r(needs, ",", &rest); need && !why; need = strtok_r(NULL, ",", &rest)) {
        char *clause = simulated_boot_is_running(boot, need) ? NULL : explain_need(boot, need);

        if (clause)
            why = allocate_format("module %s %s", name, clause);
        free(clause);
    }
    free(needs);
    return why;
}

static char *check_content(struct simulated_boot *boot, const struct index_module *module)
{
    struct buffer bytes = {0};
    struct modinfo info;
    char *why = NULL;

    if (!simulated_boot_read_module(boot, module, &bytes)) {
        why = allocate_format("module %s is damaged in this image", module->name);
    } else if (modinfo_open(&info, bytes.data, bytes.size) < 0) {
        why = allocate_format("%s is no kernel module", module->path);
    } else if (boot->machine != EM_NONE && architecture_machine_of(bytes.data, bytes.size) != boot->machine) {
        why = allocate_format("module %s is for %s, and " IMAGE_INIT_PATH " is for %s", module->name,
            architecture_name_of_machine(architecture_machine_of(bytes.data, bytes.size)),
            architecture_name_of_machine(boot->machine));
    } else {
        /* "6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions " */
        const char *magic = modinfo_get(&info, "vermagic");
        size_t length = strcspn(magic, " ");

        if (length > 0 && (strlen(boot->release) != length || strncmp(magic, boot->release, length) != 0))
            why = allocate_format("module %s is for kernel %.*s, and this image is for %s", module->name, (int)length,
                magic, boot->release);
        else
            why = check_needs(boot, module->name, &info);
    }
    buffer_free(&bytes);
    return why;
}

static char *find_fault(struct simulated_boot *boot, const struct index_module *module)
{
    if (boot->kernel && strcmp(boot->kernel, boot->release) != 0)
        return allocate_format("this image holds modules for kernel %s, but %s is to run", boot->release, boot->kernel);
    if (!image_path_find(boot->image, module->path))
        return allocate_format(
            "module %s is in this image's index, but its file %s is not there", module->name, module->path);
    return boot->is_trusted ? NULL : check_content(boot, module);
}

static void load(struct simulated_boot *boot, uint32_t number)
{
    struct load_request request;
    struct index_module module = {.name = ""};
    uint32_t step, missing;
    enum load_step what;

    load_request_begin(&request, &boot->plan, number);
    while ((what = load_request_next(&request, &step, &missing)) != LOAD_END) {
        struct index_module needed = {.name = ""};
        char *fault;

        index_module(&boot->index, step, &module);
        if (what == LOAD_TRY) {
            fault = find_fault(boot, &module);
        } else {
            char *clause;

            index_module(&boot->index, missing, &needed);
            clause = explain_need(boot, needed.name);
            fault = allocate_format("module %s %s", module.name, clause);
            free(clause);
        }
        free(boot->faults[step]);
        boot->faults[step] = fault;
        if (what == LOAD_TRY)
            load_plan_note(&boot->plan, step, fault ? -ENOEXEC : 0);
    }
    if (!load_plan_has_failed(&boot->plan, number) || boot->faults[number])
        return;
    index_module(&boot->index, number, &module);
    boot->faults[number] = allocate_format("module %s is not in its own load order: the index is damaged", module.name);
}

uint32_t simulated_boot_load(struct simulated_boot *boot, struct load_match *match)
{
    uint32_t number;
    uint32_t best = UINT32_MAX;

    while (load_match_next(match, &number)) {
        load(boot, number);
        if (best == UINT32_MAX || (!load_plan_is_loaded(&boot->plan, best) && load_plan_is_loaded(&boot->plan, number)))
            best = number;
    }
    return best;
}

void simulated_boot_autoload(struct simulated_boot *boot)
{
    char name[MODULE_NAME_SIZE];
    struct load_match match;
    const char *list;
    size_t position = 0;
    uint32_t next = 0, number;

    while ((list = cmdline_next(&boot->cmdline, LOAD_FIRST, &position))) {
        while (load_list_next(&list, name)) {
            load_match_name(&match, &boot->plan, name);
            (void)simulated_boot_load(boot, &match); /* /init only warns where there is none */
        }
    }
    while (load_plan_next_autoload(&boot->plan, &next, &number))
        load(boot, number);
}
