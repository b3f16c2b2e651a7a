/* What says which keymap and font a system uses, and a font. */
#include "fuzz.h"

#include <spawn.h>

#include "content/vconsole.h"

/* In the place of the system's own: loadkeys and ckbcomp are not ours to try. NOLINTNEXTLINE(readability-*) */
int posix_spawnp(pid_t *restrict child, const char *restrict file, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const environment[restrict])
{
    (void)child, (void)file, (void)actions, (void)attributes, (void)arguments, (void)environment;
    return ENOENT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = {"/etc/vconsole.conf", "/etc/default/keyboard", "/etc/default/console-setup",
        "/usr/share/consolefonts/font.psf.gz", "/usr/share/keymaps/map.kmap"};
    struct fuzz_input input = {data, size};
    struct fuzz_input part = fuzz_part(&input);
    char *cmdline = fuzz_text(part.data, part.size);
    struct image image = {0};
    struct string_list inputs = {0};

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        fuzz_write(files[i], fuzz_part(&input));
    fuzz_write("/usr/share/X11/xkb/rules", (struct fuzz_input){data, 0});
    (void)vconsole_add(&image, fuzz_tree(), cmdline, &inputs);
    image_free(&image);
    string_list_free(&inputs);
    free(cmdline);
    return 0;
}
