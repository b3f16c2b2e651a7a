#include "contract/live_layout.h"

#include <stddef.h>
#include <string.h>

#include "contract/prefix.h"

const char *live_layout_directory(enum live_layout layout)
{
    switch (layout) {
    case LIVE_DEBIAN:
        return "live";
    case LIVE_FEDORA:
        return "LiveOS";
    case LIVE_ARCH:
        return "arch";
    case LIVE_CASPER:
        return "casper";
    default:
        return "";
    }
}

static const char *const alpine_words[] = {"alpine_dev", "alpine_repo", "modloop", "apkovl"};

bool live_layout_is_alpine(const struct cmdline *cmdline)
{
    for (size_t i = 0; i < sizeof(alpine_words) / sizeof(alpine_words[0]); i++) {
        if (cmdline_has(cmdline, alpine_words[i]))
            return true;
    }
    return false;
}

enum live_layout live_layout_find(const struct cmdline *cmdline)
{
    const char *root = cmdline_value(cmdline, "root"), *boot = cmdline_value(cmdline, "boot");
    const char *loop = cmdline_value(cmdline, "loop");

    if (root && !strcmp(root, "ram"))
        return LIVE_MEMORY;
    if ((root && begins_with(root, "live:")) || cmdline_has(cmdline, "rd.live.image"))
        return LIVE_FEDORA;
    if (boot && !strcmp(boot, "live"))
        return LIVE_DEBIAN;
    if (boot && !strcmp(boot, "casper"))
        return LIVE_CASPER;
    if (cmdline_has(cmdline, "archisobasedir") || cmdline_has(cmdline, "archisolabel")
        || cmdline_has(cmdline, "archisodevice") || cmdline_has(cmdline, "archisosearchuuid"))
        return LIVE_ARCH;
    if (root && *root && loop && *loop == '/')
        return LIVE_FILE;
    return LIVE_NONE;
}
