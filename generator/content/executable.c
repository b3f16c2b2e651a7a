#include "content/executable.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/elf_reader.h"
#include "base/file.h"
#include "base/sysroot.h"

/* The kernel reads so much of a script's first line (BINPRM_BUF_SIZE). */
#define SCRIPT_LINE_MAXIMUM 256u
#define BLANKS " \t"

/* One ELF file with its program headers: offset, step, count; all of them lie in the file. */
struct reader {
    struct elf_reader elf;
    uint64_t headers;
    uint64_t header_size;
    uint64_t header_count;
};

#define FIELD(reader, offset, type, member) ELF_FIELD(&(reader)->elf, offset, type, member)
#define SIZE_OF(reader, type) ELF_SIZE_OF(&(reader)->elf, type)

/* Objects and core files have no program headers, or nothing to run. */
static bool open_elf(struct reader *reader, const uint8_t *bytes, size_t size)
{
    if (!elf_reader_open(&reader->elf, bytes, size))
        return false;
    reader->headers = FIELD(reader, 0, Ehdr, e_phoff);
    reader->header_size = FIELD(reader, 0, Ehdr, e_phentsize);
    reader->header_count = FIELD(reader, 0, Ehdr, e_phnum);
    return reader->header_count > 0 && reader->header_size >= SIZE_OF(reader, Phdr) && reader->headers < size
           && reader->header_count <= (size - reader->headers) / reader->header_size;
}

/* What the first program header of a type describes. */
static bool find_segment(const struct reader *reader, uint32_t type, struct elf_stretch *stretch)
{
    for (uint64_t i = 0; i < reader->header_count; i++) {
        uint64_t header = reader->headers + i * reader->header_size;

        if (FIELD(reader, header, Phdr, p_type) != type)
            continue;
        *stretch = (struct elf_stretch){FIELD(reader, header, Phdr, p_offset), FIELD(reader, header, Phdr, p_filesz)};
        return elf_reader_clip(&reader->elf, stretch);
    }
    return false;
}

/* Where in the file lies what is loaded at an address, up to the end of its segment. */
static bool find_address(const struct reader *reader, uint64_t address, struct elf_stretch *stretch)
{
    for (uint64_t i = 0; i < reader->header_count; i++) {
        uint64_t header = reader->headers + i * reader->header_size;
        uint64_t start = FIELD(reader, header, Phdr, p_vaddr);
        uint64_t size = FIELD(reader, header, Phdr, p_filesz);
        uint64_t offset = FIELD(reader, header, Phdr, p_offset);

        if (FIELD(reader, header, Phdr, p_type) != PT_LOAD || address < start || address - start >= size
            || offset >= reader->elf.size)
            continue;
        *stretch = (struct elf_stretch){offset + (address - start), size - (address - start)};
        return elf_reader_clip(&reader->elf, stretch);
    }
    return false;
}

/* The string at a place in a stretch, as a new string; NULL when it does not end there or is empty. */
static char *string_at(const struct reader *reader, const struct elf_stretch *stretch, uint64_t place)
{
    const char *text = (const char *)reader->elf.bytes + stretch->offset;

    if (place >= stretch->size || text[place] == '\0' || !memchr(text + place, '\0', stretch->size - place))
        return NULL;
    return allocate_string(text + place);
}

/* The value of the number-th dynamic entry with a tag. */
static bool find_dynamic(
    const struct reader *reader, const struct elf_stretch *dynamic, int64_t tag, size_t number, uint64_t *value)
{
    uint64_t size = SIZE_OF(reader, Dyn);

    for (uint64_t at = 0; at + size <= dynamic->size; at += size) {
        uint64_t found = FIELD(reader, dynamic->offset + at, Dyn, d_tag);

        if (found == DT_NULL)
            return false;
        if (found == (uint64_t)tag && number-- == 0) {
            *value = FIELD(reader, dynamic->offset + at, Dyn, d_un.d_val);
            return true;
        }
    }
    return false;
}

static void read_search_path(const struct reader *reader, const struct elf_stretch *dynamic,
    const struct elf_stretch *strings, int64_t tag, struct string_list *list)
{
    uint64_t place;
    char *text = find_dynamic(reader, dynamic, tag, 0, &place) ? string_at(reader, strings, place) : NULL;

    if (text)
        string_list_add_parts(list, text, ":");
    free(text);
}

/* One pass, for a file may claim a million of them. An empty or unended name is as good as damage. */
static int read_needed(const struct reader *reader, const struct elf_stretch *dynamic,
    const struct elf_stretch *strings, struct string_list *needed)
{
    uint64_t size = SIZE_OF(reader, Dyn);

    for (uint64_t at = 0; at + size <= dynamic->size; at += size) {
        uint64_t tag = FIELD(reader, dynamic->offset + at, Dyn, d_tag);
        char *name;

        if (tag == DT_NULL)
            break;
        if (tag != DT_NEEDED)
            continue;
        name = string_at(reader, strings, FIELD(reader, dynamic->offset + at, Dyn, d_un.d_val));
        if (!name)
            return -ENOEXEC;
        string_list_take(needed, name);
    }
    return 0;
}

static int read_dynamic(struct executable *executable, const struct reader *reader)
{
    struct elf_stretch dynamic;
    struct elf_stretch strings = {0};
    uint64_t value;

    if (!find_segment(reader, PT_DYNAMIC, &dynamic))
        return 0;
    if (!find_dynamic(reader, &dynamic, DT_STRTAB, 0, &value) || !find_address(reader, value, &strings))
        return find_dynamic(reader, &dynamic, DT_NEEDED, 0, &value) ? -ENOEXEC : 0;
    if (find_dynamic(reader, &dynamic, DT_STRSZ, 0, &value) && value < strings.size)
        strings.size = value;
    read_search_path(reader, &dynamic, &strings, DT_RUNPATH, &executable->runpath);
    if (!find_dynamic(reader, &dynamic, DT_RUNPATH, 0, &value))
        read_search_path(reader, &dynamic, &strings, DT_RPATH, &executable->rpath);
    return read_needed(reader, &dynamic, &strings, &executable->needed);
}

/* "#! /bin/sh -e": the interpreter, and all behind it as one argument. */
static int read_script(struct executable *executable, const uint8_t *bytes, size_t size)
{
    char *line = allocate_text((const char *)bytes + 2, (size < SCRIPT_LINE_MAXIMUM ? size : SCRIPT_LINE_MAXIMUM) - 2);
    char *word;
    size_t length;

    line[strcspn(line, "\n")] = '\0';
    word = line + strspn(line, BLANKS);
    length = strcspn(word, BLANKS);
    if (*word == '/') {
        char *rest = word + length + strspn(word + length, BLANKS);

        executable->kind = EXECUTABLE_SCRIPT;
        executable->interpreter = allocate_text(word, length);
        for (length = strlen(rest); length > 0 && strchr(BLANKS, rest[length - 1]); length--)
            ;
        executable->argument = length > 0 ? allocate_text(rest, length) : NULL;
    }
    free(line);
    return executable->interpreter ? 0 : -ENOEXEC;
}

int executable_read(struct executable *executable, const uint8_t *bytes, size_t size)
{
    struct elf_stretch interpreter;
    struct reader reader;
    int result;

    *executable = (struct executable){0};
    if (size > 2 && bytes[0] == '#' && bytes[1] == '!')
        return read_script(executable, bytes, size);
    if (!open_elf(&reader, bytes, size))
        return -ENOEXEC;
    executable->class = reader.elf.bytes[EI_CLASS];
    executable->byte_order = reader.elf.bytes[EI_DATA];
    executable->machine = (uint16_t)FIELD(&reader, 0, Ehdr, e_machine);
    if (find_segment(&reader, PT_INTERP, &interpreter)) {
        executable->interpreter = string_at(&reader, &interpreter, 0);
        if (!executable->interpreter)
            return -ENOEXEC;
    }
    result = read_dynamic(executable, &reader);
    if (result == 0)
        executable->kind =
            executable->interpreter || executable->needed.count > 0 ? EXECUTABLE_DYNAMIC : EXECUTABLE_STATIC;
    return result;
}

int executable_read_of(struct executable *executable, const char *sysroot, const char *path)
{
    struct buffer bytes = {0};
    char *resolved = NULL;
    int result = sysroot_resolve(sysroot, path, &resolved);

    *executable = (struct executable){0};
    if (result == 0)
        result = file_read(resolved, &bytes);
    if (result == 0)
        result = executable_read(executable, bytes.data, bytes.size);
    free(resolved);
    buffer_free(&bytes);
    return result;
}

void executable_free(struct executable *executable)
{
    free(executable->interpreter);
    free(executable->argument);
    string_list_free(&executable->needed);
    string_list_free(&executable->rpath);
    string_list_free(&executable->runpath);
    *executable = (struct executable){0};
}

bool executable_suits(const struct executable *library, const struct executable *program)
{
    return library->class == program->class && library->byte_order == program->byte_order
           && library->machine == program->machine;
}
