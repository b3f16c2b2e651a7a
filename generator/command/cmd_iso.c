/*
 * A medium that boots everywhere: a hybrid ISO image, for disc and stick, BIOS and UEFI, with a kernel, an image for it
 * and the root as a squashfs in Debian's layout (live-boot(7)). xorriso writes it, GRUB is its boot loader: one program
 * and one configuration for both kinds of firmware.
 */
#include "command/commands.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "archive/output_file.h"
#include "base/allocate.h"
#include "base/architecture.h"
#include "base/buffer.h"
#include "base/debris.h"
#include "base/file.h"
#include "base/host_program.h"
#include "base/log.h"
#include "build/assemble.h"
#include "command/arguments.h"
#include "command/boot_parts.h"
#include "command/grub.h"
#include "command/live_system.h"
#include "content/pe_image.h"
#include "content/root_image.h"

#define USAGE                                                                                                          \
    "iso [-k KVER] [--kernel FILE] --root DIR|FILE [--label LABEL] [--append STRING] [--verity] [--secure-boot] "      \
    "[option...] -o FILE"
#define USAGE_STATUS 2

#define PURPOSE "make a medium"

/* ECMA-119, 8.4.8: a volume's identifier. */
#define LABEL_MAXIMUM 32u

/* FAT's times begin there; so do those of a medium, unless SOURCE_DATE_EPOCH says otherwise. */
#define BEGINNING 315532800

#define HASH_TREE "tree" /* in the scratch directory */
#define IDENTITY_SIZE 8u /* hexadecimal digits */

struct iso {
    struct boot_parts parts;
    const char *root_option;
    const char *output;
    const char *label_option;
    const char *append;
    char *root; /* the squashfs or erofs */
    char *label;
    char identity[IDENTITY_SIZE + 1]; /* of what it holds: two media with the same are the same */
    time_t time;                      /* of all that is on it */
    bool wants_verity;
    char *hash; /* the top of its hash tree, and the word for it */
    char *xorriso, *veritysetup;
    struct grub grub;
};

static int read_arguments(struct iso *iso, int argc, char **argv)
{
    static const struct option longs[] = {BOOT_PARTS_OPTIONS, {"root", required_argument, NULL, 'r'},
        {"output", required_argument, NULL, 'o'}, {"label", required_argument, NULL, 'l'},
        {"append", required_argument, NULL, 'A'}, {"verity", no_argument, NULL, 'V'},
        {"secure-boot", no_argument, NULL, 'B'}, {0}};
    int option;

    iso->append = "";
    while ((option = arguments_next(argc, argv, ":o:" BOOT_PARTS_LETTERS, longs)) != -1) {
        int result = boot_parts_take(&iso->parts, option, optarg);

        if (result == 0)
            continue;
        if (result == -EINVAL || option == '?')
            return USAGE_STATUS;
        if (option == 'r')
            iso->root_option = optarg;
        else if (option == 'o')
            iso->output = optarg;
        else if (option == 'l')
            iso->label_option = optarg;
        else if (option == 'V')
            iso->wants_verity = true;
        else if (option == 'B')
            iso->grub.is_signed = true;
        else
            iso->append = optarg;
    }
    if (optind < argc || !iso->output || !iso->root_option) {
        log_error("usage: kindling " USAGE);
        return USAGE_STATUS;
    }
    return 0;
}

static int check_arguments(const struct iso *iso)
{
    /* A label goes through a boot loader's script and udev's name for a link. */
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const char *label = iso->label_option;

    if (label && (!*label || strlen(label) > LABEL_MAXIMUM || label[strspn(label, plain)])) {
        log_error("--label %s: up to 32 letters, digits, dots, hyphens and underscores are wanted", label);
        return -EINVAL;
    }
    if (strpbrk(iso->append, "'\"\\\n${};")) {
        log_error("--append: the boot loader's script has a meaning for quotes, backslashes, $, braces and semicolons");
        return -EINVAL;
    }
    return 0;
}

static int find_time(struct iso *iso)
{
    char digits[24];
    long long epoch;
    int result = assemble_read_epoch(&epoch);

    if (result < 0)
        return result;
    iso->time = epoch < BEGINNING ? BEGINNING : (time_t)epoch;
    (void)snprintf(digits, sizeof(digits), "%lld", (long long)iso->time);
    return setenv("SOURCE_DATE_EPOCH", digits, 1) < 0 ? -errno : 0; /* of mtools and xorriso */
}

static char *below(const struct iso *iso, const char *name)
{
    return allocate_format("%s/%s", iso->parts.scratch.path, name);
}

/* All are looked for before any work is done. */
static int find_programs(struct iso *iso)
{
    iso->xorriso = host_program_find("xorriso", "xorriso", PURPOSE);
    if (iso->xorriso && iso->wants_verity)
        iso->veritysetup = host_program_find("veritysetup", "cryptsetup-bin", PURPOSE);
    return iso->xorriso && (iso->veritysetup || !iso->wants_verity) ? grub_find(&iso->grub) : -ENOENT;
}

/* Debian's GRUB has no kernel started that shim does not let pass. */
static int check_signature(const struct iso *iso)
{
    struct pe_image kernel;
    int result = iso->grub.is_signed ? pe_image_read(iso->parts.kernel, &kernel) : 0;

    if (!iso->grub.is_signed || result < 0 || kernel.is_signed)
        return result;
    log_error("cannot make a medium for Secure Boot: the kernel %s is not signed", iso->parts.kernel);
    return -EINVAL;
}

static int add_to_identity(struct sha256_ctx *sum, const char *path)
{
    uint8_t bytes[1u << 16];
    int fd = file_open(path);
    ssize_t length;

    if (fd < 0)
        return fd;
    while ((length = read(fd, bytes, sizeof(bytes))) > 0)
        sha256_update(sum, (size_t)length, bytes);
    length = length < 0 ? -errno : 0;
    close(fd);
    return (int)length;
}

static int find_identity(struct iso *iso)
{
    const char *const files[] = {iso->parts.kernel, iso->parts.image, iso->root};
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx sum;

    sha256_init(&sum);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        int result = add_to_identity(&sum, files[i]);

        if (result < 0) {
            log_error("cannot read %s: %s", files[i], strerror(-result));
            return result;
        }
    }
    sha256_update(&sum, strlen(iso->append), (const uint8_t *)iso->append);
    sha256_update(&sum, iso->wants_verity, (const uint8_t *)"v");
    sha256_update(&sum, iso->grub.is_signed, (const uint8_t *)"s");
    sha256_digest(&sum, sizeof(digest), digest);
    for (size_t i = 0; i < IDENTITY_SIZE / 2; i++)
        (void)snprintf(iso->identity + 2 * i, 3, "%02x", digest[i]);
    iso->label = iso->label_option ? allocate_string(iso->label_option) : allocate_format("kindling-%s", iso->identity);
    return 0;
}

/* Of a path that stands behind xorriso's "=". */
static char *graft(const char *name, const char *path)
{
    struct buffer text = {0};

    buffer_append_string(&text, name);
    buffer_append_string(&text, "=");
    for (; *path; path++) {
        if (*path == '=' || *path == '\\')
            buffer_append_string(&text, "\\");
        buffer_append(&text, path, 1);
    }
    buffer_append(&text, "", 1);
    return (char *)text.data;
}

static char *graft_scratch(const struct iso *iso, const char *name, const char *file)
{
    char *path = below(iso, file);
    char *text = graft(name, path);

    free(path);
    return text;
}

static int write_medium(const struct iso *iso, const char *output)
{
    char *mark = allocate_format(".disk/kindling-%s", iso->identity);
    struct tm broken_down;
    char date[32];
    struct string_list words = {0};

    gmtime_r(&iso->time, &broken_down);
    (void)strftime(date, sizeof(date), "%Y%m%d%H%M%S00", &broken_down);
    string_list_add_parts(&words, "xorriso -as mkisofs -quiet -r -J -graft-points -V", " ");
    string_list_add(&words, iso->label);
    string_list_take(&words, allocate_format("--modification-date=%s", date));
    string_list_add(&words, "--set_all_file_dates");
    string_list_add(&words, date);
    string_list_add_parts(&words,
        "-b boot/grub/eltorito.img -c boot/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info "
        "--grub2-mbr " GRUB_DIRECTORY
        "/i386-pc/boot_hybrid.img --efi-boot boot/grub/efi.img -efi-boot-part --efi-boot-image "
        "--protective-msdos-label -o",
        " ");
    string_list_add(&words, output);
    string_list_take(&words, graft("boot/vmlinuz", iso->parts.kernel));
    string_list_take(&words, graft("boot/initrd.img", iso->parts.image));
    string_list_take(&words, graft("live/filesystem.squashfs", iso->root));
    if (iso->hash)
        string_list_take(&words, graft_scratch(iso, "live/filesystem.squashfs.verity", HASH_TREE));
    string_list_take(&words, graft_scratch(iso, "boot/grub/grub.cfg", "grub.cfg"));
    string_list_take(&words, graft_scratch(iso, "boot/grub/loopback.cfg", "loopback.cfg"));
    string_list_take(&words, graft_scratch(iso, "boot/grub/eltorito.img", "eltorito.img"));
    string_list_take(&words, graft_scratch(iso, "boot/grub/efi.img", "efi.img"));
    string_list_take(&words, graft_scratch(iso, mark, "mark"));
    free(mark);
    return host_program_run(iso->xorriso, &words, PURPOSE);
}

/* What is read of the root later is compared with a hash tree beside it, whose top is on the kernel command line. Its
 * salt and its UUID are no secret, and the same each time. */
static int make_hash_tree(struct iso *iso)
{
    struct string_list words = {0};
    char *top = below(iso, "top"), *text = NULL;
    int result;

    string_list_add_parts(&words, "veritysetup format --salt=- --uuid", " ");
    string_list_take(&words, allocate_format("%s-0000-4000-8000-000000000000", iso->identity));
    string_list_add(&words, "--root-hash-file");
    string_list_add(&words, top);
    string_list_add(&words, iso->root);
    string_list_take(&words, below(iso, HASH_TREE));
    result = host_program_run(iso->veritysetup, &words, PURPOSE);
    if (result == 0 && (result = file_read_text(top, &text)) < 0)
        log_error("cannot read %s: %s", top, strerror(-result));
    if (text)
        iso->hash = allocate_format("dm-verity-root-hash=filesystem.squashfs:%.*s", (int)strcspn(text, "\n"), text);
    free(text);
    free(top);
    return result;
}

static int make_loader(struct iso *iso)
{
    iso->grub.hash = iso->hash;
    iso->grub.directory = iso->parts.scratch.path;
    iso->grub.identity = iso->identity;
    iso->grub.label = iso->label;
    iso->grub.append = iso->append;
    iso->grub.time = iso->time;
    return grub_make(&iso->grub);
}

/* All that can be refused before any work is done. */
static int prepare(struct iso *iso)
{
    char *words = allocate_format("boot=live %s", iso->append);
    int result = boot_parts_take_cmdline(&iso->parts, words);

    free(words);
    if (result == 0)
        result = live_system_check(iso->root_option, iso->append);
    if (result == 0)
        result = live_system_check_output(iso->root_option, iso->output);
    if (result == 0)
        result = find_time(iso);
    if (result == 0)
        result = find_programs(iso);
    if (result == 0)
        result = live_system_take_kernel(iso->root_option, &iso->parts);
    if (result == 0)
        result = boot_parts_find_kernel(&iso->parts);
    if (result == 0)
        result = check_signature(iso);
    if (result == 0)
        result = boot_parts_check_kernel(&iso->parts);
    if (result < 0 || iso->parts.machine == EM_NONE || iso->parts.machine == EM_X86_64)
        return result;
    log_error("cannot " PURPOSE " for %s: its boot loaders are those of x86-64",
        architecture_name_of_machine(iso->parts.machine));
    return -EINVAL;
}

static int make_parts(struct iso *iso)
{
    int result = boot_parts_make_image(&iso->parts);

    log_progress("making the root's image: step", 2, 3);
    if (result == 0)
        result = root_image_find(iso->root_option, &iso->parts.scratch, &iso->root);
    if (result == 0)
        result = find_identity(iso);
    if (result == 0 && iso->wants_verity)
        result = make_hash_tree(iso);
    return result == 0 ? make_loader(iso) : result;
}

/* A medium is too large for a second copy: xorriso writes it beside its place. Whoever may read files that are made
 * here may read it. */
static int write_whole(struct iso *iso)
{
    mode_t mask = umask(0);
    struct output_file file;
    int result;

    umask(mask);
    result = output_file_open(&file, iso->output);
    if (result < 0)
        return result;
    result = make_parts(iso);
    log_progress("writing the medium: step", 3, 3);
    if (result == 0)
        result = write_medium(iso, file.temporary);
    if (result == 0 && fchmod(file.fd, 0666 & ~mask) < 0) {
        result = -errno;
        log_error("cannot write %s: %s", iso->output, strerror(-result));
    }
    log_progress_end();
    if (result < 0) {
        output_file_discard(&file);
        return result;
    }
    return output_file_commit(&file, false);
}

static int make(struct iso *iso)
{
    const struct output_settings *settings = &iso->parts.options.settings;
    struct stat status;
    int result = prepare(iso);

    if (result == 0)
        result = write_whole(iso);
    if (result == 0 && !live_system_has_modules(iso->root_option, settings->release))
        log_warning("%s has no modules of kernel %s: what /init does not load, the live system will not have",
            iso->root_option, settings->release);
    if (result == 0 && stat(iso->output, &status) == 0)
        log_result("wrote %s: %.1f MB, label %s", iso->output, (double)status.st_size / 1e6, iso->label);
    return result;
}

int cmd_iso(int argc, char **argv)
{
    struct iso iso = {0};
    int status;

    boot_parts_init(&iso.parts);
    status = read_arguments(&iso, argc, argv);
    if (status == 0 && iso.wants_verity)
        (void)boot_parts_take(&iso.parts, 'f', "verity");
    if (status == 0)
        status = check_arguments(&iso) < 0 ? USAGE_STATUS : make(&iso) < 0 ? 1 : 0;
    boot_parts_free(&iso.parts);
    free(iso.root);
    free(iso.label);
    free(iso.hash);
    free(iso.xorriso);
    free(iso.veritysetup);
    grub_free(&iso.grub);
    return status;
}
