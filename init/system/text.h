/* Strings put together without the printf family, which alone would weigh more than the rest of /init. */
#ifndef KINDLING_TEXT_H
#define KINDLING_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Room for any 64-bit number in decimal, with its sign and NUL. */
#define DECIMAL_SIZE 24u

/* Joins the parts up to a NULL into out, always terminated. Returns 0, or -ENAMETOOLONG when it was cut. */
int text_join(char *out, size_t size, ...) __attribute__((sentinel));
int text_join_list(char *out, size_t size, va_list parts);

/* Writes value in decimal into out and returns out. */
const char *text_decimal(uint64_t value, char out[DECIMAL_SIZE]);

/* Room for "MAJOR:MINOR" with its NUL. */
#define DEVICE_NUMBER_SIZE (2 * DECIMAL_SIZE)

/* Writes a device number as the kernel's tables and sysfs have it, "254:1", into out and returns out. */
const char *text_device_number(dev_t number, char out[DEVICE_NUMBER_SIZE]);

/* Reads a decimal number that fills the whole text. Returns 0, -EINVAL or -ERANGE. */
int text_to_number(const char *text, uint64_t *value);

/* The next part of a comma-separated list, which is moved past it, and its length; no NUL ends it. NULL at the end. */
const char *text_list_next(const char **list, size_t *length);

/* True when the comma-separated list has the word; the other takes the word's length, where no NUL ends it. */
bool text_list_has(const char *list, const char *word);
bool text_list_has_part(const char *list, const char *word, size_t length);

#endif
