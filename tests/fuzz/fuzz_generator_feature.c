/* Features and profiles, which are written alike: whatever stands in one, it is taken or refused with the line's
 * number, and what was taken keeps the promises of its keyword. The lines of modprobe's configuration go the same way.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "feature/feature.h"
#include "kernel/modprobe_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const struct feature_line *line)
{
    if (line->words.count == 0)
        abort();
    for (size_t i = 0; i < line->words.count; i++) {
        const char *word = line->words.items[i];

        if (*word == '\0' || (line->keyword == FEATURE_FILE && *word != '/')
            || (line->keyword == FEATURE_INCLUDE && !feature_name_is_valid(word)))
            abort();
    }
}

static char *copy(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = copy(data, size);
    struct feature feature;
    struct feature_error error = {0};

    if (feature_parse(&feature, text, &error) == 0) {
        for (size_t i = 0; i < feature.line_count; i++)
            check_line(&feature.lines[i]);
    } else if (error.line == 0 || error.line > size + 1 || !error.reason) {
        abort();
    }
    feature_free(&feature);
    free(text);
    text = copy(data, size);
    if (modprobe_lines_check(text) > size + 1)
        abort();
    free(text);
    return 0;
}
