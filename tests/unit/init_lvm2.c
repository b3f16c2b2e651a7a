/* The beginning of a disk that lvm has made in a machine, and texts like those of import_vsn1.c. */
#include "unit.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdint.h>
#include <string.h>

#include "contract/bytes.h"
#include "fixture.h"
#include "format/lvm2.h"

#define DISK_SIZE 32768u

static uint8_t disk[DISK_SIZE];
static char joined[DISK_SIZE];

static void read_disk(void)
{
    read_fixture("tests/data/lvm2/linear.gz", disk, sizeof(disk));
}

static uint32_t checksum(const uint8_t *bytes, size_t size)
{
    return ~libdeflate_crc32(~0xf597a6cfu, bytes, size);
}

/* The header's own, after a test has changed it. */
static void mend_header(uint8_t *header)
{
    put_le32(header, checksum(header + 4, LVM2_HEADER_SIZE - 4));
}

static struct device_range area_of_disk(void)
{
    struct device_range areas[LVM2_AREAS_MAX];

    assert_int_equal(lvm2_find_areas(disk, areas), 1);
    assert_int_equal(areas[0].offset, 4096);
    return areas[0];
}

static struct lvm2_span text_of_disk(struct lvm2_text *text)
{
    struct device_range area = area_of_disk();
    size_t size = 0;

    assert_int_equal(lvm2_find_text(disk + area.offset, &area, text), 0);
    for (unsigned i = 0; i < 2; i++) {
        assert_true(text->parts[i].offset + text->parts[i].size <= sizeof(disk));
        memcpy(joined + size, disk + text->parts[i].offset, (size_t)text->parts[i].size);
        size += (size_t)text->parts[i].size;
    }
    assert_true(lvm2_text_is_whole(text, joined, size));
    return (struct lvm2_span){joined, joined + size};
}

static void test_disk(void **state)
{
    struct lvm2_text text;
    struct lvm2_group group;
    struct lvm2_entry entry;
    struct lvm2_span value, string;
    uint64_t number;

    (void)state;
    read_disk();
    assert_int_equal(lvm2_group_read(text_of_disk(&text), &group), 0);
    assert_true(lvm2_is(group.name, "vg-0"));
    assert_int_equal(group.extent_size, 2048);
    assert_int_equal(group.sequence, 3);
    assert_int_equal(group.id.end - group.id.at, 38);
    assert_true(lvm2_has(lvm2_value(group.body, "status"), "RESIZEABLE"));
    assert_false(lvm2_has(lvm2_value(group.body, "status"), "EXPORTED"));
    assert_true(lvm2_next(&group.logical_volumes, &entry));
    assert_true(lvm2_is(entry.key, "my-root"));
    value = lvm2_value(lvm2_section(entry.value, lvm2_span_of("segment1")), "stripes");
    assert_true(lvm2_next_string(&value, &string) && lvm2_is(string, "pv0"));
    assert_true(lvm2_next_number(&value, &number));
    assert_int_equal(number, 0);
    assert_false(lvm2_next_number(&value, &number));
    assert_true(lvm2_next(&group.logical_volumes, &entry));
    assert_true(lvm2_is(entry.key, "other"));
    assert_false(lvm2_next(&group.logical_volumes, &entry));
}

/* The ring begins anew behind the header. */
static void test_text_in_two_parts(void **state)
{
    struct lvm2_text text;
    struct lvm2_span whole;
    struct device_range area;
    uint8_t *header;
    char copy[DISK_SIZE];
    size_t size, first = 100;

    (void)state;
    read_disk();
    whole = text_of_disk(&text);
    size = (size_t)(whole.end - whole.at);
    memcpy(copy, whole.at, size);
    area = area_of_disk();
    area.size = 16384;
    header = disk + area.offset;
    put_le64(header + 32, area.size);
    put_le64(header + 40, area.size - first);
    mend_header(header);
    memcpy(disk + area.offset + area.size - first, copy, first);
    memcpy(disk + area.offset + LVM2_HEADER_SIZE, copy + first, size - first);
    assert_int_equal(lvm2_find_text(header, &area, &text), 0);
    assert_int_equal(text.parts[0].size, first);
    assert_int_equal(text.parts[1].offset, area.offset + LVM2_HEADER_SIZE);
    assert_int_equal(text.parts[1].size, size - first);
    memcpy(joined, disk + text.parts[0].offset, first);
    memcpy(joined + first, disk + text.parts[1].offset, size - first);
    assert_true(lvm2_text_is_whole(&text, joined, size));
}

static void test_damage(void **state)
{
    struct device_range area, areas[LVM2_AREAS_MAX];
    struct lvm2_text text;
    uint8_t *header;

    (void)state;
    read_disk();
    area = area_of_disk();
    header = disk + area.offset;
    header[200] ^= 1;
    assert_int_equal(lvm2_find_text(header, &area, &text), -EILSEQ);
    header[200] ^= 1;
    assert_int_equal(lvm2_find_text(header, &area, &text), 0);
    joined[0] = 'x';
    assert_false(lvm2_text_is_whole(&text, joined, (size_t)text.parts[0].size));
    put_le32(header + 60, 1); /* to be ignored */
    mend_header(header);
    assert_int_equal(lvm2_find_text(header, &area, &text), -ENODATA);
    put_le32(header + 60, 0);
    put_le64(header + 40, 0); /* no text yet */
    mend_header(header);
    assert_int_equal(lvm2_find_text(header, &area, &text), -ENODATA);
    put_le64(header + 40, area.size); /* beyond the end */
    mend_header(header);
    assert_int_equal(lvm2_find_text(header, &area, &text), -EILSEQ);
    put_le64(header + 40, 4096);
    put_le64(header + 48, area.size); /* longer than the ring */
    mend_header(header);
    assert_int_equal(lvm2_find_text(header, &area, &text), -EILSEQ);
    area.offset += 512;
    assert_int_equal(lvm2_find_text(header, &area, &text), -EILSEQ);
    disk[512 + 100] ^= 1;
    assert_int_equal(lvm2_find_areas(disk, areas), 0);
}

static void test_texts(void **state)
{
    static const char text[] = "# vg { is no group }\nvg{id=\"a\\\"b\" seqno = 7 # } not the end\nextent_size = 8192\n"
                               "tags = [\"}\", \"x\"]\nphysical_volumes {\npv0 {\nid = \"p\"\n}\n}\n}\nversion = 1\n";
    struct lvm2_group group;
    struct lvm2_entry entry;

    (void)state;
    assert_int_equal(lvm2_group_read(lvm2_span_of(text), &group), 0);
    assert_true(lvm2_is(group.name, "vg"));
    assert_true(lvm2_is(group.id, "a\\\"b"));
    assert_int_equal(group.sequence, 7);
    assert_true(lvm2_has(lvm2_value(group.body, "tags"), "x"));
    assert_true(lvm2_next(&group.physical_volumes, &entry));
    assert_true(lvm2_is(entry.key, "pv0"));
    assert_true(group.logical_volumes.at == group.logical_volumes.end);
}

static void test_texts_that_make_no_sense(void **state)
{
    static const char *const texts[] = {"", "#", "vg", "vg {", "vg { id = \"a\" seqno = 1 extent_size = 1", "vg = 1",
        "vg { id = \"a\" seqno = \"1\" extent_size = 1 }", "vg { seqno = 1 extent_size = 1 }", "{ }", "= 1",
        "vg { id = }", "vg { id = \"a } ", "vg { id = [ } ", "\"",
        "vg { id = \"a\" seqno = 99999999999999999999 extent_size = 1 }"};
    struct lvm2_group group;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (lvm2_group_read(lvm2_span_of(texts[i]), &group) != -EILSEQ)
            fail_msg("taken: %s", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disk),
        cmocka_unit_test(test_text_in_two_parts),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_texts_that_make_no_sense),
    };

    return RUN_TESTS(tests);
}
