/*
 * Lines and words of the small text files that people write for us. A # at the beginning of a word makes the rest
 * of the line a comment. Pure; both cut the text up in place.
 */
#ifndef KINDLING_LINES_H
#define KINDLING_LINES_H

struct line_reader {
    char *next;
    unsigned number; /* of the line that lines_next returned last, from 1 */
};

/* The next line without its newline, or NULL at the end. */
char *lines_next(struct line_reader *reader);
/* The next word of a line, or NULL at its end or at a comment. */
char *lines_word(char **line);
/* What is left of a line, without blanks around it. */
char *lines_rest(char *line);

#endif
