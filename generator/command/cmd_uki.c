/*
 * A unified kernel image: systemd's stub with a kernel, an image for it and a command line as sections of one PE file,
 * which the firmware or a boot loader starts (the UAPI group's specification of unified kernel images). objcopy adds
 * the sections; where they have to lie is read from the stub.
 */
#include "command/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/compressor.h"
#include "archive/newc.h"
#include "archive/output_file.h"
#include "base/allocate.h"
#include "base/architecture.h"
#include "base/file.h"
#include "base/host_program.h"
#include "base/log.h"
#include "command/arguments.h"
#include "command/boot_parts.h"
#include "content/pe_image.h"
#include "contract/cmdline.h"
#include "contract/live_words.h"

#define USAGE                                                                                                          \
    "uki [-k KVER] [--kernel FILE] [--image FILE] [--cmdline STRING] [--sign-key FILE --sign-cert FILE] [option...] "  \
    "-o FILE"
#define USAGE_STATUS 2
#define PURPOSE "make a unified kernel image"

#define STUB "/usr/lib/systemd/boot/efi/linuxx64.efi.stub"

struct uki {
    struct boot_parts parts;
    const char *output, *image_option, *cmdline_option, *stub, *sign_key, *sign_cert;
    bool is_forced; /* a root need not be named */
    char *cmdline;
    char *objcopy, *sbsign;
};

static int read_arguments(struct uki *uki, int argc, char **argv)
{
    static const struct option longs[] = {BOOT_PARTS_OPTIONS, {"output", required_argument, NULL, 'o'},
        {"image", required_argument, NULL, 'i'}, {"cmdline", required_argument, NULL, 'c'},
        {"stub", required_argument, NULL, 's'}, {"sign-key", required_argument, NULL, 'Y'},
        {"sign-cert", required_argument, NULL, 'C'}, {"force", no_argument, NULL, 'F'}, {0}};
    const char **const texts[] = {['o'] = &uki->output,
        ['i'] = &uki->image_option,
        ['c'] = &uki->cmdline_option,
        ['s'] = &uki->stub,
        ['Y'] = &uki->sign_key,
        ['C'] = &uki->sign_cert};
    int option;

    uki->stub = STUB;
    while ((option = arguments_next(argc, argv, ":o:" BOOT_PARTS_LETTERS, longs)) != -1) {
        int result = boot_parts_take(&uki->parts, option, optarg);

        if (result == 0)
            continue;
        if (result == -EINVAL || option == '?')
            return USAGE_STATUS;
        if (option == 'F')
            uki->is_forced = true;
        else
            *texts[option] = optarg;
    }
    if (optind < argc || !uki->output || !uki->sign_key != !uki->sign_cert) {
        log_error("usage: kindling " USAGE);
        return USAGE_STATUS;
    }
    return 0;
}

/* As kernel-install(8) finds it. */
static char *configured_cmdline(const char *sysroot)
{
    static const char *const places[] = {"/etc/kernel/cmdline", "/usr/lib/kernel/cmdline"};
    char *text = NULL;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !text; i++)
        (void)file_read_text_of(sysroot, places[i], &text);
    if (!text)
        return allocate_string("");
    text[strcspn(text, "\n")] = '\0';
    return text;
}

/* With Secure Boot nobody can give it another one: what has no root never boots. */
static int check_cmdline(const struct uki *uki)
{
    struct live_words live;
    struct cmdline words;
    bool names_root;

    if (cmdline_parse("", uki->cmdline, &words) < 0)
        return -ENOMEM;
    live_words_read(&words, &live);
    names_root = live.layout != LIVE_NONE || cmdline_value(&words, "root");
    cmdline_free(&words);
    if (names_root || uki->is_forced)
        return 0;
    log_error(
        "no root= is on the command line \"%s\": name one with --cmdline or in /etc/kernel/cmdline (--force makes "
        "an image without)",
        uki->cmdline);
    return -EINVAL;
}

static int find_programs(struct uki *uki)
{
    uki->objcopy = host_program_find("objcopy", "binutils", PURPOSE);
    if (!uki->objcopy)
        return -ENOENT;
    if (uki->sign_key && !(uki->sbsign = host_program_find("sbsign", "sbsigntool", "sign the image")))
        return -ENOENT;
    if (access(uki->stub, R_OK) == 0)
        return 0;
    log_error("cannot " PURPOSE ": %s is missing (Debian's package systemd-boot-efi has it)", uki->stub);
    return -ENOENT;
}

/* A section's bytes, as a file in the scratch directory. */
static char *write_section(const struct uki *uki, const char *name, const char *text)
{
    char *path = allocate_format("%s/%s", uki->parts.scratch.path, name);
    struct buffer bytes = {0};
    int result;

    buffer_append_string(&bytes, text);
    result = file_write_new(path, &bytes);
    buffer_free(&bytes);
    if (result == 0)
        return path;
    log_error("cannot write %s: %s", path, strerror(-result));
    free(path);
    return NULL;
}

static void add_section(
    struct string_list *words, const char *name, const char *path, uint64_t *address, uint64_t alignment)
{
    struct stat status = {0};

    (void)stat(path, &status);
    string_list_add(words, "--add-section");
    string_list_take(words, allocate_format("%s=%s", name, path));
    string_list_add(words, "--change-section-vma");
    string_list_take(words, allocate_format("%s=%#llx", name, (unsigned long long)*address));
    *address = (*address + (uint64_t)status.st_size + alignment - 1) / alignment * alignment;
}

/* The kernel comes last: it may be decompressed in its place, beyond its end. */
static int put_together(const struct uki *uki, const struct pe_image *stub, const char *output)
{
    const char *release = uki->parts.options.settings.release;
    const char *sysroot = uki->parts.options.settings.sysroot;
    char *about = NULL, *about_path, *cmdline_path, *release_path;
    uint64_t address = stub->end;
    struct string_list words = {0};
    int result = -EIO;

    if (file_read_text_of(sysroot ? sysroot : "/", "/etc/os-release", &about) < 0)
        about = allocate_string("");
    about_path = write_section(uki, "osrel", about);
    cmdline_path = write_section(uki, "cmdline", uki->cmdline);
    release_path = write_section(uki, "uname", release);
    if (about_path && cmdline_path && release_path) {
        string_list_add(&words, "objcopy");
        add_section(&words, ".osrel", about_path, &address, stub->alignment);
        add_section(&words, ".cmdline", cmdline_path, &address, stub->alignment);
        add_section(&words, ".uname", release_path, &address, stub->alignment);
        add_section(&words, ".initrd", uki->parts.image, &address, stub->alignment);
        add_section(&words, ".linux", uki->parts.kernel, &address, stub->alignment);
        string_list_add(&words, uki->stub);
        string_list_add(&words, output);
        result = host_program_run(uki->objcopy, &words, PURPOSE);
    }
    free(about);
    free(about_path);
    free(cmdline_path);
    free(release_path);
    return result;
}

/* objcopy writes the time of day, and a checksum over it, which firmware does not want to see: the same parts are to be
 * the same bytes. */
static int forget_time(const char *path)
{
    static const uint8_t never[4] = {0};
    struct pe_image image;
    int result = pe_image_read(path, &image);
    int fd = result == 0 ? open(path, O_WRONLY | O_CLOEXEC) : -1;

    if (result == 0
        && (fd < 0 || pwrite(fd, never, sizeof(never), (off_t)image.time) < 0
            || pwrite(fd, never, sizeof(never), (off_t)image.checksum) < 0)) {
        result = -errno;
        log_error("cannot write %s: %s", path, strerror(-result));
    }
    if (fd >= 0)
        close(fd);
    return result;
}

static int sign(const struct uki *uki, const char *path)
{
    struct string_list words = {0};

    if (!uki->sign_key)
        return 0;
    string_list_add_parts(&words, "sbsign --key", " ");
    string_list_add(&words, uki->sign_key);
    string_list_add(&words, "--cert");
    string_list_add(&words, uki->sign_cert);
    string_list_add(&words, "--output");
    string_list_add(&words, path);
    string_list_add(&words, path);
    return host_program_run(uki->sbsign, &words, "sign the image");
}

/* The scratch directory may be on another file system: it is copied, and comes to its place whole. */
static int deliver(const struct uki *uki, const char *path)
{
    struct output_file file;
    struct buffer bytes = {0};
    int result = file_read(path, &bytes);

    if (result < 0)
        log_error("cannot read %s: %s", path, strerror(-result));
    if (result == 0)
        result = output_file_open(&file, uki->output);
    if (result == 0) {
        result = output_file_write(&file, bytes.data, bytes.size);
        if (result < 0) {
            log_error("cannot write %s: %s", uki->output, strerror(-result));
            output_file_discard(&file);
        } else {
            result = output_file_commit(&file, false);
        }
    }
    if (result == 0)
        log_result("wrote %s: %.1f MB", uki->output, (double)bytes.size / 1e6);
    buffer_free(&bytes);
    return result;
}

/* The kernel's architecture has to be the stub's, which starts it. */
static int check_stub(const struct uki *uki, const struct pe_image *stub)
{
    const struct architecture *of_kernel = architecture_of_machine(uki->parts.machine);

    if (!of_kernel || of_kernel->efi_machine == stub->machine)
        return 0;
    log_error("the stub %s does not start a kernel of %s: name another one with --stub", uki->stub, of_kernel->name);
    return -EINVAL;
}

/* The first bytes tell. */
static int check_image(const char *path)
{
    uint8_t head[16];
    int fd = file_open(path);
    ssize_t length = fd < 0 ? fd : pread(fd, head, sizeof(head), 0);
    int result = fd < 0 ? fd : length < 0 ? -errno : 0;

    if (fd >= 0)
        close(fd);
    if (result < 0) {
        log_error("cannot read the image %s: %s", path, strerror(-result));
    } else if (!newc_begins(head, (size_t)length) && !compressor_of_stream(head, (size_t)length)) {
        log_error("%s is no image: it is neither a cpio archive nor compressed", path);
        result = -EINVAL;
    }
    return result;
}

static int find_image(struct uki *uki)
{
    int result;

    if (!uki->image_option) {
        result = boot_parts_take_cmdline(&uki->parts, uki->cmdline);
        return result < 0 ? result : boot_parts_make_image(&uki->parts);
    }
    uki->parts.image = allocate_string(uki->image_option);
    return check_image(uki->parts.image);
}

static int make(struct uki *uki)
{
    struct pe_image stub;
    char *path = NULL;
    int result = find_programs(uki);

    if (result == 0)
        result = pe_image_read(uki->stub, &stub);
    if (result == 0)
        result = boot_parts_find_kernel(&uki->parts);
    if (result == 0)
        result = boot_parts_check_kernel(&uki->parts);
    if (result == 0)
        result = check_stub(uki, &stub);
    if (result == 0)
        result = scratch_make(&uki->parts.scratch);
    if (result == 0)
        result = find_image(uki);
    if (result == 0) {
        path = allocate_format("%s/uki.efi", uki->parts.scratch.path);
        result = put_together(uki, &stub, path);
    }
    if (result == 0)
        result = forget_time(path);
    if (result == 0)
        result = sign(uki, path);
    if (result == 0)
        result = deliver(uki, path);
    free(path);
    return result;
}

int cmd_uki(int argc, char **argv)
{
    struct uki uki = {0};
    const char *sysroot;
    int status;

    boot_parts_init(&uki.parts);
    status = read_arguments(&uki, argc, argv);
    if (status == 0) {
        sysroot = uki.parts.options.settings.sysroot;
        uki.cmdline =
            uki.cmdline_option ? allocate_string(uki.cmdline_option) : configured_cmdline(sysroot ? sysroot : "/");
        status = check_cmdline(&uki) < 0 || make(&uki) < 0 ? 1 : 0;
    }
    boot_parts_free(&uki.parts);
    free(uki.cmdline);
    free(uki.objcopy);
    free(uki.sbsign);
    return status;
}
