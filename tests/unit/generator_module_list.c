#include "unit.h"

#include "kernel/module_list.h"

static struct kernel_module plain = {.path = (char[]){"kernel/fs/alpha/alpha.ko"}};
static struct kernel_module packed = {.path = (char[]){"kernel/fs/alpha/alpha-late.ko.zst"}};
static struct kernel_module extra = {.path = (char[]){"updates/dkms/extra.ko.xz"}};

static void directories(void **state)
{
    (void)state;
    assert_true(module_lies_at(&plain, "fs/"));
    assert_true(module_lies_at(&plain, "fs"));
    assert_true(module_lies_at(&plain, "kernel/fs/alpha/"));
    assert_true(module_lies_at(&plain, "kernel/"));
    assert_true(module_lies_at(&extra, "updates/"));
    assert_false(module_lies_at(&extra, "dkms/"));
    assert_false(module_lies_at(&extra, "kernel/"));
    assert_false(module_lies_at(&plain, "fs/alp"));
    assert_false(module_lies_at(&plain, "alpha/"));
    assert_false(module_lies_at(&plain, "/fs/"));
    assert_false(module_lies_at(&plain, ""));
}

static void files(void **state)
{
    (void)state;
    assert_true(module_lies_at(&plain, "fs/alpha/alpha.ko"));
    assert_true(module_lies_at(&plain, "kernel/fs/alpha/alpha.ko"));
    assert_true(module_lies_at(&packed, "fs/alpha/alpha-late.ko"));
    assert_true(module_lies_at(&packed, "fs/alpha/alpha-late.ko.zst"));
    assert_true(module_lies_at(&extra, "updates/dkms/extra.ko"));
    assert_false(module_lies_at(&packed, "fs/alpha/alpha-late.ko.xz"));
    assert_false(module_lies_at(&packed, "fs/alpha/alpha"));
    assert_false(module_lies_at(&plain, "fs/alpha/alpha.ko.xz"));
    assert_false(module_lies_at(&plain, "fs/alpha/alpha.ko/"));
}

static void a_list_has_each_module_once(void **state)
{
    struct module_list list = {0};

    (void)state;
    assert_false(module_list_contains(&list, &plain));
    module_list_add(&list, &plain);
    module_list_add(&list, &packed);
    module_list_add(&list, &plain);
    assert_int_equal(list.count, 2);
    assert_ptr_equal(list.items[0], &plain);
    assert_true(module_list_contains(&list, &packed));
    module_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directories),
        cmocka_unit_test(files),
        cmocka_unit_test(a_list_has_each_module_once),
    };

    return RUN_TESTS(tests);
}
