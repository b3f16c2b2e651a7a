#include "command/import.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/buffer.h"
#include "command/import_key.h"

static void carry_setting(struct import *import, const struct foreign_setting *setting)
{
    const struct import_key *key = setting->tool == FOREIGN_DRACUT ? import_dracut_keys : import_initramfs_tools_keys;

    while (key->name && strcmp(key->name, setting->key) != 0)
        key++;
    if (key->name)
        key->carry(import, setting, key);
    else
        import_lose(import, setting, setting->value, "nobody here knows that key");
}

void import_make(
    struct import *import, const struct foreign_configuration *configuration, const struct catalogue *catalogue)
{
    *import = (struct import){.configuration = configuration};
    catalogue_names(catalogue, CATALOGUE_FEATURE, &import->known);
    for (size_t i = 0; i < configuration->count; i++)
        carry_setting(import, &configuration->settings[i]);
    import_module_list(import);
    for (size_t i = 0; i < configuration->unread.count; i++)
        string_list_add(&import->lost, configuration->unread.items[i]);
    for (size_t i = 0; i < configuration->hooks.count; i++)
        string_list_take(
            &import->lost, allocate_format("%s/initramfs-tools/%s: hooks and scripts of initramfs-tools are not run",
                               configuration->etc, configuration->hooks.items[i]));
}

static void append_line(struct buffer *text, const char *before, const char *line)
{
    buffer_append_string(text, before);
    /* One line, whatever was quoted in theirs. */
    for (; *line; line++)
        buffer_append(text, *line == '\n' || *line == '\r' ? " " : line, 1);
    buffer_append_string(text, "\n");
}

static void append_key(struct buffer *text, const char *origin, const char *key, const char *value)
{
    char *line = allocate_format("%s = %s", key, value);

    append_line(text, "# ", origin);
    append_line(text, "", line);
    free(line);
}

static char *finish(struct buffer *text)
{
    buffer_append(text, "", 1);
    return (char *)text->data;
}

char *import_text(const struct import *import)
{
    char *files = string_list_join(&import->configuration->files, ", ");
    char *cmdline = string_list_join(&import->cmdline, " ");
    char *origins = string_list_join(&import->cmdline_origins, "; ");
    struct buffer text = {0};

    append_line(&text, "# By kindling import, from ", files);
    for (size_t i = 0; i < import->count; i++)
        append_key(&text, import->lines[i].origin, import->lines[i].key, import->lines[i].value);
    if (import->cmdline.count > 0)
        append_key(&text, origins, "cmdline", cmdline);
    for (size_t i = 0; i < import->lost.count; i++)
        append_line(&text, i == 0 ? "\n# Not carried over:\n#   " : "#   ", import->lost.items[i]);
    free(origins);
    free(cmdline);
    free(files);
    return finish(&text);
}

char *import_feature_text(const struct import *import)
{
    struct buffer text = {0};

    if (import->feature.count == 0)
        return NULL;
    append_line(&text, "", "description what kindling import found to be installed in the images of dracut");
    for (size_t i = 0; i < import->feature.count; i++)
        append_line(&text, "", import->feature.items[i]);
    return finish(&text);
}

void import_free(struct import *import)
{
    for (size_t i = 0; i < import->count; i++) {
        free(import->lines[i].origin);
        free(import->lines[i].key);
        free(import->lines[i].value);
    }
    free(import->lines);
    string_list_free(&import->known);
    string_list_free(&import->cmdline);
    string_list_free(&import->cmdline_origins);
    string_list_free(&import->feature);
    string_list_free(&import->lost);
}
