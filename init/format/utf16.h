/* UTF-16 names on disk (GPT, NTFS, exFAT, f2fs, Joliet) as UTF-8. */
#ifndef KINDLING_UTF16_H
#define KINDLING_UTF16_H

#include <stddef.h>
#include <stdint.h>

enum utf16_order { UTF16_LITTLE_ENDIAN, UTF16_BIG_ENDIAN };

/* The most bytes that `units` of UTF-16 take as UTF-8, with the NUL. */
#define UTF16_TEXT_SIZE(units) ((units)*3u + 1)

/* Converts up to `count` units, or up to the first zero unit. A lone surrogate becomes U+FFFD. text_size is
 * UTF16_TEXT_SIZE(count) or more; what is beyond a smaller one is left off. The result is NUL-terminated. */
void utf16_to_utf8(const uint8_t *units, size_t count, enum utf16_order order, char *text, size_t text_size);

#endif
