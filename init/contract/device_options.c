#include "contract/device_options.h"

#include <string.h>

static const char *const keys[] = {"logdev=", "rtdev=", "journal_path="};

bool device_option_next(const char **options, struct device_option *found)
{
    while (**options) {
        const char *word = *options;
        size_t length = strcspn(word, ",");

        *options += length + (word[length] == ',');
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
            size_t key = strlen(keys[i]);

            if (length <= key || strncmp(word, keys[i], key) != 0)
                continue;
            *found = (struct device_option){word, word + key, length - key};
            return true;
        }
    }
    return false;
}
