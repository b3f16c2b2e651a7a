#include "command/grub.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/host_program.h"
#include "base/log.h"
#include "base/string_list.h"

#define PURPOSE "make a medium"

/* Whom the firmware trusts is Microsoft, who has signed shim, which trusts Debian. It starts its neighbour. */
static const struct {
    const char *path, *package, *name;
} signed_loaders[] = {
    {"/usr/lib/shim/shimx64.efi.signed", "shim-signed", "::/EFI/BOOT/BOOTX64.EFI"},
    {"/usr/lib/shim/mmx64.efi.signed", "shim-helpers-amd64-signed", "::/EFI/BOOT/MMX64.EFI"},
    {GRUB_DIRECTORY "/x86_64-efi-signed/gcdx64.efi.signed", "grub-efi-amd64-signed", "::/EFI/BOOT/GRUBX64.EFI"},
};

#define SIGNED_LOADERS (sizeof(signed_loaders) / sizeof(signed_loaders[0]))

static bool is_there(const char *path, const char *package)
{
    if (access(path, R_OK) == 0)
        return true;
    log_error("cannot " PURPOSE ": %s is missing (Debian's package %s has it)", path, package);
    return false;
}

int grub_find(struct grub *grub)
{

    grub->mkimage = host_program_find("grub-mkimage", "grub-common", PURPOSE);
    if (!grub->mkimage)
        return -ENOENT;
    grub->mformat = host_program_find("mformat", "mtools", PURPOSE);
    grub->mmd = grub->mformat ? host_program_find("mmd", "mtools", PURPOSE) : NULL;
    grub->mcopy = grub->mmd ? host_program_find("mcopy", "mtools", PURPOSE) : NULL;
    if (!grub->mcopy)
        return -ENOENT;
    if (!is_there(GRUB_DIRECTORY "/i386-pc/boot_hybrid.img", "grub-pc-bin"))
        return -ENOENT;
    if (!grub->is_signed)
        return is_there(GRUB_DIRECTORY "/x86_64-efi/moddep.lst", "grub-efi-amd64-bin") ? 0 : -ENOENT;
    for (size_t i = 0; i < SIGNED_LOADERS; i++) {
        if (!is_there(signed_loaders[i].path, signed_loaders[i].package))
            return -ENOENT;
    }
    return 0;
}

static char *below(const struct grub *grub, const char *name)
{
    return allocate_format("%s/%s", grub->directory, name);
}

static int write_text(const struct grub *grub, const char *name, char *text)
{
    const struct timespec times[2] = {{.tv_sec = grub->time}, {.tv_sec = grub->time}};
    struct buffer bytes = {0};
    char *path = below(grub, name);
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

/* where: the words that say where the medium is. */
static char *entry(const struct grub *grub, const char *title, const char *where)
{
    return allocate_format("menuentry '%s' {\n"
                           "    linux /boot/vmlinuz boot=live %s%s%s%s%s\n"
                           "    initrd /boot/initrd.img\n"
                           "}\n",
        title, where, grub->hash ? " " : "", grub->hash ? grub->hash : "", *grub->append ? " " : "", grub->append);
}

static char *configuration(const struct grub *grub)
{
    char *where = allocate_format("live-media=/dev/disk/by-label/%s", grub->label);
    char *into_memory = allocate_format("%s toram", where);
    char *first = entry(grub, "Live system", where);
    char *second = entry(grub, "Live system, copied into memory", into_memory);
    const char *serial = strstr(grub->append, "console=ttyS0") ? "serial --unit=0 --speed=115200\n"
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

#define GRUB_MODULES                                                                                                   \
    "iso9660 part_msdos part_gpt normal linux search search_fs_file configfile echo test serial terminal"

static int make_loader(const struct grub *grub, const char *format, const char *modules, const char *name)
{
    struct string_list words = {0};
    char *path = below(grub, name), *early = below(grub, "early.cfg");

    string_list_add_parts(&words, "grub-mkimage -p /boot/grub -O", " ");
    string_list_add(&words, format);
    string_list_add(&words, "-o");
    string_list_take(&words, path);
    string_list_add(&words, "-c");
    string_list_take(&words, early);
    string_list_add_parts(&words, GRUB_MODULES, " ");
    string_list_add_parts(&words, modules, " ");
    return host_program_run(grub->mkimage, &words, PURPOSE);
}

/* command and targets are words with blanks between them; a path may hold some. file: NULL for none. */
static int run_mtools(
    const char *program, const char *command, const char *image, const char *file, const char *targets)
{
    struct string_list words = {0};

    string_list_add_parts(&words, command, " ");
    string_list_add(&words, "-i");
    string_list_add(&words, image);
    if (file)
        string_list_add(&words, file);
    string_list_add_parts(&words, targets, " ");
    return host_program_run(program, &words, PURPOSE);
}

static int copy_into(const struct grub *grub, const char *image, const char *file, const char *target)
{
    return run_mtools(grub->mcopy, "mcopy -m", image, file, target);
}

/* A file of a package has the time that it was unpacked with: its copy has the medium's. */
static int copy_loader(const struct grub *grub, const char *image, size_t number)
{
    const struct timespec times[2] = {{.tv_sec = grub->time}, {.tv_sec = grub->time}};
    struct buffer bytes = {0};
    char *copy = below(grub, signed_loaders[number].package);
    int result = file_read(signed_loaders[number].path, &bytes);

    if (result == 0)
        result = file_write_new(copy, &bytes);
    if (result == 0 && utimensat(AT_FDCWD, copy, times, 0) < 0)
        result = -errno;
    if (result < 0)
        log_error("cannot copy %s: %s", signed_loaders[number].path, strerror(-result));
    else
        result = copy_into(grub, image, copy, signed_loaders[number].name);
    buffer_free(&bytes);
    free(copy);
    return result;
}

/* Debian's GRUB reads its script beside it where the firmware takes a stick's partition for its disk. */
static int copy_signed(const struct grub *grub, const char *image)
{
    char *early = below(grub, "early.cfg");
    int result = run_mtools(grub->mmd, "mmd", image, NULL, "::/boot ::/boot/grub");

    for (size_t i = 0; i < SIGNED_LOADERS && result == 0; i++)
        result = copy_loader(grub, image, i);
    if (result == 0)
        result = copy_into(grub, image, early, "::/boot/grub/grub.cfg");
    free(early);
    return result;
}

static int copy_own(const struct grub *grub, const char *image)
{
    const struct timespec times[2] = {{.tv_sec = grub->time}, {.tv_sec = grub->time}};
    char *loader = below(grub, "bootx64.efi");
    int result = make_loader(grub, "x86_64-efi", "fat all_video", "bootx64.efi");

    if (result == 0 && utimensat(AT_FDCWD, loader, times, 0) < 0)
        result = -errno;
    if (result == 0)
        result = copy_into(grub, image, loader, "::/EFI/BOOT/BOOTX64.EFI");
    free(loader);
    return result;
}

/* A FAT file system with the loader where the firmware looks for it. It is as large as a floppy disk of 2.88 MB;
 * Debian's files take 6 MB, and get 8 MiB. */
static int make_efi_partition(const struct grub *grub)
{
    char *image = below(grub, "efi.img");
    char *format =
        allocate_format("mformat -C %s -N %s", grub->is_signed ? "-T 16384 -h 16 -s 32" : "-f 2880", grub->identity);
    int result = run_mtools(grub->mformat, format, image, NULL, "::");

    if (result == 0)
        result = run_mtools(grub->mmd, "mmd", image, NULL, "::/EFI ::/EFI/BOOT");
    if (result == 0)
        result = grub->is_signed ? copy_signed(grub, image) : copy_own(grub, image);
    free(format);
    free(image);
    return result;
}

int grub_make(const struct grub *grub)
{
    /* What the boot loader itself holds: its medium is the one with our mark, whatever else is in the machine. */
    char *early = allocate_format("search --no-floppy --set=root --file /.disk/kindling-%s\n"
                                  "set prefix=($root)/boot/grub\n"
                                  "configfile ($root)/boot/grub/grub.cfg\n",
        grub->identity);
    int result = write_text(grub, "early.cfg", early);

    if (result == 0)
        result = write_text(grub, "grub.cfg", configuration(grub));
    if (result == 0) /* for a boot loader that finds the medium as a file, as GRUB's own loopback.cfg has it */
        result = write_text(grub, "loopback.cfg", entry(grub, "Live system", "findiso=${iso_path}"));
    if (result == 0)
        result = write_text(grub, "mark", allocate_string(""));
    if (result == 0)
        result = make_loader(grub, "i386-pc-eltorito", "biosdisk", "eltorito.img");
    return result == 0 ? make_efi_partition(grub) : result;
}

void grub_free(struct grub *grub)
{
    free(grub->mkimage);
    free(grub->mformat);
    free(grub->mmd);
    free(grub->mcopy);
}
