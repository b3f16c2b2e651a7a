/* Where a file that is to be written comes to lie. */
#ifndef KINDLING_OUTPUT_TARGET_H
#define KINDLING_OUTPUT_TARGET_H

/*
 * *target: a new string, path itself or where the symlinks that it names lead, even if nothing is there yet: links
 * stay, as they do with cp. Pure: 0 or -errno: -EISDIR, -EMEDIUMTYPE for what is there and is no regular file; -EACCES
 * for a symlink that somebody else laid where all may write (proc(5), protected_symlinks).
 */
int output_target_find(const char *path, char **target);

/* The two parts of a path: its directory ("." when it names none) as a new string, and its last part within path. */
char *output_target_directory(const char *path);
const char *output_target_name(const char *path);

#endif
