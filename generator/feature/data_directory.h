/* Where our own data lie: modules.d/, template/ and init, as `make install` and the build directory lay them out. */
#ifndef KINDLING_DATA_DIRECTORY_H
#define KINDLING_DATA_DIRECTORY_H

#include "base/architecture.h"
#include "feature/catalogue.h"

/* A path below $KINDLING_DATA, else below ../share/kindling as seen from the directory of this program, as a new
 * string. */
char *data_directory_path(const char *name);
/* Where a static program of ours for that architecture lies, as a new string. Beside the host's own there may be none
 * of another: then it lies there without its architecture's name. */
char *data_directory_program(const struct architecture *architecture, const char *name);
/* A path below $KINDLING_ETC, else below /etc, as a new string. */
char *data_directory_configuration(const char *name);
/* "kindling" below $XDG_CACHE_HOME or ~/.cache, as a new string; NULL when that is not this user's: one that works for
 * somebody else with his environment leaves his files alone, and does not trust them. */
char *data_directory_cache(void);
/* The directories of features: the user's, then our own. */
void data_directory_open_catalogue(struct catalogue *catalogue);

#endif
