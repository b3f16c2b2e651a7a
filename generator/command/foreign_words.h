/* What users of dracut, mkinitcpio, update-initramfs and booster type first, and our words for it. Pure. */
#ifndef KINDLING_FOREIGN_WORDS_H
#define KINDLING_FOREIGN_WORDS_H

/* The sentence for a command line whose first word, words[0], is no command; NULL: it is nobody's that we know. *word:
 * the one of the words, which end with NULL, that the sentence is about. */
const char *foreign_words_answer(char *const *words, const char **word);

#endif
