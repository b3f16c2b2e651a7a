#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggestion.h"

static void distance_counts_what_a_typist_does(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        size_t distance;
    } pairs[] = {
        {"build", "build", 0},
        {"", "", 0},
        {"", "ls", 2},
        {"buld", "build", 1},   /* left out */
        {"buuild", "build", 1}, /* added */
        {"boild", "build", 1},  /* changed */
        {"biuld", "build", 1},  /* swapped */
        {"iubld", "build", 2},  /* no swap of neighbours */
        {"virtio-blk", "virtio_blk", 0},
        {"extract", "diff", 7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_int_equal(suggestion_distance(pairs[i].a, pairs[i].b), pairs[i].distance);
        assert_int_equal(suggestion_distance(pairs[i].b, pairs[i].a), pairs[i].distance);
    }
}

static void nothing_is_near_what_is_longer_than_any_name(void **state)
{
    char word[200];

    (void)state;
    memset(word, 'a', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    assert_true(suggestion_distance(word, word) > 2);
    word[64] = '\0';
    assert_int_equal(suggestion_distance(word, word), 0);
}

static const char *nearest(const char *word)
{
    static char texts[][8] = {"ata", "nvme", "ext4", "exfat", "ext4x"};
    char *names[] = {texts[0], texts[1], texts[2], texts[3], texts[4]};
    struct string_list list = {.items = names, .count = sizeof(names) / sizeof(names[0])};

    return suggestion_nearest(word, &list); /* one of the texts */
}

static void the_nearest_is_found_and_of_short_words_only_the_very_near(void **state)
{
    char *phrase;
    struct string_list none = {0};

    (void)state;
    assert_string_equal(nearest("ext4"), "ext4");
    assert_string_equal(nearest("etx4x"), "ext4x");
    assert_string_equal(nearest("nvmee"), "nvme");
    assert_string_equal(nearest("atta"), "ata");
    assert_null(nearest("usb"));
    assert_null(nearest("bt"));
    assert_null(nearest(""));
    phrase = suggestion_phrase("nvme", &none);
    assert_string_equal(phrase, "");
    free(phrase);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_counts_what_a_typist_does),
        cmocka_unit_test(nothing_is_near_what_is_longer_than_any_name),
        cmocka_unit_test(the_nearest_is_found_and_of_short_words_only_the_very_near),
    };

    return RUN_TESTS(tests);
}
