#include "content/microcode.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "contract/bytes.h"

#define ORIGIN "--microcode"
#define DIRECTORY "kernel/x86/microcode"
#define ALIGNMENT 16u
#define NEWC_HEADER_SIZE 110u

/* Other tools know an early archive by this file; here it also fills up what alignment takes. */
#define MARK "early_cpio"

static const struct vendor {
    const char *id; /* as /proc/cpuinfo has it, and the kernel wants its file named */
    const char *directory;
    const char *pattern;
    uint32_t magic; /* the first word of each file */
} vendors[] = {
    {"GenuineIntel", "/lib/firmware/intel-ucode", "[0-9a-f][0-9a-f]-[0-9a-f][0-9a-f]-[0-9a-f][0-9a-f]", 1},
    {"AuthenticAMD", "/lib/firmware/amd-ucode", "microcode_amd*.bin", 0x00414d44},
};

#define VENDOR_COUNT (sizeof(vendors) / sizeof(vendors[0]))

/* A processor's "KEY : VALUE" lines. */
static unsigned number_of(const char *text, const char *key)
{
    const char *found = strstr(text, key);

    found = found ? strchr(found, ':') : NULL;
    return found ? (unsigned)strtoul(found + 1, NULL, 10) : 0;
}

/* Intel's files are named for family, model and stepping. AMD's are for a family, and those before 15h share one. */
static void add_wanted(const char *processor, struct string_list *wanted)
{
    char vendor[16], *name;
    unsigned family = number_of(processor, "\ncpu family");

    if (sscanf(processor, "vendor_id : %15s", vendor) != 1)
        return;
    if (!strcmp(vendor, vendors[0].id))
        name = allocate_format(
            "%02x-%02x-%02x", family, number_of(processor, "\nmodel\t"), number_of(processor, "\nstepping"));
    else if (strcmp(vendor, vendors[1].id) != 0)
        return;
    else if (family < 0x15)
        name = allocate_string("microcode_amd.bin");
    else
        name = allocate_format("microcode_amd_fam%02xh.bin", family);
    string_list_add_once(wanted, name);
    free(name);
}

/* The names of the files for the machine's processors, which need not be all of one kind. */
static int read_wanted(const char *sysroot, struct string_list *wanted)
{
    char *text = NULL, *processor, *next;
    int result = file_read_text_of(sysroot, "/proc/cpuinfo", &text);

    if (result < 0) {
        log_error("cannot tell which processor the machine of %s has: /proc/cpuinfo: %s", sysroot, strerror(-result));
        return result;
    }
    for (processor = strstr(text, "vendor_id"); processor; processor = next) {
        next = strstr(processor + 1, "vendor_id");
        if (next)
            next[-1] = '\0'; /* its line's begin is of no use */
        add_wanted(processor, wanted);
    }
    free(text);
    return 0;
}

/* Appends a file's bytes to the vendor's. */
static int append_file(const struct vendor *vendor, const char *path, struct buffer *all)
{
    struct buffer bytes = {0};
    int result = image_archive_read_file(path, &bytes);

    if (result == 0 && (bytes.size < 4 || bytes.size % 4 != 0 || get_le32(bytes.data) != vendor->magic)) {
        log_error("cannot pack %s: it is no microcode of %s", path, vendor->id);
        result = -EINVAL;
    }
    if (result == 0)
        buffer_append(all, bytes.data, bytes.size);
    buffer_free(&bytes);
    return result;
}

/* Without a compressor's suffix, and without the one by which Debian hides from the kernel what must not be loaded
 * later than from here. */
static char *bare_name(const char *name)
{
    static const char early_only[] = ".initramfs";
    const struct compressor *compressor = compressor_of_file(name);
    size_t length = strlen(name) - (compressor ? strlen(compressor->suffix) : 0);
    size_t suffix = strlen(early_only);

    if (length > suffix && !strncmp(name + length - suffix, early_only, suffix))
        length -= suffix;
    return allocate_text(name, length);
}

/* The names of the vendor's files; wanted: only what has such a bare name (NULL: any). */
static void list_files(
    const char *directory, const struct vendor *vendor, const struct string_list *wanted, struct string_list *names)
{
    DIR *stream = opendir(directory);
    const struct dirent *entry;

    while (stream && (entry = readdir(stream))) {
        char *name = bare_name(entry->d_name);

        if (fnmatch(vendor->pattern, name, 0) == 0 && (!wanted || string_list_contains(wanted, name)))
            string_list_add(names, entry->d_name);
        free(name);
    }
    if (stream)
        closedir(stream);
    string_list_sort(names);
}

static int gather(const char *sysroot, const struct vendor *vendor, const struct string_list *wanted,
    struct buffer *all, struct string_list *inputs)
{
    struct string_list names = {0};
    char *below_usr = allocate_format("/usr%s", vendor->directory);
    char *directory;
    int result = sysroot_resolve(sysroot, vendor->directory, &directory);

    /* A package that was merely unpacked may have /usr/lib and no symlink /lib. */
    if (result < 0)
        result = sysroot_resolve(sysroot, below_usr, &directory);
    free(below_usr);
    if (result < 0)
        return 0;
    list_files(directory, vendor, wanted, &names);
    for (size_t i = 0; i < names.count && result == 0; i++) {
        char *path = allocate_format("%s/%s", directory, names.items[i]);

        result = append_file(vendor, path, all);
        string_list_take(inputs, path);
    }
    string_list_free(&names);
    free(directory);
    return result;
}

static size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

/* Bytes of an entry before its data: header and name, to a multiple of 4. */
static size_t preamble(const char *name)
{
    return round_up(NEWC_HEADER_SIZE + strlen(name) + 1, 4);
}

/* NULs behind the last file, so that the data of a next entry of that name begins on the boundary. Behind microcode
 * they are no update, and too few to be taken for one. */
static void align_next(struct image *image, const char *name)
{
    static const char nuls[ALIGNMENT];
    struct buffer *last = &image->entries[image->count - 1]->bytes;
    size_t start = preamble(name);

    buffer_append(last, nuls, round_up(last->size, 4) - last->size);
    for (size_t i = 0; i < image->count; i++)
        start += preamble(image->entries[i]->name) + round_up(image->entries[i]->bytes.size, 4);
    buffer_append(last, nuls, round_up(start, ALIGNMENT) - start);
}

static int add_vendor(struct image *image, const char *sysroot, const struct vendor *vendor,
    const struct string_list *wanted, struct string_list *inputs)
{
    struct buffer bytes = {0};
    struct buffer mark = {0};
    char *name = allocate_format(DIRECTORY "/%s.bin", vendor->id);
    int result = gather(sysroot, vendor, wanted, &bytes, inputs);

    if (result == 0 && bytes.size > 0 && image->count == 0) {
        buffer_append_string(&mark, "1\n");
        result = image_add_directory(image, DIRECTORY, 0755, ORIGIN);
        if (result == 0)
            result = image_add_file(image, MARK, 0644, &mark, IMAGE_HEAD, ORIGIN);
        else
            buffer_free(&mark);
    }
    if (result == 0 && bytes.size > 0) {
        align_next(image, name);
        result = image_add_file(image, name, 0644, &bytes, IMAGE_HEAD, ORIGIN);
    } else {
        buffer_free(&bytes);
    }
    free(name);
    return result;
}

const char *microcode_choice_name(enum microcode_choice choice)
{
    static const char *const names[] = {[MICROCODE_NONE] = "none", [MICROCODE_ALL] = "all", [MICROCODE_HOST] = "host"};

    return names[choice];
}

int microcode_add(struct image *image, const char *sysroot, enum microcode_choice choice, struct string_list *inputs)
{
    const char *root = strcmp(sysroot, "/") != 0 ? sysroot : "";
    struct string_list wanted = {0};
    int result = choice == MICROCODE_HOST ? read_wanted(sysroot, &wanted) : 0;

    for (size_t i = 0; i < VENDOR_COUNT && result == 0; i++)
        result = add_vendor(image, sysroot, &vendors[i], choice == MICROCODE_HOST ? &wanted : NULL, inputs);
    string_list_free(&wanted);
    if (result < 0 || image->count > 0)
        return result;
    if (choice == MICROCODE_HOST) {
        log_note("%s/lib/firmware has no microcode for this processor", root);
        return 0;
    }
    log_error(
        "cannot find microcode in %s/lib/firmware/intel-ucode or amd-ucode; Debian's packages are intel-microcode "
        "and amd64-microcode",
        root);
    return -ENOENT;
}
