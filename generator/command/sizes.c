#include "command/sizes.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/image_archive.h"
#include "archive/image_module.h"
#include "base/allocate.h"
#include "base/terminal.h"

#define BAR_WIDTH 30u

struct weight {
    char *name;
    bool is_module;
    uint64_t packed;
    uint64_t unpacked;
};

struct chart {
    struct weight *weights;
    size_t count;
    uint64_t whole;   /* packed bytes of all files in the image */
    uint64_t longest; /* packed bytes that a bar of full width stands for */
};

/* Modules first, the heavy ones before the light ones. */
static int compare_weights(const void *a, const void *b)
{
    const struct weight *left = a;
    const struct weight *right = b;

    if (left->is_module != right->is_module)
        return left->is_module ? -1 : 1;
    if (left->packed != right->packed)
        return left->packed > right->packed ? -1 : 1;
    return strcmp(left->name, right->name);
}

static int fill(struct chart *chart, const struct image_entry *const *entries, size_t count)
{
    int result = 0;

    chart->weights = allocate((count + 1) * sizeof(*chart->weights));
    for (size_t i = 0; i < count && result == 0; i++) {
        const struct image_entry *entry = entries[i];
        struct weight *weight = &chart->weights[chart->count];
        struct buffer inflated = {0};

        if (!S_ISREG(entry->mode))
            continue;
        *weight = (struct weight){.is_module = image_module_is(entry), .packed = entry->bytes.size};
        weight->name = weight->is_module ? image_module_name(entry) : allocate_string(entry->name);
        weight->unpacked = weight->packed;
        if (image_archive_compressor(entry)) {
            result = image_archive_decompress(entry->bytes.data, entry->bytes.size, entry->name, &inflated);
            weight->unpacked = inflated.size;
        }
        buffer_free(&inflated);
        chart->longest = weight->packed > chart->longest ? weight->packed : chart->longest;
        chart->count++;
    }
    if (chart->count > 0)
        qsort(chart->weights, chart->count, sizeof(*chart->weights), compare_weights);
    return result;
}

static void print_numbers(const struct chart *chart, uint64_t packed, uint64_t unpacked)
{
    uint64_t permille = chart->whole > 0 ? (packed * 1000 + chart->whole / 2) / chart->whole : 0;

    printf(
        "%11" PRIu64 " %11" PRIu64 "  %3" PRIu64 ".%" PRIu64 " %%  ", packed, unpacked, permille / 10, permille % 10);
}

/* A line, with its bar: what weighs anything has at least one sign. */
static void print_weight(const struct chart *chart, const struct weight *weight)
{
    uint64_t length = chart->longest > 0 ? (weight->packed * BAR_WIDTH + chart->longest - 1) / chart->longest : 0;

    print_numbers(chart, weight->packed, weight->unpacked);
    for (uint64_t i = 0; i < BAR_WIDTH; i++)
        putchar(i < length ? '#' : ' ');
    printf("  ");
    terminal_print_name(weight->name);
    putchar('\n');
}

static void print_part(const struct chart *chart, bool modules, const char *title)
{
    uint64_t packed = 0;
    uint64_t unpacked = 0;
    size_t count = 0;

    for (size_t i = 0; i < chart->count; i++) {
        if (chart->weights[i].is_module != modules)
            continue;
        print_weight(chart, &chart->weights[i]);
        packed += chart->weights[i].packed;
        unpacked += chart->weights[i].unpacked;
        count++;
    }
    if (count == 0)
        return;
    print_numbers(chart, packed, unpacked);
    printf("%zu %s\n\n", count, title);
}

int sizes_print(const struct image *image, const char *path, const struct image_entry *const *entries, size_t count)
{
    struct chart chart = {0};
    struct stat status;
    int result;

    for (size_t i = 0; i < image->count; i++)
        chart.whole += S_ISREG(image->entries[i]->mode) ? image->entries[i]->bytes.size : 0;
    result = fill(&chart, entries, count);
    if (result == 0) {
        printf("%11s %11s  %7s\n", "packed", "unpacked", "share");
        print_part(&chart, true, "modules");
        print_part(&chart, false, "other files");
        printf("%11" PRIu64 " bytes of files in %zu entries", chart.whole, image->count);
        /* What one stream compresses together, nobody can share out among the files. */
        if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
            printf(", an image of %" PRIu64, (uint64_t)status.st_size);
        putchar('\n');
    }
    for (size_t i = 0; i < chart.count; i++)
        free(chart.weights[i].name);
    free(chart.weights);
    return result;
}
