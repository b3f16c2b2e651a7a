#include "kernel/module_outline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "base/allocate.h"
#include "base/elf_reader.h"
#include "base/file.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/workers.h"
#include "kernel/modinfo_beginning.h"
#include "kernel/module_summary.h"

struct work {
    const char *tree;
    const struct module_files *modules;
    const char *directory;
    enum outline outline;
    atomic_size_t next;
    atomic_int result;
};

/* Names and versions of symbols, and .modinfo (libkmod-elf.c); sections of code and data are most of a module. */
static bool is_read_by_depmod(const char *name)
{
    static const char *const sections[] = {".modinfo", ".symtab", ".strtab", ".shstrtab", "__ksymtab_strings",
        "__versions", "__version_ext_names", "__version_ext_crcs"};

    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        if (!strcmp(sections[i], name))
            return true;
    }
    return false;
}

static int write_stretch(int fd, const struct elf_reader *elf, uint64_t offset, uint64_t size)
{
    if (offset > elf->size || size > elf->size - offset)
        return -ENOEXEC;
    while (size > 0) {
        ssize_t length = pwrite(fd, elf->bytes + offset, size, (off_t)offset);

        if (length < 0)
            return -errno;
        offset += (uint64_t)length;
        size -= (uint64_t)length;
    }
    return 0;
}

/* The header, the table of sections, and the sections that count. */
static int write_outline(int fd, const struct elf_reader *elf)
{
    uint64_t headers = ELF_FIELD(elf, 0, Ehdr, e_shoff);
    uint64_t step = ELF_FIELD(elf, 0, Ehdr, e_shentsize);
    uint64_t count = ELF_FIELD(elf, 0, Ehdr, e_shnum);
    uint64_t names = ELF_FIELD(elf, headers + ELF_FIELD(elf, 0, Ehdr, e_shstrndx) * step, Shdr, sh_offset);
    int result = ftruncate(fd, (off_t)elf->size) < 0 ? -errno : write_stretch(fd, elf, 0, ELF_SIZE_OF(elf, Ehdr));

    if (result == 0)
        result = write_stretch(fd, elf, headers, step * count);
    for (uint64_t i = 0; i < count && result == 0; i++) {
        uint64_t header = headers + i * step;
        uint64_t name = names + ELF_FIELD(elf, header, Shdr, sh_name);

        if (name >= elf->size || !memchr(elf->bytes + name, '\0', elf->size - name))
            return -ENOEXEC;
        if (ELF_FIELD(elf, header, Shdr, sh_type) != SHT_NOBITS && is_read_by_depmod((const char *)elf->bytes + name))
            result =
                write_stretch(fd, elf, ELF_FIELD(elf, header, Shdr, sh_offset), ELF_FIELD(elf, header, Shdr, sh_size));
    }
    return result;
}

/* A thread's memory, for one module after the other: to have it anew for each takes as long as to inflate some. */
struct room {
    struct buffer packed;
    struct buffer inflated; /* of a summary: .modinfo */
    struct buffer summary;
};

static int write_summary(const char *path, struct room *room)
{
    struct modinfo info;
    int result = modinfo_read_compressed(room->packed.data, room->packed.size, &room->inflated);

    if (result < 0)
        return result;
    info = (struct modinfo){(const char *)room->inflated.data, room->inflated.size};
    result = module_summary_append(&room->summary, path, &info);
    return result < 0 ? result : file_write_new(path, &room->summary);
}

/* -ENOEXEC: it is no module. -EBADMSG: it does not inflate. */
static int write_sections(const char *path, struct room *room)
{
    struct elf_reader elf;
    int fd, result;

    if (image_archive_decompress(room->packed.data, room->packed.size, NULL, &room->inflated) < 0)
        return -EBADMSG;
    if (!elf_reader_open(&elf, room->inflated.data, room->inflated.size))
        return -ENOEXEC;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    result = write_outline(fd, &elf);
    close(fd);
    if (result < 0)
        unlink(path);
    return result;
}

static int make_one(const struct work *work, const char *name, struct room *room)
{
    char *source = allocate_format("%s/%s", work->tree, name);
    char *path = allocate_format("%s/%s", work->directory, name);
    bool is_compressed = compressor_of_file(name) != NULL;
    int result = is_compressed                      ? file_read(source, &room->packed)
                 : work->outline == OUTLINE_SUMMARY ? -ENODATA
                                                    : -ENOEXEC;

    if (result == 0)
        result = work->outline == OUTLINE_SUMMARY ? write_summary(path, room) : write_sections(path, room);
    room->packed.size = room->inflated.size = room->summary.size = 0;
    if (result == -ENOEXEC)
        result = symlink(source, path) < 0 ? -errno : 0;
    free(source);
    free(path);
    return result;
}

static void *make_some(void *argument)
{
    struct work *work = argument;
    struct room room = {0};
    size_t number;

    while ((number = atomic_fetch_add(&work->next, 1)) < work->modules->count && atomic_load(&work->result) == 0) {
        int result = stop_check();

        if (result == 0)
            result = make_one(work, work->modules->items[number].path, &room);
        if (result < 0 && atomic_exchange(&work->result, result) == 0 && result == -EBADMSG)
            log_error("cannot find out what %s/%s needs: it is damaged", work->tree, work->modules->items[number].path);
    }
    buffer_free(&room.packed);
    buffer_free(&room.inflated);
    buffer_free(&room.summary);
    return NULL;
}

int module_outlines_make(
    const char *tree, const struct module_files *modules, unsigned jobs, const char *directory, enum outline outline)
{
    char *absolute = realpath(tree, NULL);
    struct work work = {
        .tree = absolute ? absolute : tree, .modules = modules, .directory = directory, .outline = outline};

    for (size_t i = 0; i < modules->count && work.result == 0; i++)
        work.result = file_make_parents(directory, modules->items[i].path);
    workers_run(jobs, make_some, &work);
    free(absolute);
    return work.result;
}
