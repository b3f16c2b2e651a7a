#include "unit.h"

#include "kernel/kernel_config.h"

static struct kernel_config config_of(const char *text)
{
    return (struct kernel_config){.text = (char *)text};
}

static void whole_lines_count(void **state)
{
    struct kernel_config config =
        config_of("#\n# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_C=m\nCONFIG_DE=y\nXCONFIG_F=y\n"
                  "CONFIG_G=yes\n\nCONFIG_H=\"y\"\nCONFIG_I=y");

    (void)state;
    assert_true(kernel_config_has(&config, "CONFIG_B"));
    assert_true(kernel_config_has(&config, "CONFIG_I"));
    assert_false(kernel_config_has(&config, "CONFIG_A"));
    assert_false(kernel_config_has(&config, "CONFIG_C"));
    assert_false(kernel_config_has(&config, "CONFIG_D"));
    assert_false(kernel_config_has(&config, "CONFIG_F"));
    assert_false(kernel_config_has(&config, "CONFIG_G"));
    assert_false(kernel_config_has(&config, "CONFIG_H"));
    assert_false(kernel_config_has(&config, ""));
}

static void nothing_is_known_of_an_absent_one(void **state)
{
    struct kernel_config config = config_of("");

    (void)state;
    assert_false(kernel_config_has(&config, "CONFIG_B"));
    assert_null(kernel_config_module_suffix(&config));
}

static void both_options_make_a_suffix(void **state)
{
    struct kernel_config xz = config_of("CONFIG_MODULE_COMPRESS_XZ=y\nCONFIG_MODULE_DECOMPRESS=y\n");
    struct kernel_config zstd = config_of("CONFIG_MODULE_DECOMPRESS=y\nCONFIG_MODULE_COMPRESS_ZSTD=y\n");
    struct kernel_config gzip = config_of("CONFIG_MODULE_DECOMPRESS=y\nCONFIG_MODULE_COMPRESS_GZIP=y");
    struct kernel_config none = config_of("CONFIG_MODULE_DECOMPRESS=y\nCONFIG_MODULE_COMPRESS_NONE=y\n");
    struct kernel_config modprobe = config_of("CONFIG_MODULE_COMPRESS_XZ=y\n# CONFIG_MODULE_DECOMPRESS is not set\n");

    (void)state;
    assert_string_equal(kernel_config_module_suffix(&xz), ".xz");
    assert_string_equal(kernel_config_module_suffix(&zstd), ".zst");
    assert_string_equal(kernel_config_module_suffix(&gzip), ".gz");
    assert_null(kernel_config_module_suffix(&none));
    assert_null(kernel_config_module_suffix(&modprobe));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_lines_count),
        cmocka_unit_test(nothing_is_known_of_an_absent_one),
        cmocka_unit_test(both_options_make_a_suffix),
    };

    return RUN_TESTS(tests);
}
