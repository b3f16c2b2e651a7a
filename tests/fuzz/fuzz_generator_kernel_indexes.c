/* What lies beside a kernel's modules: modules.dep and its kin as text and trie, what is built in, what depends weakly.
 */
#include "fuzz.h"

#include "kernel/built_in.h"
#include "kernel/modprobe_lines.h"
#include "kernel/module_indexes.h"
#include "kernel/weak_dependencies.h"

static void look_up_built_in(void)
{
    struct buffer text = {0};

    if (built_in_collect(fuzz_tree(), NULL, &text) == 0) {
        char *name;

        buffer_append(&text, "", 1);
        name = built_in_find((const char *)text.data, "alpha", "fs-alpha");
        require(!name || strlen(name) < text.size);
        free(name);
    }
    buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = {"/modules.dep", "/modules.dep.bin", "/modules.builtin",
        "/modules.builtin.modinfo", "/modules.weakdep", "/modules.softdep"};
    struct fuzz_input input = {data, size}, last = {data, 0};
    struct string_list lines = {0}, names = {0};
    struct weak_dependencies weak = {0};
    char path[64], *text;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        last = fuzz_part(&input);
        fuzz_write(files[i], last);
    }
    (void)module_indexes_read(fuzz_tree(), "release", &lines);
    look_up_built_in();
    snprintf(path, sizeof(path), "%s/modules.weakdep", fuzz_tree());
    weak_dependencies_read(&weak, path);
    weak_dependencies_find(&weak, "alpha", &names);
    weak_dependencies_free(&weak);
    text = fuzz_text(last.data, last.size);
    (void)modprobe_lines_check(text);
    free(text);
    string_list_free(&lines);
    string_list_free(&names);
    return 0;
}
