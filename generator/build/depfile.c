#include "build/depfile.h"

#include <string.h>

#include "archive/output_file.h"
#include "base/buffer.h"
#include "base/log.h"

/* make's own quoting: \ before a blank, # and :, $ twice. */
static void append_quoted(struct buffer *text, const char *path)
{
    for (; *path; path++) {
        if (strchr(" \t#:", *path))
            buffer_append(text, "\\", 1);
        if (*path == '$')
            buffer_append(text, "$", 1);
        buffer_append(text, path, 1);
    }
}

int depfile_write(const char *path, const char *target, struct string_list *inputs)
{
    struct buffer text = {0};
    struct output_file file;
    int result;

    string_list_sort(inputs);
    append_quoted(&text, target);
    buffer_append_string(&text, ":");
    for (size_t i = 0; i < inputs->count; i++) {
        buffer_append_string(&text, " \\\n  ");
        append_quoted(&text, inputs->items[i]);
    }
    buffer_append_string(&text, "\n");
    for (size_t i = 0; i < inputs->count; i++) {
        buffer_append_string(&text, "\n");
        append_quoted(&text, inputs->items[i]);
        buffer_append_string(&text, ":\n");
    }
    result = output_file_open(&file, path);
    if (result == 0) {
        result = output_file_write(&file, text.data, text.size);
        if (result == 0) {
            result = output_file_commit(&file, false);
        } else {
            log_error("cannot write %s: %s", path, strerror(-result));
            output_file_discard(&file);
        }
    }
    buffer_free(&text);
    return result;
}
