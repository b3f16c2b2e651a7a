#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "timeline.h"

/* As a console log has them: the kernel's stamps, the root's words, carriage returns. */
static const char console_log[] = "[    0.381000] Trying to unpack rootfs image as initramfs...\r\n"
                                  "[    0.608476] Freeing initrd memory: 1984K\r\n"
                                  "[    1.604739] Run /init as init process\r\n"
                                  "[    1.787035] real-root: reached\r\n"
                                  "real-root: timing 1616000 1617000 step mounts\r\n"
                                  "real-root: timing 1630000 1640000 module virtio_ring\r\n"
                                  "real-root: timing 1620000 1780000 step root\r\n"
                                  "real-root: timing 9 8 step backwards\r\n"
                                  "timing is everything\r\n";

static void reads_a_console_log(void **state)
{
    struct timeline timeline;

    (void)state;
    timeline_parse(console_log, &timeline);
    assert_int_equal(timeline.count, 6);
    assert_string_equal(timeline.intervals[0].name, "kernel");
    assert_int_equal(timeline.intervals[0].end, 1604739);
    assert_string_equal(timeline.intervals[1].name, "unpack");
    assert_int_equal(timeline.intervals[1].start, 381000);
    assert_int_equal(timeline.intervals[1].end, 608476);
    assert_string_equal(timeline.intervals[2].name, "initramfs");
    assert_string_equal(timeline.intervals[3].name, "mounts");
    assert_string_equal(timeline.intervals[4].name, "root");
    assert_string_equal(timeline.intervals[5].name, "virtio_ring");
    assert_string_equal(timeline.intervals[5].kind, "module");
    timeline_free(&timeline);
}

static void reads_the_record_itself(void **state)
{
    struct timeline timeline;

    (void)state;
    timeline_parse("10 20 step mounts\n15 18 program e2fsck", &timeline);
    assert_int_equal(timeline.count, 2);
    assert_string_equal(timeline.intervals[1].name, "e2fsck");
    timeline_free(&timeline);
    timeline_parse("", &timeline);
    assert_int_equal(timeline.count, 0);
    timeline_free(&timeline);
}

static void draws_a_line_an_interval(void **state)
{
    struct timeline timeline;
    char *drawn = NULL;
    size_t size;
    FILE *out = open_memstream(&drawn, &size);

    (void)state;
    assert_non_null(out);
    timeline_parse(console_log, &timeline);
    timeline_draw(&timeline, out);
    fclose(out);
    assert_non_null(strstr(drawn, "unpack                      0.381000  0.227476\n"));
    assert_non_null(strstr(drawn, "root                        1.620000  0.160000  |"));
    assert_non_null(strstr(drawn, "  virtio_ring               1.630000  0.010000  |"));
    assert_non_null(strstr(drawn, "modules loaded                     1  0.010000\n"));
    timeline_free(&timeline);
    free(drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_console_log),
        cmocka_unit_test(reads_the_record_itself),
        cmocka_unit_test(draws_a_line_an_interval),
    };

    return RUN_TESTS(tests);
}
