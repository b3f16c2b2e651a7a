#include "system/failure.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "system/log.h"
#include "system/text.h"

#define FIELD_SIZE 256u

static struct {
    char sentence[LOG_MESSAGE_SIZE];
    char object[FIELD_SIZE];
    char reason[FIELD_SIZE];
} last;

/* A field stays one quoted word whatever a disk's label or the command line put into it. */
static void copy_field(char out[FIELD_SIZE], const char *text)
{
    size_t used = 0;

    for (; *text && used < FIELD_SIZE - 1; text++)
        out[used++] = *text;
    out[used] = '\0';
    for (char *c = out; *c; c++) {
        if (*c == '"' || (unsigned char)*c < ' ')
            *c = '?';
    }
}

/* What is too long is cut, which is better than unsaid. */
static int note(const char *object, const char *reason, const char *end, va_list parts)
{
    size_t length;

    (void)text_join_list(last.sentence, sizeof(last.sentence), parts);
    length = strlen(last.sentence);
    (void)text_join(last.sentence + length, sizeof(last.sentence) - length, *end ? ": " : "", end, NULL);
    copy_field(last.object, object);
    copy_field(last.reason, reason);
    log_error(last.sentence);
    return -EIO;
}

int failure(const char *object, const char *reason, ...)
{
    va_list parts;
    int result;

    va_start(parts, reason);
    result = note(object, reason, "", parts);
    va_end(parts);
    return result;
}

int failure_because(const char *object, const char *reason, ...)
{
    va_list parts;
    int result;

    va_start(parts, reason);
    result = note(object, reason, reason, parts);
    va_end(parts);
    return result;
}

const char *failure_sentence(void)
{
    return last.sentence;
}

void failure_report(const char *step)
{
    log_error("failed step=", step, " object=\"", last.object, "\" reason=\"", last.reason, "\"");
}
