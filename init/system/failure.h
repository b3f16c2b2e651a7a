/*
 * Why a boot can't go on: noted once, where the object's name is known, and reported once, by main.
 */
#ifndef KINDLING_FAILURE_H
#define KINDLING_FAILURE_H

/* Logs "kindling: SENTENCE" and keeps object and reason for failure_report. The sentence is the parts up to NULL.
 * Returns -EIO, so that a step can end with `return failure(...)`. */
int failure(const char *object, const char *reason, ...) __attribute__((sentinel));

/* The same with a sentence that ends in ": REASON". */
int failure_because(const char *object, const char *reason, ...) __attribute__((sentinel));

/* The sentence of the last failure, without "kindling: "; "" when there was none. */
const char *failure_sentence(void);

/* Logs the machine-readable line `kindling: failed step=STEP object="..." reason="..."` of the last failure. */
void failure_report(const char *step);

#endif
