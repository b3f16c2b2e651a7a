/* persistence.conf(5), which says what of a live system is kept, one directory a line. */
#ifndef KINDLING_PERSISTENCE_CONF_H
#define KINDLING_PERSISTENCE_CONF_H

enum persistence_kind {
    PERSISTENCE_BIND,  /* the directory is the source */
    PERSISTENCE_UNION, /* what is written to it goes to the source */
    PERSISTENCE_LINK,  /* the source's files are linked to from there */
};

struct persistence_entry {
    const char *directory; /* of the live system: an absolute path without "." and ".." */
    const char *source;    /* below the file system that keeps it: the same, relative; "" for all of it */
    enum persistence_kind kind;
};

/* Cuts the next entry out of *text, which moves behind its line; the entry's strings are parts of it. Returns 1; 0 at
 * the end; -EINVAL for a line that makes no sense or is not safe, which entry->directory shows. */
int persistence_conf_next(char **text, struct persistence_entry *entry);

#endif
