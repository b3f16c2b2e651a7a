/* Others' configuration as ours: dracut.conf, a file of dracut.conf.d, initramfs.conf and the list of modules, with
 * "--" between. What comes of it are lines that say one thing each. */
#include "fuzz.h"

#include "command/import.h"

static void check_lines(const char *text)
{
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
        size_t length = strcspn(text, "\n");

        require(length == 0 || *text == '#' || memchr(text, '=', length));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = {"/etc/dracut.conf", "/etc/dracut.conf.d/a.conf",
        "/etc/initramfs-tools/initramfs.conf", "/etc/initramfs-tools/modules"};
    struct fuzz_input input = {data, size};
    struct foreign_configuration configuration;
    struct catalogue catalogue = {0};
    struct import import;
    char *text, *feature;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        fuzz_write(files[i], fuzz_part(&input));
    if (foreign_configuration_read(&configuration, fuzz_tree()) == 0) {
        import_make(&import, &configuration, &catalogue);
        text = import_text(&import);
        feature = import_feature_text(&import);
        check_lines(text);
        free(feature);
        free(text);
        import_free(&import);
    }
    foreign_configuration_free(&configuration);
    catalogue_free(&catalogue);
    return 0;
}
