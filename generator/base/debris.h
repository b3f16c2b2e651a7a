/* Files and directories that must not outlive the program. What was added and not forgotten is removed at exit(3). */
#ifndef KINDLING_DEBRIS_H
#define KINDLING_DEBRIS_H

void debris_add(const char *path);
/* It is no debris any more (it got its final name, say). */
void debris_forget(const char *path);
/* Removes it now, a directory with all that is in it, and forgets it. */
void debris_remove(const char *path);
void debris_remove_all(void);

#endif
