#include "network/bond.h"

#include <string.h>

#include "network/report.h"
#include "system/file.h"
#include "system/text.h"

#define DEFAULTS "mode=active-backup,miimon=100"

/* Several addresses stand between semicolons on the command line, and commas in sysfs. */
static void set_option(const char *bond, char *option)
{
    char path[96];
    char *value = strchr(option, '=');
    int result;

    if (!value || strchr(option, '/')) {
        report("warning", "network: bond ", bond, ": ", option, " is no option of a bond", NULL);
        return;
    }
    *value++ = '\0';
    for (char *c = value; *c; c++) {
        if (*c == ';')
            *c = ',';
    }
    result = text_join(path, sizeof(path), "/sys/class/net/", bond, "/bonding/", option, NULL);
    if (result == 0)
        result = file_write_text(path, value);
    if (result < 0)
        report("warning", "network: bond ", bond, ": ", option, "=", value, ": ", strerror(-result), NULL);
}

void bond_set_options(const struct network_bond *bond)
{
    char options[sizeof(bond->options)], *rest = options, *option;

    (void)text_join(options, sizeof(options), *bond->options ? bond->options : DEFAULTS, NULL); /* there is room */
    while ((option = strsep(&rest, ",")) != NULL)
        set_option(bond->name, option);
}
