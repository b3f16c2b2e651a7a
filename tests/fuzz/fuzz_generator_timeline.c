/* A console's log, or /init's own record: what is drawn of it. */
#include "fuzz.h"

#include "command/timeline.h"
#include "command/timeline_svg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    FILE *out = fopen("/dev/null", "w");
    struct timeline timeline;

    require(out);
    timeline_parse(text, &timeline);
    require(timeline_measure(&timeline).span > 0);
    for (size_t i = 0; i < timeline.count; i++)
        require(timeline.intervals[i].start <= timeline.intervals[i].end);
    timeline_draw(&timeline, out);
    timeline_draw_svg(&timeline, out);
    timeline_free(&timeline);
    fclose(out);
    free(text);
    return 0;
}
