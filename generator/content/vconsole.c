#include "content/vconsole.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive/compressor.h"
#include "archive/image_archive.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "contract/cmdline.h"
#include "contract/index_format.h"

#define ORIGIN "the console's keymap and font"
#define VCONSOLE "/etc/vconsole.conf"
#define KEYBOARD "/etc/default/keyboard"
#define CONSOLE_SETUP "/etc/default/console-setup"
#define KEYMAP_PATH "/lib/kindling/keymap"
#define FONT_PATH "/lib/kindling/font"

struct vconsole {
    struct image *image;
    const char *sysroot;
    struct string_list *inputs;
    struct buffer script; /* what the shell does before it prompts */
};

/* The value of the last "KEY=VALUE" line, without its quotes, as a new string; NULL when there is none or it is empty.
 */
static char *value_in(const struct vconsole *vconsole, const char *path, const char *key)
{
    struct line_reader reader = {0};
    size_t length = strlen(key);
    char *resolved = NULL;
    char *text = NULL;
    char *value = NULL;
    char *line;

    if (sysroot_resolve(vconsole->sysroot, path, &resolved) == 0 && file_read_text(resolved, &text) == 0) {
        string_list_add(vconsole->inputs, resolved);
        reader.next = text;
        while ((line = lines_next(&reader))) {
            char *word = lines_word(&line);

            if (!word || strncmp(word, key, length) != 0 || word[length] != '=')
                continue;
            word += length + 1;
            word += strspn(word, "\"'");
            word[strcspn(word, "\"'")] = '\0';
            free(value);
            value = *word ? allocate_string(word) : NULL;
        }
    }
    free(text);
    free(resolved);
    return value;
}

/* The value of a word of the packed command line, as a new string; NULL when there is none or it is empty. */
static char *value_on(const struct cmdline *cmdline, const char *key)
{
    const char *value = cmdline_value(cmdline, key);

    return value && *value ? allocate_string(value) : NULL;
}

/* True when a file is "NAME.SUFFIX" or "NAME.SUFFIX.gz". */
static bool is_named(const char *file, const char *name, const char *const *suffixes)
{
    size_t length = strlen(name);

    if (strncmp(file, name, length) != 0)
        return false;
    for (; *suffixes; suffixes++) {
        size_t suffix = strlen(*suffixes);

        if (!strncmp(file + length, *suffixes, suffix)
            && (!strcmp(file + length + suffix, "")
                || !strcmp(file + length + suffix, compressors[COMPRESSOR_GZIP].suffix)))
            return true;
    }
    return false;
}

/* The first file of that name in a tree, by path, as a new string on this host; NULL: none. */
static char *find_in_tree(char *tree, const char *name, const char *const *suffixes)
{
    FTS *walk = fts_open((char *[]){tree, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    struct string_list found = {0};
    const FTSENT *entry;
    char *path = NULL;

    while (walk && (entry = fts_read(walk))) {
        if (entry->fts_info == FTS_F && is_named(entry->fts_name, name, suffixes))
            string_list_add(&found, entry->fts_path);
    }
    if (walk)
        fts_close(walk);
    string_list_sort(&found);
    if (found.count > 0)
        path = allocate_string(found.items[0]);
    string_list_free(&found);
    return path;
}

/* Finds by name below one of the directories, or by an absolute path. */
static char *find(
    const struct vconsole *vconsole, const char *name, const char *const *directories, const char *const *suffixes)
{
    char *resolved = NULL;
    char *path = NULL;

    if (*name == '/')
        return sysroot_resolve(vconsole->sysroot, name, &resolved) == 0 ? resolved : NULL;
    for (; *directories && !path; directories++) {
        if (sysroot_resolve(vconsole->sysroot, *directories, &resolved) < 0)
            continue;
        path = find_in_tree(resolved, name, suffixes);
        free(resolved);
    }
    return path;
}

static int not_there(const struct vconsole *vconsole, const char *kind, const char *name)
{
    log_error("cannot find the %s %s in %s", kind, name, vconsole->sysroot);
    return -ENOENT;
}

static int add_file(struct vconsole *vconsole, const char *name, struct buffer *bytes, const char *command)
{
    int result = image_add_file(vconsole->image, name, 0644, bytes, IMAGE_HEAD, ORIGIN);

    if (result < 0)
        log_error("cannot add %s to the image: %s", name, strerror(-result));
    buffer_append_string(&vconsole->script, command);
    buffer_append_string(&vconsole->script, " <");
    buffer_append_string(&vconsole->script, name);
    buffer_append_string(&vconsole->script, "\n");
    return result;
}

static int spawn(char *const arguments[], int in, int out)
{
    char *const environment[] = {(char[]){"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, (char[]){"LC_ALL=C.UTF-8"}, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    int result;

    posix_spawn_file_actions_init(&actions);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    result = -posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (result < 0)
        return result;
    while (waitpid(child, &status, 0) < 0)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EINVAL;
}

/* Runs a program of this host; *out is a file with what it printed, read from its beginning. */
static int run(char *const arguments[], int in, const char *package, int *out)
{
    int result;

    *out = memfd_create("output", MFD_CLOEXEC);
    result = *out < 0 ? -errno : spawn(arguments, in, *out);
    if (result == -ENOENT)
        log_error("cannot make the keymap: there is no %s; Debian's package is %s", arguments[0], package);
    else if (result < 0)
        log_error("cannot make the keymap: %s failed", arguments[0]);
    else if (lseek(*out, 0, SEEK_SET) < 0)
        result = -errno;
    if (result < 0 && *out >= 0)
        close(*out);
    return result;
}

/* keymap: a file, or "-" for the standard input. */
static int add_binary_keymap(struct vconsole *vconsole, char *keymap, int in)
{
    char *arguments[] = {(char[]){"loadkeys"}, (char[]){"-q"}, (char[]){"-b"}, (char[]){"-u"}, keymap, NULL};
    struct buffer bytes = {0};
    int out;
    int result = run(arguments, in, "kbd", &out);

    if (result < 0)
        return result;
    result = file_read_fd(out, &bytes);
    close(out);
    if (result == 0)
        return add_file(vconsole, KEYMAP_PATH, &bytes, "loadkmap");
    log_error("cannot read what loadkeys printed: %s", strerror(-result));
    buffer_free(&bytes);
    return result;
}

/* Debian's, of XKB's layout, variant and options. */
static int add_xkb_keymap(struct vconsole *vconsole)
{
    char *values[] = {value_in(vconsole, KEYBOARD, "XKBLAYOUT"), value_in(vconsole, KEYBOARD, "XKBVARIANT"),
        value_in(vconsole, KEYBOARD, "XKBOPTIONS")};
    bool is_kernels_own = values[0] && !strcmp(values[0], "us") && !values[1] && !values[2];
    char *xkb = NULL;
    int result = 0;
    int out;

    if (values[0] && !is_kernels_own && sysroot_resolve(vconsole->sysroot, "/usr/share/X11/xkb", &xkb) < 0) {
        result = not_there(vconsole, "directory", "/usr/share/X11/xkb");
    } else if (xkb) {
        char *directory = allocate_format("-I%s", xkb);
        char *arguments[] = {(char[]){"ckbcomp"}, directory, (char[]){"-layout"}, values[0], (char[]){"-variant"},
            values[1] ? values[1] : (char[]){""}, (char[]){"-option"}, values[2] ? values[2] : (char[]){""}, NULL};

        result = run(arguments, -1, "console-setup", &out);
        if (result == 0) {
            result = add_binary_keymap(vconsole, (char[]){"-"}, out);
            close(out);
        }
        free(directory);
    }
    free(xkb);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        free(values[i]);
    return result;
}

static int add_keymap(struct vconsole *vconsole, const struct cmdline *cmdline)
{
    static const char *const directories[] = {"/usr/share/kbd/keymaps", "/usr/share/keymaps", "/lib/kbd/keymaps", NULL};
    static const char *const suffixes[] = {"", ".map", ".kmap", NULL};
    char *name = value_on(cmdline, "rd.vconsole.keymap");
    char *path;
    int result;

    if (!name)
        name = value_in(vconsole, VCONSOLE, "KEYMAP");
    if (!name)
        return add_xkb_keymap(vconsole);
    path = find(vconsole, name, directories, suffixes);
    if (path) {
        string_list_add(vconsole->inputs, path);
        result = add_binary_keymap(vconsole, path, -1);
    } else {
        result = not_there(vconsole, "keymap", name);
    }
    free(path);
    free(name);
    return result;
}

/* "Lat15", "Fixed" and "8x16" mean Lat15-Fixed16; "10x20" means ...20x10. "guess" is left to the kernel's own font. */
static char *name_of_parts(const struct vconsole *vconsole)
{
    char *codeset = value_in(vconsole, CONSOLE_SETUP, "CODESET");
    char *face = value_in(vconsole, CONSOLE_SETUP, "FONTFACE");
    char *size = value_in(vconsole, CONSOLE_SETUP, "FONTSIZE");
    char *by = size ? strchr(size, 'x') : NULL;
    char *name = NULL;

    if (codeset && face && by && strcmp(codeset, "guess") != 0) {
        *by = '\0';
        name = !strcmp(size, "8") ? allocate_format("%s-%s%s", codeset, face, by + 1)
                                  : allocate_format("%s-%s%sx%s", codeset, face, by + 1, size);
    }
    free(codeset);
    free(face);
    free(size);
    return name;
}

static int add_font(struct vconsole *vconsole, const struct cmdline *cmdline)
{
    static const char *const directories[] = {
        "/usr/share/kbd/consolefonts", "/usr/share/consolefonts", "/lib/kbd/consolefonts", NULL};
    static const char *const suffixes[] = {"", ".psf", ".psfu", NULL};
    char *name = value_on(cmdline, "rd.vconsole.font");
    char *path;
    struct buffer font = {0};
    int result = 0;

    if (!name)
        name = value_in(vconsole, VCONSOLE, "FONT");
    if (!name)
        name = value_in(vconsole, CONSOLE_SETUP, "FONT");
    if (!name)
        name = name_of_parts(vconsole);
    path = name ? find(vconsole, name, directories, suffixes) : NULL;
    if (name && !path)
        result = not_there(vconsole, "console font", name);
    if (path) {
        string_list_add(vconsole->inputs, path);
        result = image_archive_read_file(path, &font);
        if (result == 0)
            result = add_file(vconsole, FONT_PATH, &font, "loadfont");
    }
    buffer_free(&font);
    free(path);
    free(name);
    return result;
}

int vconsole_add(struct image *image, const char *sysroot, const char *cmdline, struct string_list *inputs)
{
    struct vconsole vconsole = {.image = image, .sysroot = sysroot, .inputs = inputs};
    struct cmdline words;
    int result = cmdline_parse(cmdline, "", &words);

    if (result == 0)
        result = add_keymap(&vconsole, &words);
    if (result == 0)
        result = add_font(&vconsole, &words);
    if (result == 0 && vconsole.script.size > 0)
        result = image_add_file(image, IMAGE_VCONSOLE_PATH, 0644, &vconsole.script, IMAGE_HEAD, ORIGIN);
    buffer_free(&vconsole.script);
    cmdline_free(&words);
    return result;
}
