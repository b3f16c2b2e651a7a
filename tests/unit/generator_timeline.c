#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "command/timeline.h"
#include "command/timeline_svg.h"

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
    timeline_parse("10 20 step mounts 3\n15 18 program e2fsck", &timeline);
    assert_int_equal(timeline.count, 2);
    assert_int_equal(timeline.intervals[0].cpu, 3);
    assert_string_equal(timeline.intervals[1].name, "e2fsck");
    assert_int_equal(timeline.intervals[1].cpu, 0);
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

static char *picture_of(const char *record)
{
    struct timeline timeline;
    char *drawn = NULL;
    size_t size;
    FILE *out = open_memstream(&drawn, &size);

    assert_non_null(out);
    timeline_parse(record, &timeline);
    timeline_draw_svg(&timeline, out);
    fclose(out);
    timeline_free(&timeline);
    return drawn;
}

static void draws_lanes_bars_and_waits(void **state)
{
    char *drawn = picture_of("1000000 1020000 step mounts 0\n"
                             "1020000 1100000 step root 1\n"
                             "1030000 1090000 module virtio_blk 10\n"
                             "1030000 1031000 module virtio 2\n"
                             "1050000 1060000 wait events 1\n");

    (void)state;
    assert_non_null(strstr(drawn, ">/init: 100 ms<"));
    assert_non_null(strstr(drawn, ">1000 ms after the kernel's start; 2 modules took 61 ms<"));
    /* The axis has 860 pixels from 76 on. */
    assert_non_null(strstr(drawn, "<rect class=\"step\" x=\"248.0\" y=\"103.0\" width=\"688.0\""));
    assert_non_null(strstr(drawn, "<rect class=\"module\" x=\"334.0\" y=\"165.0\" width=\"516.0\""));
    assert_non_null(strstr(drawn, "<rect class=\"wait\" x=\"506.0\" y=\"76.0\" width=\"86.0\""));
    assert_non_null(strstr(drawn, "<title>virtio_blk: 60.00 ms</title>"));
    assert_non_null(strstr(drawn, ">virtio_blk 60 ms</text>"));
    assert_true(strstr(drawn, ">steps<") < strstr(drawn, ">CPU 2<"));
    assert_true(strstr(drawn, ">CPU 2<") < strstr(drawn, ">CPU 10<"));
    assert_null(strstr(drawn, ">CPU 1<"));
    assert_null(strstr(drawn, "<script"));
    free(drawn);
}

static void overlapping_bars_have_rows_of_their_own(void **state)
{
    char *drawn = picture_of("0 1000 step a 0\n0 1000 step b 0\n");

    (void)state;
    assert_non_null(strstr(drawn, "<rect class=\"step\" x=\"76.0\" y=\"84.0\""));
    assert_non_null(strstr(drawn, "<rect class=\"step\" x=\"76.0\" y=\"103.0\""));
    free(drawn);
}

static void names_are_no_markup(void **state)
{
    char *drawn = picture_of("0 1000 step <b>&\x01\xff 0\n");

    (void)state;
    assert_non_null(strstr(drawn, ">&lt;b>&amp;?? 1 ms</text>"));
    free(drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_console_log),
        cmocka_unit_test(reads_the_record_itself),
        cmocka_unit_test(draws_a_line_an_interval),
        cmocka_unit_test(draws_lanes_bars_and_waits),
        cmocka_unit_test(overlapping_bars_have_rows_of_their_own),
        cmocka_unit_test(names_are_no_markup),
    };

    return RUN_TESTS(tests);
}
