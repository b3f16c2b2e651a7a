/*
 * A medium that boots everywhere: a hybrid ISO image, for disc and stick, BIOS and UEFI, with a kernel, an image for it
 * and the root as a squashfs in Debian's layout (live-boot(7)). xorriso writes it, GRUB is its boot loader: one program
 * and one configuration for both kinds of firmware.
 */
#include "command/commands.h"

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
#include "base/buffer.h"
#include "base/debris.h"
#include "base/file.h"
#include "base/host_program.h"
#include "base/log.h"
#include "command/arguments.h"
#include "command/boot_parts.h"
#include "content/root_image.h"

#define USAGE "iso [-k KVER] [--kernel FILE] --root DIR|FILE [--label LABEL] [--append STRING] [option...] -o FILE"
#define USAGE_STATUS 2

#define GRUB "/usr/lib/grub"
#define PURPOSE "make a medium"

/* ECMA-119, 8.4.8: a volume's identifier. */
#define LABEL_MAXIMUM 32u

/* FAT's times begin there; so do those of a medium, unless SOURCE_DATE_EPOCH says otherwise. */
#define BEGINNING 315532800

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
    struct {
        char *grub_mkimage, *mformat, *mmd, *mcopy, *xorriso;
    } programs;
};

static int read_arguments(struct iso *iso, int argc, char **argv)
{
    static const struct option longs[] = {BOOT_PARTS_OPTIONS, {"root", required_argument, NULL, 'r'},
        {"output", required_argument, NULL, 'o'}, {"label", required_argument, NULL, 'l'},
        {"append", required_argument, NULL, 'A'}, {0}};
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
        else
            iso->append = optarg;
    }
    if (optind < argc || !iso->output || !iso->root_option) {
        log_error("usage: kindling " USAGE);
        return USAGE_STATUS;
    }
    return 0;
}

/* A label goes through a boot loader's script and udev's name for a link. */
static bool is_plain_label(const char *label)
{
    size_t length = strlen(label);

    return length > 0 && length <= LABEL_MAXIMUM
           && strspn(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == length;
}

static int check_arguments(const struct iso *iso)
{
    if (iso->label_option && !is_plain_label(iso->label_option)) {
        log_error("--label %s: up to 32 letters, digits, dots, hyphens and underscores are wanted", iso->label_option);
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
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char digits[24];

    iso->time = text && *text ? (time_t)strtoll(text, NULL, 10) : BEGINNING;
    if (iso->time < BEGINNING)
        iso->time = BEGINNING;
    (void)snprintf(digits, sizeof(digits), "%lld", (long long)iso->time);
    return setenv("SOURCE_DATE_EPOCH", digits, 1) < 0 ? -errno : 0; /* of mtools and xorriso */
}

/* All are looked for before any work is done. */
static int find_programs(struct iso *iso)
{
    static const char *const directories[] = {GRUB "/i386-pc/boot_hybrid.img", GRUB "/x86_64-efi/moddep.lst"};
    static const char *const packages[] = {"grub-pc-bin", "grub-efi-amd64-bin"};

    iso->programs.xorriso = host_program_find("xorriso", "xorriso", PURPOSE);
    if (!iso->programs.xorriso)
        return -ENOENT;
    iso->programs.grub_mkimage = host_program_find("grub-mkimage", "grub-common", PURPOSE);
    if (!iso->programs.grub_mkimage)
        return -ENOENT;
    iso->programs.mformat = host_program_find("mformat", "mtools", PURPOSE);
    iso->programs.mmd = iso->programs.mformat ? host_program_find("mmd", "mtools", PURPOSE) : NULL;
    iso->programs.mcopy = iso->programs.mmd ? host_program_find("mcopy", "mtools", PURPOSE) : NULL;
    if (!iso->programs.mcopy)
        return -ENOENT;
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        if (access(directories[i], R_OK) == 0)
            continue;
        log_error("cannot " PURPOSE ": %s is missing (Debian's package %s has it)", directories[i], packages[i]);
        return -ENOENT;
    }
    return 0;
}

static char *below(const struct iso *iso, const char *name)
{
    return allocate_format("%s/%s", iso->parts.scratch.path, name);
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
    sha256_digest(&sum, sizeof(digest), digest);
    for (size_t i = 0; i < IDENTITY_SIZE / 2; i++)
        (void)snprintf(iso->identity + 2 * i, 3, "%02x", digest[i]);
    iso->label = iso->label_option ? allocate_string(iso->label_option) : allocate_format("kindling-%s", iso->identity);
    return 0;
}

static int write_text(const struct iso *iso, const char *name, char *text)
{
    const struct timespec times[2] = {{.tv_sec = iso->time}, {.tv_sec = iso->time}};
    struct buffer bytes = {0};
    char *path = below(iso, name);
    int result;

    buffer_append_string(&bytes, text);
    result = file_write_new(path, &bytes);
    if (result == 0 && utimensat(AT_FDCWD, path, times, 0) < 0)
        result = -errno;
    if (result < 0)
        log_error("cannot write %s: %s", path, strerror(-result));
    buffer_free(&bytes);
    free(path);
    free(text);
    return result;
}

/* What the boot loader itself holds: its medium is the one with our mark, whatever else is in the machine. */
static char *early_configuration(const struct iso *iso)
{
    return allocate_format("search --no-floppy --set=root --file /.disk/kindling-%s\n"
                           "set prefix=($root)/boot/grub\n"
                           "configfile ($root)/boot/grub/grub.cfg\n",
        iso->identity);
}

/* where: the words that say where the medium is. */
static char *entry(const struct iso *iso, const char *title, const char *where)
{
    return allocate_format("menuentry '%s' {\n"
                           "    linux /boot/vmlinuz boot=live %s%s%s\n"
                           "    initrd /boot/initrd.img\n"
                           "}\n",
        title, where, *iso->append ? " " : "", iso->append);
}

static char *configuration(const struct iso *iso)
{
    char *where = allocate_format("live-media=/dev/disk/by-label/%s", iso->label);
    char *into_memory = allocate_format("%s toram", where);
    char *first = entry(iso, "Live system", where);
    char *second = entry(iso, "Live system, copied into memory", into_memory);
    const char *serial = strstr(iso->append, "console=ttyS0") ? "serial --unit=0 --speed=115200\n"
                                                                "terminal_input console serial\n"
                                                                "terminal_output console serial\n"
                                                              : "";
    char *text = allocate_format("set timeout=3\nset default=0\n%s%s%s", serial, first, second);

    free(where);
    free(into_memory);
    free(first);
    free(second);
    return text;
}

/* For a boot loader that finds the medium as a file, as GRUB's own loopback.cfg has it. */
static char *loopback_configuration(const struct iso *iso)
{
    return entry(iso, "Live system", "findiso=${iso_path}");
}

/* Takes the words. */
static int run(const char *program, struct string_list *words)
{
    int result = host_program_run(program, words, PURPOSE);

    string_list_free(words);
    return result;
}

#define GRUB_MODULES                                                                                                   \
    "iso9660 part_msdos part_gpt normal linux search search_fs_file configfile echo test serial terminal"

static int make_loader(const struct iso *iso, const char *format, const char *modules, const char *name)
{
    struct string_list words = {0};

    string_list_add_parts(&words, "grub-mkimage -p /boot/grub -O", " ");
    string_list_add(&words, format);
    string_list_add(&words, "-o");
    string_list_take(&words, below(iso, name));
    string_list_add(&words, "-c");
    string_list_take(&words, below(iso, "early.cfg"));
    string_list_add_parts(&words, GRUB_MODULES, " ");
    string_list_add_parts(&words, modules, " ");
    return run(iso->programs.grub_mkimage, &words);
}

/* A FAT file system with the loader where the firmware looks for it. It is as large as a floppy disk of 2.88 MB. */
static int make_efi_partition(const struct iso *iso)
{
    const struct timespec times[2] = {{.tv_sec = iso->time}, {.tv_sec = iso->time}};
    char *partition = below(iso, "efi.img"), *loader = below(iso, "bootx64.efi");
    struct string_list format = {0}, make = {0}, copy = {0};
    int result;

    string_list_add_parts(&format, "mformat -C -i", " ");
    string_list_add(&format, partition);
    string_list_add_parts(&format, "-f 2880 -N", " ");
    string_list_add(&format, iso->identity);
    string_list_add(&format, "::");
    string_list_add_parts(&make, "mmd -i", " ");
    string_list_add(&make, partition);
    string_list_add_parts(&make, "::/EFI ::/EFI/BOOT", " ");
    string_list_add_parts(&copy, "mcopy -m -i", " ");
    string_list_add(&copy, partition);
    string_list_add(&copy, loader);
    string_list_add(&copy, "::/EFI/BOOT/BOOTX64.EFI");
    result = run(iso->programs.mformat, &format);
    if (utimensat(AT_FDCWD, loader, times, 0) < 0)
        result = -errno;
    result = run(iso->programs.mmd, &make) < 0 ? -EIO : result;
    result = run(iso->programs.mcopy, &copy) < 0 ? -EIO : result;
    free(partition);
    free(loader);
    return result;
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
    int result;

    gmtime_r(&iso->time, &broken_down);
    (void)strftime(date, sizeof(date), "%Y%m%d%H%M%S00", &broken_down);
    string_list_add_parts(&words, "xorriso -as mkisofs -quiet -r -J -graft-points -V", " ");
    string_list_add(&words, iso->label);
    string_list_take(&words, allocate_format("--modification-date=%s", date));
    string_list_add(&words, "--set_all_file_dates");
    string_list_add(&words, date);
    string_list_add_parts(&words,
        "-b boot/grub/eltorito.img -c boot/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info "
        "--grub2-mbr " GRUB "/i386-pc/boot_hybrid.img --efi-boot boot/grub/efi.img -efi-boot-part --efi-boot-image "
        "--protective-msdos-label -o",
        " ");
    string_list_add(&words, output);
    string_list_take(&words, graft("boot/vmlinuz", iso->parts.kernel));
    string_list_take(&words, graft("boot/initrd.img", iso->parts.image));
    string_list_take(&words, graft("live/filesystem.squashfs", iso->root));
    string_list_take(&words, graft_scratch(iso, "boot/grub/grub.cfg", "grub.cfg"));
    string_list_take(&words, graft_scratch(iso, "boot/grub/loopback.cfg", "loopback.cfg"));
    string_list_take(&words, graft_scratch(iso, "boot/grub/eltorito.img", "eltorito.img"));
    string_list_take(&words, graft_scratch(iso, "boot/grub/efi.img", "efi.img"));
    string_list_take(&words, graft_scratch(iso, mark, "mark"));
    result = run(iso->programs.xorriso, &words);
    free(mark);
    return result;
}

/* A medium is too large for a second copy: xorriso writes it beside its place, and it is renamed once it is whole. */
static int write_whole(const struct iso *iso)
{
    char *part = allocate_format("%s.part", iso->output);
    int fd, result;

    (void)unlink(part);
    debris_add(part);
    result = write_medium(iso, part);
    fd = result == 0 ? open(part, O_RDONLY | O_CLOEXEC) : -1;
    if (result == 0 && (fd < 0 || fsync(fd) < 0 || rename(part, iso->output) < 0))
        result = -errno;
    if (result == 0)
        result = output_file_sync_directory(iso->output);
    if (result < 0 && result != -EIO && result != -EINTR)
        log_error("cannot write %s: %s", iso->output, strerror(-result));
    if (fd >= 0)
        close(fd);
    if (result == 0)
        debris_forget(part);
    else
        debris_remove(part);
    free(part);
    return result;
}

static int make_loaders(const struct iso *iso)
{
    int result = write_text(iso, "early.cfg", early_configuration(iso));

    if (result == 0)
        result = write_text(iso, "grub.cfg", configuration(iso));
    if (result == 0)
        result = write_text(iso, "loopback.cfg", loopback_configuration(iso));
    if (result == 0)
        result = write_text(iso, "mark", allocate_string(""));
    if (result == 0)
        result = make_loader(iso, "i386-pc-eltorito", "biosdisk", "eltorito.img");
    if (result == 0)
        result = make_loader(iso, "x86_64-efi", "fat all_video", "bootx64.efi");
    return result == 0 ? make_efi_partition(iso) : result;
}

static int make(struct iso *iso)
{
    struct stat status;
    int result = find_time(iso);

    if (result == 0)
        result = find_programs(iso);
    if (result == 0)
        result = boot_parts_find_kernel(&iso->parts);
    if (result == 0)
        result = boot_parts_make_image(&iso->parts);
    if (result == 0)
        result = root_image_find(iso->root_option, &iso->parts.scratch, &iso->root);
    if (result == 0)
        result = find_identity(iso);
    if (result == 0)
        result = make_loaders(iso);
    if (result == 0)
        result = write_whole(iso);
    if (result == 0 && stat(iso->output, &status) == 0)
        log_result("wrote %s: %.1f MB, label %s", iso->output, (double)status.st_size / 1e6, iso->label);
    return result;
}

int cmd_iso(int argc, char **argv)
{
    struct iso iso = {0};
    int status;

    boot_parts_init(&iso.parts, "live");
    status = read_arguments(&iso, argc, argv);
    if (status == 0)
        status = check_arguments(&iso) < 0 ? USAGE_STATUS : make(&iso) < 0 ? 1 : 0;
    boot_parts_free(&iso.parts);
    free(iso.root);
    free(iso.label);
    free(iso.programs.grub_mkimage);
    free(iso.programs.mformat);
    free(iso.programs.mmd);
    free(iso.programs.mcopy);
    free(iso.programs.xorriso);
    return status;
}
