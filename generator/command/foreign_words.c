#include "command/foreign_words.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define BUILD_OUTPUT "kindling build -o FILE makes one image, whether FILE is there or not"
#define BUILD_KERNEL                                                                                                   \
    "kindling build -k KVER makes the image of that kernel, kindling update -k KVER the one that it boots"
#define UPDATE "kindling update makes the image that this host boots, with --all those of all its kernels"
#define UPDATE_ALL "kindling update --all makes the images of all kernels of this host"
#define BUILD_FEATURE "kindling build -f NAME adds a feature, -f -NAME takes one out"
#define UKI "kindling uki makes a unified kernel image, which the firmware starts"
#define BUILD_MODULE "kindling build -m NAME adds modules of the kernel"

/* Of several words on one line the one that comes first here says most of what is wanted: of dracut's "-f --kver X" the
 * second, of mkinitcpio's "-c FILE -g FILE" too. */
static const struct {
    char letter;      /* with one dash, others may follow it; 0: none */
    const char *word; /* NULL: none */
    const char *sentence;
} rows[] = {
    {0, "--regenerate-all", UPDATE_ALL},
    {'P', "--allpresets", UPDATE_ALL},
    {'d', NULL, "kindling update -d -k KVER deletes a kernel's image and the one before it"},
    {'u', NULL, UPDATE},
    {'g', "--generate", BUILD_OUTPUT},
    {'p', "--preset",
        "kindling update -k KVER makes the image of a kernel that this host boots, with --all those of all"},
    {'c', "--config",
        "kindling update makes the image that this host boots, kindling build -c FILE one by another "
        "configuration"},
    {0, "--kver", BUILD_KERNEL},
    {'k', "--kernel", BUILD_KERNEL},
    {'H', "--hostonly", "kindling build -p host makes an image for this machine"},
    {'N', "--no-hostonly", "kindling build -p generic makes an image for any machine"},
    {'l', "--list-modules", "kindling features lists what can be added, kindling ls IMAGE what an image holds"},
    {'L', "--listhooks", "kindling features lists what can be added"},
    {'a', "--add", BUILD_FEATURE},
    {'A', "--addhooks", BUILD_FEATURE},
    {'m', "--modules", BUILD_FEATURE},
    {'S', "--skiphooks", BUILD_FEATURE},
    {0, "--omit", BUILD_FEATURE},
    {0, "--add-drivers", BUILD_MODULE},
    {0, "--force-drivers", "kindling build -a NAME adds modules of the kernel and loads them unasked"},
    {'z', "--compress", "kindling build -z METHOD takes another compressor"},
    {'o', "--output", BUILD_OUTPUT},
    {'f', "--force", "an image that is there is replaced anyway: " UPDATE},
    {'v', "--verbose", "kindling build -v and kindling update -v tell what goes in, and why"},
    {'U', "--uki", UKI},
    {0, "--uefi", UKI},
    {0, "ukify", UKI},
    {0, "unpack", "kindling extract IMAGE DIR unpacks an image"},
    {0, "list", "kindling ls IMAGE lists what an image holds"},
    {0, "create", UPDATE},
    {0, "generate", UPDATE},
    {0, "dracut", UPDATE},
    {0, "mkinitcpio", UPDATE},
    {0, "update-initramfs", UPDATE},
    {0, "lsinitrd", "kindling ls IMAGE lists what an image holds"},
    {0, "lsinitramfs", "kindling ls IMAGE lists what an image holds"},
    {0, "lsinitcpio", "kindling ls IMAGE lists what an image holds"},
    {0, "unmkinitramfs", "kindling extract IMAGE DIR unpacks an image"},
};

static bool is_row(size_t row, const char *word)
{
    size_t length = strcspn(word, "=");

    if (rows[row].letter && word[0] == '-' && word[1] == rows[row].letter)
        return true;
    return rows[row].word && strlen(rows[row].word) == length && !strncmp(rows[row].word, word, length);
}

const char *foreign_words_answer(char *const *words, const char **word)
{
    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        /* A word without dashes is a command only where one stands; behind an option it is the option's. */
        for (size_t i = 0; words[i] && (*words[0] == '-' || i == 0); i++) {
            *word = words[i];
            if ((i == 0 || *words[i] == '-') && is_row(row, words[i]))
                return rows[row].sentence;
        }
    }
    return NULL;
}
