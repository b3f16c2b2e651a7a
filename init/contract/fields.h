/* Lines of fields that blanks divide, as fstab(5) and crypttab(5) have them. Pure, in place. */
#ifndef KINDLING_FIELDS_H
#define KINDLING_FIELDS_H

/* Cuts the next line of the text that is neither empty nor a comment into its first fields, those that are missing "",
 * and moves the text behind it. Returns how many it has of them; 0 at the end of the text. */
unsigned fields_next(char **text, char *fields[], unsigned wanted);

#endif
