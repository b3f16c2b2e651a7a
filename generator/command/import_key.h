/* How one key of another generator's configuration is carried over. */
#ifndef KINDLING_IMPORT_KEY_H
#define KINDLING_IMPORT_KEY_H

#include <stdbool.h>

#include "command/import.h"

#define IMPORT_BLANKS " \t\r\n"

/* A row of a tool's table; the last has no name. */
struct import_key {
    const char *name;
    void (*carry)(struct import *import, const struct foreign_setting *setting, const struct import_key *key);
    const char *ours;  /* the key, or what stands in its place */
    const char *usual; /* a value that needs nothing */
    const char *why;   /* any other value is lost, by this clause */
};

/* All that the manual pages of dracut 059 and initramfs-tools 0.142 name. kindling.conf(5) has the same in words. */
extern const struct import_key import_dracut_keys[];
extern const struct import_key import_initramfs_tools_keys[];

/* initramfs-tools' list of modules to load, which is no key. */
void import_module_list(struct import *import);

/* What becomes of a setting: a clause among what is lost; a line of kindling.conf; words of its cmdline (taken over).
 */
void import_lose(struct import *import, const struct foreign_setting *setting, const char *what, const char *why);
void import_add_line(struct import *import, const struct foreign_setting *setting, const char *key, const char *value);
void import_add_cmdline(struct import *import, const struct foreign_setting *setting, char *words);
/* Of a key that has one value the first word counts: dracut's, if both are configured. */
void import_set(struct import *import, const struct foreign_setting *setting, const char *key, const char *value);
/* Nothing where the list is empty. */
void import_add_list(
    struct import *import, const struct foreign_setting *setting, const char *key, const struct string_list *values);

bool import_says_yes(const char *value);

/* Carriers of either tool. */
void import_nothing(struct import *import, const struct foreign_setting *setting, const struct import_key *key);
void import_usual(struct import *import, const struct foreign_setting *setting, const struct import_key *key);
void import_file_systems(struct import *import, const struct foreign_setting *setting, const struct import_key *key);
/* Each word of the value may add to what the key of ours gets. */
void import_words(struct import *import, const struct foreign_setting *setting, const struct import_key *key,
    void (*take)(struct import *, const struct foreign_setting *, const char *word, struct string_list *values));
/* level: "" when nobody says it. */
void import_compressor(
    struct import *import, const struct foreign_setting *setting, const char *name, const char *level);

#endif
