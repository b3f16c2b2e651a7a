/* What the generator says: one sentence a line on standard error, "kindling: " in front. */
#ifndef KINDLING_GENERATOR_LOG_H
#define KINDLING_GENERATOR_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_kind {
    LOG_KIND_ERROR,   /* the sentence that a failure ends with */
    LOG_KIND_WARNING, /* what goes on, but should be known */
    LOG_KIND_RESULT,  /* what was done, in the end */
    LOG_KIND_NOTE     /* what and why, shown with --verbose only */
};

/* Preserves errno. */
void log_say(enum log_kind kind, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_say(LOG_KIND_ERROR, __VA_ARGS__)
#define log_warning(...) log_say(LOG_KIND_WARNING, __VA_ARGS__)
#define log_result(...) log_say(LOG_KIND_RESULT, __VA_ARGS__)
#define log_note(...) log_say(LOG_KIND_NOTE, __VA_ARGS__)

/* How far the work has come, on a terminal's last line, which the next message or log_progress_end erases. Nothing
 * where standard error is no terminal, or was told to be quiet. Of all threads. */
void log_progress(const char *work, size_t done, size_t count);
void log_progress_end(void);

void log_set_verbose(bool verbose);
/* No results. */
void log_set_quiet(bool quiet);

#endif
