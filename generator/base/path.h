/* Paths as text. */
#ifndef KINDLING_PATH_H
#define KINDLING_PATH_H

/* Cuts the next part off in front of a path, which is a string of its own. A new string; NULL at the end. */
char *path_take_part(char **path);

/* Cuts the last part off, in place; what has one part is empty then. */
void path_cut_last(char *path);

#endif
