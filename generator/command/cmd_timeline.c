#include "command/commands.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "archive/output_file.h"
#include "base/file.h"
#include "base/json_output.h"
#include "base/log.h"
#include "command/arguments.h"
#include "command/timeline.h"
#include "command/timeline_svg.h"

/* Returns 0 or -errno; logged. */
static int read_timeline(const char *path, struct timeline *timeline)
{
    struct buffer log = {0};
    int result = file_read_any(path, &log);

    /* What came over a serial line may have any bytes between its lines. */
    for (size_t i = 0; i < log.size; i++)
        log.data[i] = log.data[i] ? log.data[i] : ' ';
    buffer_append(&log, "", 1);
    if (result == 0)
        timeline_parse((const char *)log.data, timeline);
    buffer_free(&log);
    if (result < 0) {
        log_error("cannot read %s: %s", path, strerror(-result));
        return result;
    }
    if (timeline->count > 0)
        return 0;
    log_error("there is no boot's timing in %s", path);
    return -ENODATA;
}

/* Returns 0 or -errno; logged. */
static int write_svg(const struct timeline *timeline, const char *path)
{
    struct output_file file;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    int result = out ? 0 : -ENOMEM;

    if (out) {
        timeline_draw_svg(timeline, out);
        fclose(out);
        result = output_file_open(&file, path);
    }
    if (result == 0 && output_file_write(&file, text, size) < 0) {
        log_error("cannot write %s", path);
        output_file_discard(&file);
        result = -EIO;
    } else if (result == 0) {
        result = output_file_commit(&file, false);
    }
    free(text);
    return result;
}

static void print_json(const struct timeline *timeline)
{
    json_t *object = json_object();
    json_t *intervals = json_array();

    for (size_t i = 0; i < timeline->count; i++) {
        const struct timeline_interval *interval = &timeline->intervals[i];
        json_t *item = json_object();

        json_set_number(item, "start", (long long)interval->start);
        json_set_number(item, "end", (long long)interval->end);
        json_set_text(item, "kind", interval->kind);
        json_set_text(item, "name", interval->name);
        json_set_number(item, "cpu", interval->cpu);
        json_array_append_new(intervals, item);
    }
    json_object_set_new(object, "intervals", intervals);
    json_print(object);
}

/* Returns 0, or 2 for arguments that make no sense. */
static int read_arguments(int argc, char **argv, const char **svg, bool *is_json)
{
    static const struct option longs[] = {{"svg", required_argument, NULL, 's'}, {"json", no_argument, NULL, 'j'}, {0}};
    int option;

    while ((option = arguments_next(argc, argv, ":", longs)) != -1) {
        if (option == '?')
            return 2;
        if (option == 'j')
            *is_json = true;
        else
            *svg = optarg;
    }
    if (argc - optind == 1 && !(*svg && *is_json))
        return 0;
    log_error("usage: kindling timeline [--json | --svg OUT] FILE");
    return 2;
}

int cmd_timeline(int argc, char **argv)
{
    struct timeline timeline = {0};
    const char *svg = NULL;
    bool is_json = false;
    int status = read_arguments(argc, argv, &svg, &is_json);

    if (status)
        return status;
    if (read_timeline(argv[optind], &timeline) < 0)
        return 1;
    if (is_json)
        print_json(&timeline);
    else if (!svg)
        timeline_draw(&timeline, stdout);
    else
        status = write_svg(&timeline, svg) < 0;
    timeline_free(&timeline);
    return status;
}
