#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "build/index_writer.h"
#include "contract/load_plan.h"

/* Modules, by name: "base" is needed by "bus" and so by "disk", which is better off with "sum" and then with "late". */
enum { BASE, BUS, DISK, LATE, OTHER, STRAY, SUM, MODULE_COUNT };

#define NEEDED(number) ((number) | INDEX_STEP_NEEDED)

static const size_t base_steps[] = {BASE};
static const size_t bus_steps[] = {NEEDED(BASE), BUS};
static const size_t disk_steps[] = {SUM, NEEDED(BASE), NEEDED(BUS), DISK, LATE};
static const size_t late_steps[] = {LATE};
static const size_t other_steps[] = {NEEDED(BASE), OTHER};
static const size_t stray_steps[] = {LATE};
static const size_t sum_steps[] = {SUM};

#define MODULE(called, its_steps)                                                                                      \
    {                                                                                                                  \
        .name = (called), .path = "", .options = "", .steps = (its_steps),                                             \
        .step_count = sizeof(its_steps) / sizeof(size_t)                                                               \
    }

static const struct index_module_record modules[MODULE_COUNT] = {MODULE("base", base_steps), MODULE("bus", bus_steps),
    MODULE("disk", disk_steps), MODULE("late", late_steps), MODULE("other", other_steps), MODULE("stray", stray_steps),
    MODULE("sum", sum_steps)};

static struct buffer bytes;
static struct index image_index;
static struct cmdline cmdline;
static uint8_t states[MODULE_COUNT];
static struct load_plan plan;
static int results[MODULE_COUNT]; /* of init_module(2) */
static char trace[256];           /* what was tried, and in brackets what was passed over for want of what */

static void note(const char *before, uint32_t number, const char *after)
{
    size_t used = strlen(trace);

    assert_true(number < MODULE_COUNT);
    snprintf(trace + used, sizeof(trace) - used, "%s%s%s%s", used && *before != '<' ? " " : "", before,
        modules[number].name, after);
}

static int begin(const char *words)
{
    static const size_t autoload[] = {OTHER, DISK};
    struct index_alias_record aliases[] = {{"dev:d*", DISK}, {"dev:*", OTHER}, {"dev:d1", DISK}, {"sum", LATE}};
    struct index_content content = {.modules = modules,
        .module_count = MODULE_COUNT,
        .aliases = aliases,
        .alias_count = 4,
        .autoload = autoload,
        .autoload_count = 2};

    buffer_free(&bytes);
    cmdline_free(&cmdline);
    assert_int_equal(index_write(&content, &bytes), 0);
    assert_int_equal(index_attach(&image_index, bytes.data, bytes.size), 0);
    assert_int_equal(cmdline_parse("", words, &cmdline), 0);
    memset(states, 0, sizeof(states));
    memset(results, 0, sizeof(results));
    load_plan_begin(&plan, &image_index, &cmdline, states);
    return 0;
}

/* Goes through a request as /init does, and as the prediction does. */
static const char *load(uint32_t wanted)
{
    struct load_request request;
    uint32_t number, missing;
    enum load_step step;

    trace[0] = '\0';
    load_request_begin(&request, &plan, wanted);
    while ((step = load_request_next(&request, &number, &missing)) != LOAD_END) {
        if (step == LOAD_TRY) {
            note("", number, "");
            assert_int_equal(
                load_plan_note(&plan, number, results[number]), results[number] == 0 || results[number] == -EEXIST);
        } else {
            note("(", number, "");
            note("<", missing, ")");
        }
    }
    return trace;
}

static void all_steps_in_their_order(void **state)
{
    (void)state;
    begin("");
    assert_string_equal(load(DISK), "sum base bus disk late");
    assert_true(load_plan_is_loaded(&plan, DISK));
    assert_string_equal(load(DISK), "");
    assert_string_equal(load(OTHER), "other"); /* base is there */
    begin("");
    results[BASE] = -EEXIST; /* somebody else was quicker */
    assert_string_equal(load(OTHER), "base other");
}

static void what_needs_a_failed_one_is_not_tried(void **state)
{
    (void)state;
    begin("");
    results[BASE] = -ENOEXEC;
    assert_string_equal(load(DISK), "sum base (bus<base) (disk<base) late");
    assert_true(load_plan_has_failed(&plan, BUS));
    assert_true(load_plan_has_failed(&plan, DISK));
    assert_true(load_plan_is_loaded(&plan, SUM));
}

static void what_has_failed_is_not_tried_again(void **state)
{
    (void)state;
    begin("");
    results[BASE] = -ENOEXEC;
    assert_string_equal(load(BASE), "base");
    results[BASE] = 0;
    assert_string_equal(load(BASE), "");
    assert_string_equal(load(OTHER), "(other<base)");
    assert_string_equal(load(OTHER), "");
}

static void a_soft_dependency_may_fail(void **state)
{
    (void)state;
    begin("");
    results[SUM] = -ENOENT;
    results[LATE] = -EPERM;
    assert_string_equal(load(DISK), "sum base bus disk late");
    assert_true(load_plan_is_loaded(&plan, DISK));
    assert_true(load_plan_has_failed(&plan, SUM));
}

static void no_device_is_an_answer_for_now(void **state)
{
    (void)state;
    begin("modprobe.blacklist=bus");
    results[BUS] = -ENODEV;
    assert_string_equal(load(DISK), "sum base bus (disk<bus) late");
    assert_false(load_plan_has_failed(&plan, BUS));
    assert_false(load_plan_has_failed(&plan, DISK));
    assert_true(load_plan_is_blacklisted(&plan, BUS)); /* it still is */
    results[BUS] = 0;
    assert_string_equal(load(DISK), "bus disk");
    assert_false(load_plan_is_blacklisted(&plan, BUS));
}

static void one_that_its_own_order_lacks_has_failed(void **state)
{
    (void)state;
    begin("");
    assert_string_equal(load(STRAY), "late");
    assert_true(load_plan_has_failed(&plan, STRAY));
    assert_string_equal(load(MODULE_COUNT), "");
}

/* The modules that a match hands out. */
static const char *answers(struct load_match *match)
{
    uint32_t number;

    trace[0] = '\0';
    while (load_match_next(match, &number))
        note("", number, "");
    return trace;
}

static const char *named(const char *name)
{
    struct load_match match;

    load_match_name(&match, &plan, name);
    return answers(&match);
}

static const char *claiming(const char *modalias)
{
    struct load_match match;

    load_match_device(&match, &plan, modalias);
    return answers(&match);
}

static void a_name_is_a_modules_or_else_an_alias(void **state)
{
    char too_long[MODULE_NAME_SIZE + 1];

    (void)state;
    begin("");
    assert_string_equal(named("sum"), "sum");
    assert_string_equal(claiming("sum"), "late");
    assert_string_equal(named("dev:d1"), "other disk disk");
    assert_string_equal(named("nosuch"), "");
    memset(too_long, 'x', sizeof(too_long) - 1);
    too_long[sizeof(too_long) - 1] = '\0';
    assert_string_equal(claiming(too_long), "");
}

static void a_blacklist_holds_against_aliases(void **state)
{
    static const char *const words[] = {
        "modprobe.blacklist=x,disk", "rd.driver.blacklist=disk", "blacklist=disk,sum", "module_blacklist=disk"};

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        begin(words[i]);
        assert_true(load_plan_is_blacklisted(&plan, DISK));
        assert_string_equal(claiming("dev:d1"), "other");
        assert_string_equal(named("disk"), "disk"); /* not against those who say its name */
    }
    begin("modprobe.blacklist=base modprobe.blacklist=other");
    assert_true(load_plan_is_blacklisted(&plan, BASE));
    assert_true(load_plan_is_blacklisted(&plan, OTHER));
    assert_string_equal(load(DISK), "sum base bus disk late"); /* nor against those that need it */
}

static const char *unasked(void)
{
    uint32_t position = 0, number;

    trace[0] = '\0';
    while (load_plan_next_autoload(&plan, &position, &number))
        note("", number, "");
    return trace;
}

static void what_is_loaded_unasked(void **state)
{
    (void)state;
    begin("");
    assert_string_equal(unasked(), "other disk");
    begin("blacklist=other");
    assert_string_equal(unasked(), "disk");
}

static void lists_have_commas(void **state)
{
    char name[MODULE_NAME_SIZE];
    const char *list = ",a-b,,c,";

    (void)state;
    assert_true(load_list_next(&list, name));
    assert_string_equal(name, "a_b");
    assert_true(load_list_next(&list, name));
    assert_string_equal(name, "c");
    assert_false(load_list_next(&list, name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_steps_in_their_order),
        cmocka_unit_test(what_needs_a_failed_one_is_not_tried),
        cmocka_unit_test(what_has_failed_is_not_tried_again),
        cmocka_unit_test(a_soft_dependency_may_fail),
        cmocka_unit_test(no_device_is_an_answer_for_now),
        cmocka_unit_test(one_that_its_own_order_lacks_has_failed),
        cmocka_unit_test(a_name_is_a_modules_or_else_an_alias),
        cmocka_unit_test(a_blacklist_holds_against_aliases),
        cmocka_unit_test(what_is_loaded_unasked),
        cmocka_unit_test(lists_have_commas),
    };
    int result = RUN_TESTS(tests);

    buffer_free(&bytes);
    cmdline_free(&cmdline);
    return result;
}
