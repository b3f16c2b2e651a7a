/*
 * What becomes of a damaged image, without booting it: unpacks it as the kernel does (init/initramfs.c and
 * lib/decompress_inflate.c there), that is as far as it goes and without looking at gzip's own checksum, and asks
 * /init's own check about the result.
 *
 *   damage IMAGE every STEP         cut after each multiple of STEP bytes
 *   damage IMAGE cuts COUNT SEED    cut at so many random places
 *   damage IMAGE flips COUNT SEED   one bit flipped, at so many random places
 *
 * Prints a line each, "PLACE OUTCOME", where the outcome is
 *   kernel     there is no /init to start: the kernel's own panic
 *   partial    /init is not whole and not as it was packed, and would be refused if it could run at all
 *   refused    /init is whole and refuses the image
 *   caught     what differs is a member with a checksum of its own, which is looked at when it is inflated
 *   unchecked  what differs has no checksum; the line goes on with its name
 *   whole      nothing of the image is lost
 *   BOOTS      a damage that nobody would notice, or a program where the kernel looks next: exit status 1
 */
#include <errno.h>
#include <libdeflate.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "contract/index_format.h"
#include "contract/seal.h"

#define HEADER_SIZE 110u
#define MOST_ENTRIES 8192u
#define MOST_INFLATED (512u << 20)

struct bytes {
    uint8_t *data;
    size_t size;
};

struct entry {
    const char *name;
    uint32_t mode;
    const uint8_t *data;
    size_t size;   /* that are there */
    size_t wanted; /* that the header promises */
};

struct tree {
    struct entry entries[MOST_ENTRIES];
    size_t count;
};

static _Noreturn void die(const char *why)
{
    fprintf(stderr, "damage: %s\n", why);
    exit(2);
}

static void *allocate(size_t size)
{
    void *memory = malloc(size ? size : 1);

    if (!memory)
        die("not enough memory");
    return memory;
}

static struct bytes read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct bytes bytes = {0};

    if (!file)
        die("cannot read the image");
    fseek(file, 0, SEEK_END);
    bytes.size = (size_t)ftell(file);
    rewind(file);
    bytes.data = allocate(bytes.size);
    if (fread(bytes.data, 1, bytes.size, file) != bytes.size)
        die("cannot read the image");
    fclose(file);
    return bytes;
}

static bool is_gzip(const struct bytes *image)
{
    return image->size >= 2 && image->data[0] == 0x1f && image->data[1] == 0x8b;
}

/* The kernel inflates raw deflate data behind the header and never sees the checksum. Our header has no extra fields.
 */
static struct bytes inflate_prefix(const struct bytes *image, size_t room)
{
    struct bytes out = {allocate(room), 0};
    z_stream stream = {0};

    if (image->size < 10 || inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return out;
    stream.next_in = image->data + 10;
    stream.avail_in = (uInt)(image->size - 10);
    stream.next_out = out.data;
    stream.avail_out = (uInt)room;
    while (inflate(&stream, Z_NO_FLUSH) == Z_OK && stream.avail_out > 0)
        continue;
    out.size = room - stream.avail_out;
    inflateEnd(&stream);
    return out;
}

static struct bytes unpack_prefix(const struct bytes *image, size_t room)
{
    struct bytes out;

    if (is_gzip(image))
        return inflate_prefix(image, room);
    out = (struct bytes){allocate(image->size), image->size};
    memcpy(out.data, image->data, image->size);
    return out;
}

static uint32_t field(const uint8_t *header, unsigned number)
{
    char text[9] = "";

    memcpy(text, header + 6 + 8 * (size_t)number, 8);
    return (uint32_t)strtoul(text, NULL, 16);
}

static size_t align(size_t position)
{
    return (position + 3) & ~(size_t)3;
}

/* Goes on until the bytes end or are no header. A file that breaks off is there as far as it goes. */
static void read_tree(const struct bytes *archive, struct tree *tree)
{
    size_t at = 0;

    tree->count = 0;
    while (at + HEADER_SIZE <= archive->size && !memcmp(archive->data + at, "070701", 6)) {
        const uint8_t *header = archive->data + at;
        size_t name_size = field(header, 11), wanted = field(header, 6);
        size_t data_at = align(at + HEADER_SIZE + name_size);
        struct entry *entry = &tree->entries[tree->count];

        if (name_size == 0 || name_size > 4096 || data_at > archive->size
            || header[HEADER_SIZE + name_size - 1] != '\0')
            return;
        if (!strcmp((const char *)header + HEADER_SIZE, "TRAILER!!!"))
            return;
        if (tree->count + 1 == MOST_ENTRIES)
            die("too many entries");
        *entry = (struct entry){.name = (const char *)header + HEADER_SIZE,
            .mode = field(header, 1),
            .data = archive->data + data_at,
            .wanted = wanted};
        entry->size = archive->size - data_at < wanted ? archive->size - data_at : wanted;
        tree->count++;
        at = align(data_at + wanted);
    }
}

static const struct entry *find(const struct tree *tree, const char *name)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (!strcmp(tree->entries[i].name, name))
            return &tree->entries[i];
    }
    return NULL;
}

static bool is_same(const struct entry *a, const struct entry *b)
{
    return a && b && a->mode == b->mode && a->size == b->size && !memcmp(a->data, b->data, a->size);
}

/* Where the kernel looks when /init cannot be started. */
static bool has_fallback(const struct tree *tree)
{
    static const char *const places[] = {"sbin/init", "etc/init", "bin/init", "bin/sh"};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        if (find(tree, places[i]))
            return true;
    }
    return false;
}

static int check(const struct tree *tree)
{
    static const struct entry nothing = {.data = (const uint8_t *)""};
    const struct entry *init = find(tree, IMAGE_INIT_PATH + 1);
    const struct entry *index = find(tree, IMAGE_INDEX_PATH + 1);
    const struct entry *seal = find(tree, IMAGE_SEAL_PATH + 1);

    if (!index || index->size == 0)
        return -ENOENT;
    seal = seal ? seal : &nothing;
    return seal_check(seal->data, seal->size, index->data, index->size, init->data, init->size);
}

static bool ends_with(const char *name, const char *end)
{
    return strlen(name) > strlen(end) && !strcmp(name + strlen(name) - strlen(end), end);
}

static bool is_compressed(const struct entry *entry)
{
    return ends_with(entry->name, ".gz");
}

/* What is in a gzip member, of *size bytes; NULL when its checksum tells that it is damaged. */
static uint8_t *inflate_entry(const struct entry *entry, size_t *size)
{
    static struct libdeflate_decompressor *decompressor;
    uint32_t promised;
    uint8_t *out;

    if (entry->size < 18)
        return NULL;
    memcpy(&promised, entry->data + entry->size - 4, 4);
    if (promised > MOST_INFLATED)
        return NULL;
    decompressor = decompressor ? decompressor : libdeflate_alloc_decompressor();
    out = allocate(promised);
    if (libdeflate_gzip_decompress(decompressor, entry->data, entry->size, out, promised, size) == LIBDEFLATE_SUCCESS)
        return out;
    free(out);
    return NULL;
}

/* True for two members whose difference lies in what says nothing of the content, as the time in their headers. */
static bool inflates_to_same(const struct entry *a, const struct entry *b)
{
    size_t a_size, b_size;
    uint8_t *of_a = inflate_entry(a, &a_size), *of_b = inflate_entry(b, &b_size);
    bool is_equal = of_a && of_b && a->mode == b->mode && a_size == b_size && !memcmp(of_a, of_b, a_size);

    free(of_a);
    free(of_b);
    return is_equal;
}

static bool is_caught(const struct entry *entry)
{
    size_t size;
    uint8_t *out = is_compressed(entry) ? inflate_entry(entry, &size) : NULL;

    free(out);
    return is_compressed(entry) && !out;
}

/* An image that /init would boot from: is all of it there, or is what differs noticed? */
static const char *judge_differences(const struct tree *tree, const struct tree *pristine, const char **name)
{
    const char *verdict = "whole";

    for (size_t i = 0; i < pristine->count; i++) {
        const struct entry *there = find(tree, pristine->entries[i].name);

        *name = pristine->entries[i].name;
        if (is_same(there, &pristine->entries[i])
            || (there && is_compressed(there) && inflates_to_same(there, &pristine->entries[i])))
            continue;
        if (!there || is_caught(there))
            verdict = "caught"; /* what is missing is missed by name, in a sentence, when it is wanted */
        else
            return "unchecked";
    }
    return verdict;
}

static const char *judge(const struct tree *tree, const struct tree *pristine, const char **name)
{
    const struct entry *init = find(tree, IMAGE_INIT_PATH + 1);
    int result;

    *name = "";
    if (has_fallback(tree))
        return "BOOTS";
    if (!init || init->size == 0 || !(init->mode & 0111))
        return "kernel";
    result = check(tree);
    if (!is_same(init, find(pristine, IMAGE_INIT_PATH + 1)))
        return result < 0 ? "partial" : "BOOTS";
    return result < 0 ? "refused" : judge_differences(tree, pristine, name);
}

static bool report(const struct bytes *damaged, size_t place, const struct tree *pristine, size_t room)
{
    static struct tree tree;
    struct bytes archive = unpack_prefix(damaged, room);
    const char *name, *verdict;

    read_tree(&archive, &tree);
    verdict = judge(&tree, pristine, &name);
    printf("%zu %s %s\n", place, verdict, strcmp(verdict, "unchecked") != 0 ? "" : name);
    free(archive.data);
    return strcmp(verdict, "BOOTS") != 0;
}

static size_t random_place(size_t limit)
{
    return (((size_t)random() << 31) ^ (size_t)random()) % limit;
}

/* Exactly as long as what is left, so that the sanitizers see a read beyond it. */
static bool cut(const struct bytes *image, size_t place, const struct tree *pristine, size_t room)
{
    struct bytes damaged = {allocate(place), place};
    bool is_well;

    memcpy(damaged.data, image->data, place);
    is_well = report(&damaged, place, pristine, room);
    free(damaged.data);
    return is_well;
}

static bool flip(const struct bytes *image, size_t place, const struct tree *pristine, size_t room)
{
    uint8_t bit = (uint8_t)(1u << (random() % 8));
    bool is_well;

    image->data[place] ^= bit;
    is_well = report(image, place, pristine, room);
    image->data[place] ^= bit;
    return is_well;
}

static bool run(const struct bytes *image, char **argv, const struct tree *pristine, size_t room)
{
    size_t count = strtoul(argv[3], NULL, 10);
    bool is_well = true;

    srandom(argv[4] ? (unsigned)strtoul(argv[4], NULL, 10) : 0);
    if (!strcmp(argv[2], "every")) {
        for (size_t place = 0; place < image->size; place += count)
            is_well &= cut(image, place, pristine, room);
        return is_well;
    }
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(argv[2], "cuts"))
            is_well &= cut(image, random_place(image->size), pristine, room);
        else
            is_well &= flip(image, random_place(image->size), pristine, room);
    }
    return is_well;
}

int main(int argc, char **argv)
{
    static struct tree pristine;
    struct bytes image, archive;
    const char *name;
    bool is_well;

    if (argc < 4 || strtoul(argv[3], NULL, 10) == 0)
        die("usage: damage IMAGE every STEP | cuts COUNT SEED | flips COUNT SEED");
    image = read_whole(argv[1]);
    archive = unpack_prefix(&image, MOST_INFLATED);
    read_tree(&archive, &pristine);
    if (pristine.count == 0 || strcmp(judge(&pristine, &pristine, &name), "whole") != 0)
        die("the image is not whole to begin with");
    is_well = run(&image, argv, &pristine, archive.size + (64u << 10));
    free(archive.data);
    free(image.data);
    return is_well ? 0 : 1;
}
