#include "unit.h"

#include "base/lines.h"

static void cuts_lines(void **state)
{
    char text[] = "one\n\ntwo three\nlast";
    struct line_reader reader = {.next = text};

    (void)state;
    assert_string_equal(lines_next(&reader), "one");
    assert_int_equal(reader.number, 1);
    assert_string_equal(lines_next(&reader), "");
    assert_string_equal(lines_next(&reader), "two three");
    assert_string_equal(lines_next(&reader), "last");
    assert_int_equal(reader.number, 4);
    assert_null(lines_next(&reader));
    assert_null(lines_next(&reader));
}

static void an_empty_text_has_no_line(void **state)
{
    char text[] = "";
    struct line_reader reader = {.next = text};

    (void)state;
    assert_null(lines_next(&reader));
}

static void cuts_words(void **state)
{
    char text[] = " \tone two\r three#four";
    char *line = text;

    (void)state;
    assert_string_equal(lines_word(&line), "one");
    assert_string_equal(lines_word(&line), "two");
    assert_string_equal(lines_word(&line), "three#four");
    assert_null(lines_word(&line));
    assert_null(lines_word(&line));
}

static void a_comment_ends_the_words(void **state)
{
    char text[] = "one # two three";
    char *line = text;

    (void)state;
    assert_string_equal(lines_word(&line), "one");
    assert_null(lines_word(&line));
    assert_null(lines_word(&line));
}

static void the_rest_has_no_blanks_around_it(void **state)
{
    char text[] = "\t two  words # and all \r";
    char blank[] = "  ";

    (void)state;
    assert_string_equal(lines_rest(text), "two  words # and all");
    assert_string_equal(lines_rest(blank), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_lines),
        cmocka_unit_test(an_empty_text_has_no_line),
        cmocka_unit_test(cuts_words),
        cmocka_unit_test(a_comment_ends_the_words),
        cmocka_unit_test(the_rest_has_no_blanks_around_it),
    };

    return RUN_TESTS(tests);
}
