#include "command/commands.h"

#include <errno.h>

#include "base/log.h"
#include "command/build_image.h"
#include "command/command_line.h"

int cmd_build(int argc, char **argv)
{
    struct options options;
    int result = command_line_read(&options, argc, argv);
    int status = result == -EINVAL ? 2 : 1;

    if (result == 0) {
        log_set_verbose(options.is_verbose);
        log_set_quiet(options.is_quiet);
        options.tells_outcome = true;
        status = build_image(&options) < 0 ? 1 : 0;
    }
    options_free(&options);
    return status;
}
