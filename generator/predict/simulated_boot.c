#include "predict/simulated_boot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/checksum.h"
#include "archive/compress_whole.h"
#include "archive/image_archive.h"
#include "base/allocate.h"
#include "contract/bytes.h"
#include "contract/glob.h"
#include "contract/module_name.h"
#include "contract/seal.h"
#include "kernel/built_in.h"
#include "kernel/module_info.h"

#define SYMLINKS_MAXIMUM 40u /* as the kernel follows */

/* All modules of a big image, twice. An image that wants more of us than that was made to do harm. */
#define INFLATED_MAXIMUM (512u << 20)

/* A look-up under way, in an image that is no more than a list of names. */
struct lookup {
    char *here; /* as far as it has come: "usr/lib"; no symlinks are in it */
    char *rest; /* what is still to go */
    unsigned links;
};

static void replace(char **text, char *other)
{
    free(*text);
    *text = other;
}

/* Cuts off the next part of what is to go. A new string; NULL at the end. */
static char *next_part(struct lookup *lookup)
{
    const char *start = lookup->rest + strspn(lookup->rest, "/");
    size_t length = strcspn(start, "/");
    char *part = length > 0 ? allocate_text(start, length) : NULL;

    replace(&lookup->rest, allocate_string(start + length));
    return part;
}

static void go_up(struct lookup *lookup)
{
    char *slash = strrchr(lookup->here, '/');

    *(slash ? slash : lookup->here) = '\0';
}

static void follow(struct lookup *lookup, const struct image_entry *link)
{
    int length = (int)link->bytes.size;
    const char *target = length > 0 ? (const char *)link->bytes.data : "";

    replace(&lookup->rest, allocate_format("%.*s/%s", length, target, lookup->rest));
    if (*target == '/')
        *lookup->here = '\0';
}

/* One part further. The entry there, NULL when there is none. */
static const struct image_entry *go_on(const struct image *image, struct lookup *lookup, const char *part)
{
    char *path = allocate_format("%s%s%s", lookup->here, *lookup->here ? "/" : "", part);
    const struct image_entry *entry = image_find(image, path);

    if (entry && S_ISLNK(entry->mode) && ++lookup->links <= SYMLINKS_MAXIMUM)
        follow(lookup, entry);
    else
        replace(&lookup->here, allocate_string(path));
    free(path);
    return entry;
}

const struct image_entry *simulated_boot_file(const struct image *image, const char *path)
{
    struct lookup lookup = {.here = allocate_string(""), .rest = allocate_string(path)};
    const struct image_entry *entry = NULL;
    bool is_lost = false;
    char *part;

    while (!is_lost && (part = next_part(&lookup))) {
        if (!strcmp(part, "..")) {
            go_up(&lookup);
        } else if (strcmp(part, ".") != 0) {
            entry = go_on(image, &lookup, part);
            /* The kernel has left out what lies below a directory that is not there. */
            is_lost =
                !entry || (lookup.rest[strspn(lookup.rest, "/")] && !S_ISDIR(entry->mode) && !S_ISLNK(entry->mode));
        }
        free(part);
    }
    free(lookup.here);
    free(lookup.rest);
    return !is_lost && entry && S_ISREG(entry->mode) ? entry : NULL;
}

/* The sentences are those of /init (image_error). */
static const char *open_index(struct simulated_boot *boot)
{
    const struct image_entry *index = simulated_boot_file(boot->image, IMAGE_INDEX_PATH);
    const struct image_entry *seal = simulated_boot_file(boot->image, IMAGE_SEAL_PATH);
    const struct image_entry *init = simulated_boot_file(boot->image, IMAGE_INIT_PATH);
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

/* What is optional: damaged is as good as absent. */
static void inflate_part(const struct simulated_boot *boot, const char *path, struct buffer *bytes)
{
    const struct image_entry *entry = simulated_boot_file(boot->image, path);

    if (entry && image_archive_decompress(entry->bytes.data, entry->bytes.size, NULL, bytes) < 0)
        bytes->size = 0;
    buffer_append(bytes, "", 1);
}

int simulated_boot_open(struct simulated_boot *boot, const struct image *image, char **why)
{
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
    boot->release = index_setting(&boot->index, SETTING_KERNEL_RELEASE);
    boot->state = allocate(index_module_count(&boot->index) + 1);
    boot->faults = allocate(index_module_count(&boot->index) * sizeof(*boot->faults));
    boot->tells_built_in = simulated_boot_file(boot->image, IMAGE_BUILT_IN_PATH) != NULL;
    inflate_part(boot, IMAGE_BUILT_IN_PATH, &boot->built_in);
    return 0;
}

static char *normalised(const char *name)
{
    char *copy = allocate_string(name);

    module_name_normalise(copy);
    return copy;
}

void simulated_boot_set_built_in(struct simulated_boot *boot, const struct buffer *text)
{
    boot->built_in.size = 0;
    buffer_append(&boot->built_in, text->data, text->size);
    buffer_append(&boot->built_in, "", 1);
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

static char *find_built_in(const struct simulated_boot *boot, const char *name, const char *alias)
{
    return boot->built_in.size > 0 ? built_in_find((const char *)boot->built_in.data, name, alias) : NULL;
}

/* libarchive reads a gzip stream without looking at the CRC-32 in its last eight bytes (RFC 1952); /init does look. */
static bool has_its_sum(const struct buffer *compressed, const struct buffer *bytes)
{
    return compressed->size >= 8
           && get_le32(compressed->data + compressed->size - 8) == checksum_crc32(0, bytes->data, bytes->size);
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
    return format != MEMBER_GZIP || (bytes->size == size && has_its_sum(&entry->bytes, bytes));
}

/* The module's bytes as the kernel gets them; false when the image has none that are whole. */
static bool read_module(struct simulated_boot *boot, const struct index_module *module, struct buffer *bytes)
{
    const struct image_entry *entry = simulated_boot_file(boot->image, module->path);
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

/* True when the module is in the kernel by then. */
static bool is_running(const struct simulated_boot *boot, const char *name)
{
    uint32_t number;
    char *built_in;

    if (index_find_module(&boot->index, name, &number) == 0 && load_plan_is_loaded(&boot->plan, number))
        return true;
    built_in = find_built_in(boot, name, NULL);
    free(built_in);
    return built_in != NULL;
}

static char *check_needs(const struct simulated_boot *boot, const char *name, const struct module_info *info)
{
    char *needs = normalised(module_info_get(info, "depends"));
    char *rest = NULL;
    char *why = NULL;

    for (const char *need = strtok_r(needs, ",", &rest); need && !why; need = strtok_r(NULL, ",", &rest)) {
        char *clause = is_running(boot, need) ? NULL : explain_need(boot, need);

        if (clause)
            why = allocate_format("module %s %s", name, clause);
        free(clause);
    }
    free(needs);
    return why;
}

/* vermagic: "6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions ". */
static char *check_release(const struct simulated_boot *boot, const char *name, const struct module_info *info)
{
    const char *magic = module_info_get(info, "vermagic");
    size_t length = strcspn(magic, " ");

    if (length == 0 || (strlen(boot->release) == length && !strncmp(magic, boot->release, length)))
        return NULL;
    return allocate_format(
        "module %s is for kernel %.*s, and this image is for %s", name, (int)length, magic, boot->release);
}

static char *check_content(struct simulated_boot *boot, const struct index_module *module)
{
    struct buffer bytes = {0};
    struct module_info info;
    char *why = NULL;

    if (!read_module(boot, module, &bytes))
        why = allocate_format("module %s is damaged in this image", module->name);
    else if (module_info_open(&info, bytes.data, bytes.size) < 0)
        why = allocate_format("%s is no kernel module", module->path);
    if (!why)
        why = check_release(boot, module->name, &info);
    if (!why)
        why = check_needs(boot, module->name, &info);
    buffer_free(&bytes);
    return why;
}

static char *explain_skipped(const struct simulated_boot *boot, const char *name, uint32_t missing)
{
    struct index_module module = {.name = ""};
    char *clause, *why;

    index_module(&boot->index, missing, &module);
    clause = explain_need(boot, module.name);
    why = allocate_format("module %s %s", name, clause);
    free(clause);
    return why;
}

static char *find_fault(struct simulated_boot *boot, const struct index_module *module)
{
    if (boot->kernel && strcmp(boot->kernel, boot->release) != 0)
        return allocate_format("this image holds modules for kernel %s, but %s is to run", boot->release, boot->kernel);
    if (!simulated_boot_file(boot->image, module->path))
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
        char *fault;

        index_module(&boot->index, step, &module);
        fault = what == LOAD_TRY ? find_fault(boot, &module) : explain_skipped(boot, module.name, missing);
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

/* Loads what answers. Returns the first module that could be loaded, or else the first; UINT32_MAX for none. */
static uint32_t load_all(struct simulated_boot *boot, struct load_match *match)
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

static uint32_t load_named(struct simulated_boot *boot, const char *name)
{
    struct load_match match;

    load_match_name(&match, &boot->plan, name);
    return load_all(boot, &match);
}

void simulated_boot_autoload(struct simulated_boot *boot)
{
    char name[MODULE_NAME_SIZE];
    const char *list;
    size_t position = 0;
    uint32_t next = 0, number;

    while ((list = cmdline_next(&boot->cmdline, LOAD_FIRST, &position))) {
        while (load_list_next(&list, name))
            (void)load_named(boot, name); /* /init only warns where there is none */
    }
    while (load_plan_next_autoload(&boot->plan, &next, &number))
        load(boot, number);
}

static struct boot_finding finding(enum boot_answer answer, const char *name, const char *why)
{
    return (struct boot_finding){answer, allocate_string(name), why ? allocate_string(why) : NULL};
}

/* What has become of a module that was to be loaded. */
static struct boot_finding finding_of(const struct simulated_boot *boot, uint32_t number)
{
    struct index_module record = {.name = ""};

    index_module(&boot->index, number, &record);
    return finding(
        load_plan_is_loaded(&boot->plan, number) ? BOOT_LOADED : BOOT_BROKEN, record.name, boot->faults[number]);
}

/* True when the module itself says that it has the alias. */
static bool claims(struct simulated_boot *boot, const struct index_module *module, const char *alias)
{
    struct buffer bytes = {0};
    struct module_info info;
    const char *pattern;
    size_t position = 0;
    bool is_claimed = false;

    if (read_module(boot, module, &bytes) && module_info_open(&info, bytes.data, bytes.size) == 0) {
        while (!is_claimed && (pattern = module_info_next(&info, "alias", &position))) {
            char *copy = normalised(pattern);

            is_claimed = glob_matches(copy, alias);
            free(copy);
        }
    }
    buffer_free(&bytes);
    return is_claimed;
}

/* A module of the image which has the alias by its own account. */
static bool find_untabled(struct simulated_boot *boot, const char *alias, struct boot_finding *found)
{
    struct index_module module;

    for (uint32_t i = 0; !boot->is_trusted && index_module(&boot->index, i, &module) == 0; i++) {
        if (!claims(boot, &module, alias))
            continue;
        *found = finding(BOOT_UNTABLED, module.name, NULL);
        return true;
    }
    return false;
}

/* Only an image that lacks something is asked what it lacks. */
static void open_left_out(struct simulated_boot *boot)
{
    if (boot->left_out_bytes.size > 0)
        return;
    inflate_part(boot, IMAGE_LEFT_OUT_PATH, &boot->left_out_bytes);
    if (index_attach(&boot->left_out, boot->left_out_bytes.data, boot->left_out_bytes.size - 1) < 0)
        boot->left_out = (struct index){0};
}

static bool find_left_out(struct simulated_boot *boot, const char *alias, struct boot_finding *found)
{
    struct index_match match;
    struct index_module module;
    uint32_t number;

    open_left_out(boot);
    index_match_begin(&match, &boot->left_out, alias);
    if (!index_match_next(&match, &number) && index_find_module(&boot->left_out, alias, &number) < 0)
        return false;
    if (index_module(&boot->left_out, number, &module) < 0)
        return false;
    *found = finding(BOOT_LEFT_OUT, module.name, NULL);
    return true;
}

static bool find_blacklisted(struct simulated_boot *boot, const char *alias, struct boot_finding *found)
{
    struct index_match match;
    struct index_module module;
    uint32_t number;

    index_match_begin(&match, &boot->index, alias);
    while (index_match_next(&match, &number)) {
        if (index_module(&boot->index, number, &module) < 0 || !load_plan_is_blacklisted(&boot->plan, number))
            continue;
        *found = finding(BOOT_BLACKLISTED, module.name, NULL);
        return true;
    }
    return false;
}

/* Why nobody in the image answers to a name. */
static struct boot_finding explain(struct simulated_boot *boot, const char *alias)
{
    struct boot_finding found;

    if (find_blacklisted(boot, alias, &found) || find_left_out(boot, alias, &found)
        || find_untabled(boot, alias, &found))
        return found;
    return finding(BOOT_NOBODY_KNOWS, "", NULL);
}

/* One of the drivers that are good for a device. */
static bool find_driver(const struct simulated_boot *boot, const char *driver, struct boot_finding *found)
{
    char *name = normalised(driver);
    char *built_in = find_built_in(boot, name, NULL);
    bool is_found = built_in != NULL || is_running(boot, name);

    if (is_found)
        *found = finding(built_in ? BOOT_BUILT_IN : BOOT_LOADED, name, NULL);
    free(built_in);
    free(name);
    return is_found;
}

/* Why none of the drivers runs: the first that anything can be said of. */
static bool explain_driver(struct simulated_boot *boot, const char *driver, struct boot_finding *found)
{
    char *name = normalised(driver);
    uint32_t number;
    bool is_found = true;

    if (index_find_module(&boot->index, name, &number) < 0)
        is_found = find_left_out(boot, name, found);
    else if (boot->faults[number])
        *found = finding_of(boot, number);
    else if (load_plan_is_blacklisted(&boot->plan, number))
        *found = finding(BOOT_BLACKLISTED, name, NULL);
    else
        *found = finding(BOOT_UNTABLED, name, NULL);
    free(name);
    return is_found;
}

/* "ahci", "uas or usb_storage". */
static void name_drivers(struct boot_finding *found, const char *const *drivers, size_t driver_count)
{
    struct string_list names = {0};

    for (size_t i = 0; i < driver_count; i++)
        string_list_add(&names, drivers[i]);
    free(found->name);
    found->name = string_list_join(&names, " or ");
    string_list_free(&names);
}

struct boot_finding simulated_boot_claim(
    struct simulated_boot *boot, const char *modalias, const char *const *drivers, size_t driver_count)
{
    char *alias = normalised(modalias);
    struct boot_finding found = {.answer = BOOT_NOBODY_KNOWS};
    struct load_match match;
    uint32_t number;
    char *built_in = NULL;
    bool is_found = false;

    load_match_device(&match, &boot->plan, alias);
    number = load_all(boot, &match);
    for (size_t i = 0; i < driver_count && !is_found; i++)
        is_found = find_driver(boot, drivers[i], &found);
    for (size_t i = 0; i < driver_count && !is_found; i++)
        is_found = explain_driver(boot, drivers[i], &found);
    if (!is_found && driver_count == 0)
        built_in = find_built_in(boot, NULL, alias);
    if (built_in)
        found = finding(BOOT_BUILT_IN, built_in, NULL);
    else if (!is_found && driver_count == 0 && number != UINT32_MAX)
        found = finding_of(boot, number);
    else if (!is_found)
        found = explain(boot, alias);
    if (found.answer == BOOT_NOBODY_KNOWS && driver_count > 0)
        name_drivers(&found, drivers, driver_count);
    free(built_in);
    free(alias);
    return found;
}

struct boot_finding simulated_boot_request(struct simulated_boot *boot, const char *name)
{
    char *alias = normalised(name);
    char *built_in = find_built_in(boot, alias, alias);
    struct boot_finding found;
    uint32_t number = UINT32_MAX;

    if (!built_in)
        number = load_named(boot, alias);
    if (built_in)
        found = finding(BOOT_BUILT_IN, built_in, NULL);
    else
        found = number != UINT32_MAX ? finding_of(boot, number) : explain(boot, alias);
    free(built_in);
    free(alias);
    return found;
}

struct boot_finding simulated_boot_running(struct simulated_boot *boot, const char *driver)
{
    struct boot_finding found;

    if (find_driver(boot, driver, &found) || explain_driver(boot, driver, &found))
        return found;
    return finding(BOOT_NOBODY_KNOWS, driver, NULL);
}

void boot_finding_free(struct boot_finding *found)
{
    free(found->name);
    free(found->why);
    *found = (struct boot_finding){.answer = BOOT_NOBODY_KNOWS};
}

static bool can_be_decompressed(struct simulated_boot *boot, const struct image_entry *file, const char *suffix)
{
    struct buffer bytes = {0};
    bool is_whole = boot->budget > 0 && (strcmp(suffix, ".xz") != 0 || compress_xz_is_for_kernel(&file->bytes))
                    && image_archive_decompress(file->bytes.data, file->bytes.size, NULL, &bytes) == 0;

    boot->budget -= bytes.size < boot->budget ? bytes.size : boot->budget;
    buffer_free(&bytes);
    return is_whole;
}

/* Of the file at this place, plain or compressed. The kernel goes on to the next one when it cannot read one. */
static enum boot_firmware firmware_at(struct simulated_boot *boot, const char *place)
{
    static const char *const suffixes[] = {"", ".xz", ".zst"};
    enum boot_firmware found = BOOT_FIRMWARE_ABSENT;

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]) && found != BOOT_FIRMWARE_THERE; i++) {
        char *path = allocate_format("%s%s", place, suffixes[i]);
        const struct image_entry *file = simulated_boot_file(boot->image, path);

        if (file && (boot->is_trusted || !*suffixes[i] || can_be_decompressed(boot, file, suffixes[i])))
            found = BOOT_FIRMWARE_THERE;
        else if (file)
            found = BOOT_FIRMWARE_UNREADABLE;
        free(path);
    }
    return found;
}

enum boot_firmware simulated_boot_firmware(struct simulated_boot *boot, const char *name)
{
    char *places[] = {allocate_format("/lib/firmware/updates/%s/%s", boot->release, name),
        allocate_format("/lib/firmware/updates/%s", name), allocate_format("/lib/firmware/%s/%s", boot->release, name),
        allocate_format("/lib/firmware/%s", name)};
    enum boot_firmware best = BOOT_FIRMWARE_ABSENT;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        enum boot_firmware found = best == BOOT_FIRMWARE_THERE ? best : firmware_at(boot, places[i]);

        best = found > best ? found : best;
        free(places[i]);
    }
    return best;
}

char *simulated_boot_missing_firmware(struct simulated_boot *boot, const char *name)
{
    struct string_list missing = {0};
    struct index_module module;
    struct module_info info;
    struct buffer bytes = {0};
    const char *firmware;
    size_t position = 0;
    uint32_t number;
    char *list = NULL;

    if (!boot->is_trusted && index_find_module(&boot->index, name, &number) == 0
        && index_module(&boot->index, number, &module) == 0 && read_module(boot, &module, &bytes)
        && module_info_open(&info, bytes.data, bytes.size) == 0) {
        while ((firmware = module_info_next(&info, "firmware", &position))) {
            if (simulated_boot_firmware(boot, firmware) == BOOT_FIRMWARE_ABSENT)
                string_list_add(&missing, firmware);
        }
    }
    if (missing.count > 0)
        list = string_list_join(&missing, ", ");
    string_list_free(&missing);
    buffer_free(&bytes);
    return list;
}
