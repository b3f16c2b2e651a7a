#include "command/import_key.h"

#include <stdlib.h>
#include <string.h>

#include "archive/compress.h"
#include "base/allocate.h"

void import_lose(struct import *import, const struct foreign_setting *setting, const char *what, const char *why)
{
    string_list_take(&import->lost, allocate_format("%s: %s=%s: %s", setting->origin, setting->key, what, why));
}

void import_add_line(struct import *import, const struct foreign_setting *setting, const char *key, const char *value)
{
    import->lines = allocate_more(import->lines, import->count, sizeof(*import->lines));
    import->lines[import->count++] =
        (struct import_line){.origin = allocate_format("%s, %s", setting->key, setting->origin),
            .key = allocate_string(key),
            .value = allocate_string(value)};
}

void import_set(struct import *import, const struct foreign_setting *setting, const char *key, const char *value)
{
    for (size_t i = 0; i < import->count; i++) {
        if (!strcmp(import->lines[i].key, key)) {
            if (strcmp(import->lines[i].value, value) != 0)
                import_lose(import, setting, setting->value, "dracut's configuration says something else");
            return;
        }
    }
    import_add_line(import, setting, key, value);
}

void import_add_cmdline(struct import *import, const struct foreign_setting *setting, char *words)
{
    string_list_add_parts(&import->cmdline, words, IMPORT_BLANKS);
    string_list_take(&import->cmdline_origins, allocate_format("%s, %s", setting->key, setting->origin));
    free(words);
}

void import_add_list(
    struct import *import, const struct foreign_setting *setting, const char *key, const struct string_list *values)
{
    char *joined = string_list_join(values, ", ");

    if (values->count > 0)
        import_add_line(import, setting, key, joined);
    free(joined);
}

bool import_says_yes(const char *value)
{
    return !strcmp(value, "yes") || !strcmp(value, "y");
}

void import_nothing(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    (void)import;
    (void)setting;
    (void)key;
}

void import_usual(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    if (strcmp(setting->value, key->usual) != 0 && *setting->value)
        import_lose(import, setting, setting->value, key->why);
}

void import_words(struct import *import, const struct foreign_setting *setting, const struct import_key *key,
    void (*take)(struct import *, const struct foreign_setting *, const char *word, struct string_list *values))
{
    struct string_list words = {0};
    struct string_list values = {0};

    string_list_add_parts(&words, setting->value, IMPORT_BLANKS);
    for (size_t i = 0; i < words.count; i++)
        take(import, setting, words.items[i], &values);
    import_add_list(import, setting, key->ours, &values);
    if (key->why && words.count > 0)
        import_lose(import, setting, setting->value, key->why);
    string_list_free(&words);
    string_list_free(&values);
}

void import_file_systems(struct import *import, const struct foreign_setting *setting, const struct import_key *key)
{
    struct string_list words = {0};
    struct string_list features = {0};
    struct string_list modules = {0};

    string_list_add_parts(&words, setting->value, IMPORT_BLANKS ",");
    for (size_t i = 0; i < words.count; i++) {
        const char *word = words.items[i];

        if (!strcmp(word, "auto"))
            continue;
        if (!strcmp(word, "ext2") || !strcmp(word, "ext3"))
            word = "ext4";
        if (string_list_contains(&import->known, word))
            string_list_add(&features, word);
        else
            string_list_add(&modules, word);
    }
    import_add_list(import, setting, "feature", &features);
    import_add_list(import, setting, "module", &modules);
    if (key->why && words.count > 0)
        import_lose(import, setting, setting->value, key->why);
    string_list_free(&words);
    string_list_free(&features);
    string_list_free(&modules);
}

void import_compressor(
    struct import *import, const struct foreign_setting *setting, const char *name, const char *level)
{
    static const char *const others[][2] = {{"cat", "none"}, {"pigz", "gzip"}};
    enum compress_method method = COMPRESS_NONE;
    long number = strtol(level, NULL, 10);
    char *value;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (!strcmp(name, others[i][0]))
            name = others[i][1];
    }
    while (method < COMPRESS_METHODS && strcmp(compress_name(method), name) != 0)
        method++;
    if (method == COMPRESS_METHODS) {
        import_lose(import, setting, setting->value, "images are compressed by gzip, zstd, xz or lz4");
        return;
    }
    if (*level && (number < 1 || number > compress_level_maximum(method))) {
        import_lose(import, setting, level, "there is no such level");
        level = "";
    }
    value = allocate_format("%s%s%s", name, *level ? ":" : "", level);
    import_set(import, setting, "compress", value);
    free(value);
}
