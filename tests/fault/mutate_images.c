/*
 * mutate_images SEEDS COUNT FIRST DIRECTORY: damages each of the images in a directory at random, COUNT times in all,
 * beginning with the random seed FIRST, and gives each to ls, extract and diff. They work in DIRECTORY/jail. Ends with
 * 1 when one of them answers with anything but success or failure, or takes longer than a few seconds.
 */
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/debris.h"
#include "base/file.h"
#include "base/string_list.h"
#include "command/commands.h"

#define SECONDS_MAXIMUM 20u

static uint64_t state;

static size_t random_below(size_t limit)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return limit ? (size_t)(state >> 33) % limit : 0;
}

/* What matters to a reader of archives. */
static void put_word(struct buffer *image)
{
    static const char *const words[] = {"..", "../", "/", "//", "/..", "../../x", "/tmp/x", "ffffffff", "00000000",
        "80000000", "0000a1ff", "000041ed", "000081a4", "00001000", "070701", "070702", "TRAILER!!!", "\037\213",
        "BZh9"};
    const char *word = words[random_below(sizeof(words) / sizeof(words[0]))];
    size_t length = strlen(word);

    if (image->size > length)
        memcpy(image->data + random_below(image->size - length), word, length);
}

/* A word where a name may begin, or a number in a header. */
static void put_word_at_header(struct buffer *image)
{
    static const char *const words[] = {"../../x", "/tmp/x", "../x", "a/../../x", "x"};
    static const char *const numbers[] = {"ffffffff", "00000000", "7fffffff", "0000a1ff", "000041ed", "00000002"};
    size_t start = random_below(image->size);
    const uint8_t *magic = memmem(image->data + start, image->size - start, "070701", 6);
    size_t position;
    const char *word;

    if (!magic)
        return;
    position = (size_t)(magic - image->data);
    word = random_below(2) ? words[random_below(5)] : numbers[random_below(6)];
    position += strlen(word) == 8 ? 6 + 8 * random_below(13) : 110;
    if (position + 10 < image->size)
        memcpy(image->data + position, word, strlen(word) + (strlen(word) != 8));
}

static void mutate(struct buffer *image)
{
    for (size_t left = 1 + random_below(6); left > 0 && image->size > 0; left--) {
        switch (random_below(8)) {
        case 0:
            image->size = random_below(image->size);
            break;
        case 1:
            put_word(image);
            break;
        case 2:
        case 3:
        case 4:
            put_word_at_header(image);
            break;
        default:
            image->data[random_below(image->size)] ^= (uint8_t)(1u << random_below(8));
        }
    }
}

static void write_image(const struct buffer *image, const char *path)
{
    unlink(path);
    if (file_write_new(path, image) < 0)
        exit(EXIT_FAILURE);
}

static bool is_answer(int status)
{
    return status == 0 || status == 1;
}

/* As a program that has just begun: getopt_long remembers where it was. */
static int run(int (*command)(int argc, char **argv), int argc, char **argv)
{
    optind = 0;
    return command(argc, argv);
}

static bool survive(char *damaged, char *whole, char *directory)
{
    char *list[] = {(char[]){"kindling"}, (char[]){"-l"}, damaged, NULL};
    char *extract[] = {(char[]){"kindling"}, damaged, directory, NULL};
    char *compare[] = {(char[]){"kindling"}, damaged, whole, NULL};
    bool is_well;

    alarm(SECONDS_MAXIMUM);
    is_well = is_answer(run(cmd_ls, 3, list)) && is_answer(run(cmd_extract, 3, extract))
              && is_answer(run(cmd_diff, 3, compare));
    alarm(0);
    debris_remove(directory);
    return is_well;
}

static void read_seeds(const char *path, struct string_list *seeds)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;

    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[0] != '.')
            string_list_take(seeds, allocate_format("%s/%s", path, entry->d_name));
    }
    if (directory)
        closedir(directory);
    string_list_sort(seeds);
}

static bool try_one(const struct string_list *seeds, const char *directory, unsigned long number)
{
    char *damaged = allocate_format("%s/damaged", directory);
    char *jail = allocate_format("%s/jail/in/here", directory);
    char *whole = seeds->items[number % seeds->count];
    struct buffer image = {0};
    bool is_well;

    state = number;
    if (file_read(whole, &image) < 0)
        exit(EXIT_FAILURE);
    mutate(&image);
    write_image(&image, damaged);
    buffer_free(&image);
    is_well = survive(damaged, whole, jail);
    free(damaged);
    free(jail);
    return is_well;
}

int main(int argc, char **argv)
{
    struct string_list seeds = {0};
    unsigned long first;
    bool is_well = true;

    if (argc != 5)
        return 2;
    read_seeds(argv[1], &seeds);
    if (seeds.count == 0)
        return 2;
    first = strtoul(argv[3], NULL, 10);
    for (unsigned long i = first; i < first + strtoul(argv[2], NULL, 10) && is_well; i++) {
        /* Should it crash, this is what did it. */
        char *current = allocate_format("%lu\n", i);
        int fd = open("current", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        is_well = write(fd, current, strlen(current)) > 0 && try_one(&seeds, argv[4], i);
        close(fd);
        free(current);
    }
    string_list_free(&seeds);
    return is_well ? 0 : 1;
}
