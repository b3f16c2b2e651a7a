#include "network/report.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "system/text.h"

#define LINE_SIZE 500u

/* Nobody may be there to read it any more; then nothing is left to be said. */
static void write_line(char line[LINE_SIZE])
{
    size_t length = strlen(line);

    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line[i] < ' ')
            line[i] = '?';
    }
    line[length] = '\n';
    if (write(STDOUT_FILENO, line, length + 1) < 0)
        return;
}

void report(const char *key, ...)
{
    char line[LINE_SIZE], value[LINE_SIZE];
    va_list parts;

    va_start(parts, key);
    (void)text_join_list(value, sizeof(value), parts);
    va_end(parts);
    (void)text_join(line, sizeof(line) - 1, key, *value ? " " : "", value, NULL);
    write_line(line);
}

void report_failure(const char *what, const char *card, int error)
{
    report("warning", "network: cannot ", what, " ", card, ": ", strerror(-error), NULL);
}

void report_state(const char *state)
{
    static char last[LINE_SIZE];

    if (!strcmp(last, state))
        return;
    (void)text_join(last, sizeof(last), state, NULL);
    report("state", state, NULL);
}

static void report_pair(void *unused, const char *key, const char *value)
{
    (void)unused;
    report(key, value, NULL);
}

void report_lease(const struct network_lease *lease)
{
    network_lease_write(lease, report_pair, NULL);
    report("up", NULL);
}
