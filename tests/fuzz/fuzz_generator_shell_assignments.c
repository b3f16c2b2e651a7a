/* Shell files of others: what is found in them has a name and lies in the file, and is sure or is not. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "command/shell_assignments.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct shell_statements statements;
    char *text = malloc(size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    shell_statements_parse(&statements, text);
    for (size_t i = 0; i < statements.count; i++) {
        const struct shell_statement *statement = &statements.items[i];

        if (!statement->name || statement->line == 0 || statement->line > size + 1
            || (statement->value == NULL) != (statement->why != NULL)
            || (statement->value && strlen(statement->value) > size))
            abort();
    }
    shell_statements_free(&statements);
    free(text);
    return 0;
}
