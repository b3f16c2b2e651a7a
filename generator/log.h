/* What the generator says: one sentence a line on standard error, "kindling: " in front. */
#ifndef KINDLING_GENERATOR_LOG_H
#define KINDLING_GENERATOR_LOG_H

#include <stdbool.h>

/* The sentence that a failure ends with. errno is preserved by all three. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What goes on, but should be known. */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What and why, shown with --verbose only. */
void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

void log_set_verbose(bool verbose);

#endif
