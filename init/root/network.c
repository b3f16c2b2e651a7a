#include "root/network.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/network_words.h"
#include "format/digest.h"
#include "module/program.h"
#include "root/network_files.h"
#include "root/network_root.h"
#include "root/root_file.h"
#include "root/wait.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define PROGRAM "/lib/kindling/network"
#define RESOLVER_FILE "/etc/resolv.conf"
#define STATE_SIZE 256u

/* What the child is saying. */
static struct {
    char line[NETWORK_LINE_SIZE + STATE_SIZE];
    size_t used;
    char state[STATE_SIZE];       /* what it waits for, as a clause */
    struct network_lease next;    /* as far as it was told */
    struct network_address found; /* of a host */
    uint64_t next_note;           /* of a download's progress, which it tells each second; as timing_now */
} said;

/* What the command line says: read once, by network_check_words. */
static struct network_words words;
static struct network_fault fault;

void network_check_words(const struct boot *boot)
{
    network_words_read(&boot->cmdline, &words, &fault);
    if (fault.key)
        log_warning(
            fault.key, "=", fault.value, " on the kernel command line makes no sense, and is ignored: ", fault.reason);
    for (size_t i = 0; i < words.request_count; i++) {
        if (words.requests[i].is_prefix_guessed)
            log_info("ip= gives an address without a mask: that of its class is taken");
    }
}

/* The words about a network, for the child to read them as we do. Returns the vector, or NULL; its strings are one
 * block behind it. */
static char **arguments_of(const struct boot *boot, const char *task, bool may_give_up)
{
    size_t size = 0, count = 0;
    char **arguments;
    char *text;

    for (size_t i = 0; i < boot->cmdline.count; i++) {
        const struct cmdline_word *word = &boot->cmdline.words[i];

        if (network_words_has(word->key))
            size += strlen(word->key) + 1 + (word->value ? strlen(word->value) : 0) + 1;
    }
    arguments = malloc((boot->cmdline.count + 4) * sizeof(char *) + size);
    if (!arguments)
        return NULL;
    text = (char *)(arguments + boot->cmdline.count + 4);
    arguments[count++] = (char *)PROGRAM;
    arguments[count++] = (char *)task;
    if (may_give_up)
        arguments[count++] = (char *)"--may-give-up";
    for (size_t i = 0; i < boot->cmdline.count; i++) {
        const struct cmdline_word *word = &boot->cmdline.words[i];
        size_t length = strlen(word->key) + 1 + (word->value ? strlen(word->value) : 0) + 1;

        if (!network_words_has(word->key))
            continue;
        (void)text_join(text, length, word->key, word->value ? "=" : "", word->value ? word->value : "", NULL);
        arguments[count++] = text;
        text += length;
    }
    arguments[count] = NULL;
    return arguments;
}

/* Returns the reading end of its pipe, or a -errno after the failure was noted. */
static int start_child(struct boot *boot, char **arguments, pid_t *child)
{
    const char *culprit;
    int ends[2];
    int result = program_unpack(&boot->index, PROGRAM, &culprit);

    if (result == -ENOENT)
        return failure("network", "not in the image",
            "this image has no network: make it with the feature network (kindling build -f network)", NULL);
    if (result < 0)
        return failure_because(culprit, strerror(-result), "cannot unpack ", culprit, ", which a network needs", NULL);
    if (!arguments || pipe2(ends, O_CLOEXEC) < 0)
        return failure_because("network", strerror(errno), "cannot start " PROGRAM, NULL);
    *child = process_start(arguments, ends[1]);
    close(ends[1]);
    if (*child < 0) {
        close(ends[0]);
        return failure_because("network", strerror(-*child), "cannot start " PROGRAM, NULL);
    }
    return ends[0];
}

/* "KEY VALUE": true when the line has that key; *value then is what stands behind it. */
static bool line_has(const char *line, const char *key, const char **value)
{
    size_t length = strlen(key);

    if (strncmp(line, key, length) != 0 || (line[length] != ' ' && line[length] != '\0'))
        return false;
    *value = line[length] ? line + length + 1 : "";
    return true;
}

/* What a line has told; the others only fill in what is said. */
enum told { TOLD_NOTHING, TOLD_UP, TOLD_ADDRESS, TOLD_PROGRESS, TOLD_FETCHED };

static enum told take_line(const char *line)
{
    const char *value;

    if (line_has(line, "up", &value))
        return *said.next.interface ? TOLD_UP : TOLD_NOTHING;
    if (line_has(line, "found", &value))
        return network_address_parse(value, strlen(value), &said.found) == 0 ? TOLD_ADDRESS : TOLD_NOTHING;
    if (line_has(line, "fetched", &value))
        return TOLD_FETCHED;
    if (line_has(line, "progress", &value)) {
        if (timing_now() >= said.next_note) {
            log_warning("fetched ", value);
            said.next_note = timing_now() + WAIT_FSCK_NOTES;
        }
        return TOLD_PROGRESS;
    }
    if (line_has(line, "state", &value))
        (void)text_join(said.state, sizeof(said.state), value, NULL); /* cut it says most of it */
    else if (line_has(line, "warning", &value))
        log_warning(value);
    else if (line_has(line, "note", &value))
        log_info(value);
    else if (network_lease_read(&said.next, line) < 0)
        log_debug("the network's program says what is not understood: ", line);
    return TOLD_NOTHING;
}

/* Takes in what waits to be read, up to what is told. Returns as take_line, -EAGAIN when nothing more is
 * waiting, -EPIPE at the child's end. */
static int take_lines(int pipe)
{
    for (;;) {
        char *end = memchr(said.line, '\n', said.used);
        ssize_t length;
        int what;

        if (end) {
            *end = '\0';
            what = take_line(said.line);
            said.used -= (size_t)(end + 1 - said.line);
            memmove(said.line, end + 1, said.used);
            if (what > 0)
                return what;
            continue;
        }
        if (said.used == sizeof(said.line))
            said.used = 0; /* longer than any line is */
        length = read(pipe, said.line + said.used, sizeof(said.line) - said.used);
        if (length < 0 && errno != EINTR)
            return -errno;
        if (length == 0)
            return -EPIPE;
        said.used += length > 0 ? (size_t)length : 0;
    }
}

/* resolv.conf(5). Names of the command line go first. Returns 0 or -errno. */
static int write_resolver(const struct network_lease *lease, int fd)
{
    char address[NETWORK_ADDRESS_SIZE], text[1024] = "", before[sizeof(text)];
    ssize_t written;

    for (size_t i = 0; i < lease->dns_count; i++) {
        memcpy(before, text, sizeof(text));
        (void)text_join(text, sizeof(text), before, "nameserver ", network_address_format(&lease->dns[i], address),
            "\n", NULL); /* there is room */
    }
    memcpy(before, text, sizeof(text));
    if (*lease->search || *lease->domain)
        (void)text_join(
            text, sizeof(text), before, "search ", *lease->search ? lease->search : lease->domain, "\n", NULL);
    written = write(fd, text, strlen(text));
    return written == (ssize_t)strlen(text) ? 0 : written < 0 ? -errno : -EIO;
}

/* For musl's resolver. */
static void set_resolver(const struct boot *boot)
{
    int fd = open(RESOLVER_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0 || write_resolver(&boot->lease, fd) < 0)
        log_warning("cannot write " RESOLVER_FILE ": no host's name can be found");
    if (fd >= 0)
        close(fd);
}

/* A root that forgets whatever is written to it, and says nothing of name servers, has ours: as live-boot has it. What
 * a symbolic link points to is for those to fill who made it. */
static void hand_resolver_over(const struct boot *boot)
{
    struct stat status;
    int fd = boot->is_volatile ? new_root_open(RESOLVER_FILE, O_WRONLY | O_CREAT | O_NOFOLLOW) : -ELOOP;
    int result = fd < 0 ? fd : 0;

    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size == 0)
        result = write_resolver(&boot->lease, fd);
    if (fd >= 0)
        close(fd);
    if (result < 0 && result != -ELOOP)
        log_warning("cannot write " RESOLVER_FILE " of the root: ", strerror(-result));
}

/* struct wait: 1 when a network is up. */
static int look(struct boot *boot, void *unused)
{
    int what;

    (void)unused;
    do
        what = take_lines(boot->network_lines);
    while (what > 0 && what != TOLD_UP);
    return what == -EAGAIN ? 0 : what;
}

static int start(struct boot *boot, bool may_give_up)
{
    char **arguments;
    int pipe;

    if (fault.key)
        return failure(fault.key, fault.reason, "cannot set up the network: ", fault.key, "=", fault.value,
            " on the kernel command line makes no sense: ", fault.reason, NULL);
    said.used = 0; /* of a child before this one */
    said.next = (struct network_lease){0};
    (void)text_join(said.state, sizeof(said.state), "no network card was found", NULL);
    arguments = arguments_of(boot, "configure", may_give_up);
    pipe = start_child(boot, arguments, &boot->network_child);
    free(arguments);
    if (pipe < 0)
        return pipe;
    if (fcntl(pipe, F_SETFL, O_NONBLOCK) < 0)
        return failure_because("network", strerror(errno), "cannot wait for " PROGRAM, NULL);
    boot->network_lines = pipe;
    return 0;
}

static int wait_until_up(struct boot *boot, uint64_t seconds)
{
    struct wait wait = {
        .what = "the network: ", .spec = said.state, .seconds = seconds, .at_each_step = true, .look = look};
    struct network_lease *lease = &boot->lease;
    char address[NETWORK_ADDRESS_SIZE], prefix[DECIMAL_SIZE], gateway[NETWORK_ADDRESS_SIZE];
    int result;

    if (driver_queues_want_network(&boot->devices.queues) < 0)
        return failure("network", "not enough memory", "not enough memory for the list of network cards", NULL);
    boot->devices.other = boot->network_lines;
    result = wait_for(boot, &wait);
    boot->devices.other = -1;
    if (result < 0)
        return failure("network", said.state, "there is no network: ", said.state, NULL);
    *lease = said.next;
    said.next = (struct network_lease){0};
    log_info("network: ", lease->interface, " has the address ", network_address_format(&lease->address, address), "/",
        text_decimal(lease->prefix, prefix), " (", lease->method, lease->gateway.family ? "), gateway " : ")",
        network_address_format(&lease->gateway, gateway));
    set_resolver(boot);
    return 0;
}

static void end_child(struct boot *boot)
{
    if (boot->network_child <= 0)
        return;
    kill(boot->network_child, SIGKILL);
    (void)waitpid(boot->network_child, NULL, 0);
    close(boot->network_lines);
    boot->network_child = 0;
}

static int bring_up(struct boot *boot, uint64_t seconds, bool may_give_up)
{
    int result = boot->network_child > 0 ? 0 : start(boot, may_give_up);

    if (result == 0)
        result = wait_until_up(boot, seconds);
    if (result < 0)
        end_child(boot); /* whoever tries again begins anew */
    return result;
}

int network_bring_up(struct boot *boot)
{
    return *boot->lease.interface ? 0 : bring_up(boot, boot->options.timeout, false);
}

int network_resolve(struct boot *boot, const char *name, struct network_address *address)
{
    char *arguments[] = {(char *)PROGRAM, (char *)"resolve", (char *)name, NULL};
    pid_t child = -1;
    int pipe, what;

    if (network_address_parse(name, strlen(name), address) == 0)
        return 0;
    if (!network_host_is_valid(name, strlen(name)))
        return failure(name, "no host's name", name, " is no host's name", NULL);
    pipe = start_child(boot, arguments, &child);
    if (pipe < 0)
        return pipe;
    said.used = 0;
    (void)text_join(said.state, sizeof(said.state), "there was no answer", NULL);
    do
        what = take_lines(pipe);
    while (what >= 0 && what != TOLD_ADDRESS);
    close(pipe);
    (void)waitpid(child, NULL, 0);
    if (what != TOLD_ADDRESS)
        return failure(name, said.state, "cannot find the address of ", name, ": ", said.state, NULL);
    *address = said.found;
    return 0;
}

/* What a download waits for. */
struct download {
    int pipe;
    int what; /* was told last */
};

/* struct wait: 1 when it has gone on, or is done. */
static int look_at_download(struct boot *boot, void *wanted)
{
    struct download *download = wanted;

    (void)boot;
    do
        download->what = take_lines(download->pipe);
    while (download->what == TOLD_UP || download->what == TOLD_ADDRESS);
    return download->what > 0 ? 1 : download->what == -EAGAIN ? 0 : download->what;
}

static int wait_for_download(struct boot *boot, const char *url, int pipe)
{
    struct download download = {.pipe = pipe};
    struct wait wait = {.what = "the download: ",
        .spec = said.state,
        .seconds = boot->options.timeout,
        .at_each_step = true,
        .look = look_at_download,
        .wanted = &download};
    int result;

    boot->devices.other = pipe;
    do
        result = wait_for(boot, &wait);
    while (result == 0 && download.what != TOLD_FETCHED);
    boot->devices.other = -1;
    return result < 0 ? failure(url, said.state, "cannot fetch ", url, ": ", said.state, NULL) : 0;
}

static int digest_file(const char *path, char text[DIGEST_TEXT_SIZE])
{
    static uint8_t buffer[65536];
    struct digest digest;
    ssize_t length;
    int fd = open(path, O_RDONLY | O_CLOEXEC), result;

    if (fd < 0)
        return -errno;
    digest_begin(&digest, DIGEST_SHA256);
    while ((length = read(fd, buffer, sizeof(buffer))) > 0)
        digest_add(&digest, buffer, (size_t)length);
    result = length < 0 ? -errno : 0;
    digest_end(&digest, text);
    close(fd);
    return result;
}

/* kindling.sha256=, as sha256sum(1) writes it. */
static int compare_digest(const struct boot *boot, const char *url, const char *path)
{
    const char *wanted = cmdline_value(&boot->cmdline, "kindling.sha256");
    char digest[DIGEST_TEXT_SIZE];
    int result = wanted ? digest_file(path, digest) : 0;

    if (result < 0)
        return failure_because(path, strerror(-result), "cannot read ", path, NULL);
    if (!wanted || !strcasecmp(wanted, digest))
        return 0;
    return failure(
        url, "another file", url, " is not the file that kindling.sha256= means: its digest is ", digest, NULL);
}

int network_fetch(struct boot *boot, const char *url, const char *path)
{
    char *arguments[] = {(char *)PROGRAM, (char *)"fetch", (char *)url, (char *)path, NULL};
    pid_t child = -1;
    int result = network_bring_up(boot), pipe;

    if (result < 0)
        return result;
    pipe = start_child(boot, arguments, &child);
    if (pipe < 0)
        return pipe;
    said.used = 0;
    (void)text_join(said.state, sizeof(said.state), "the server does not answer", NULL);
    if (fcntl(pipe, F_SETFL, O_NONBLOCK) < 0)
        result = failure_because("network", strerror(errno), "cannot wait for " PROGRAM, NULL);
    if (result == 0)
        result = wait_for_download(boot, url, pipe);
    kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    close(pipe);
    return result < 0 ? result : compare_digest(boot, url, path);
}

/* Where the root has no name of its own for the machine, hostname(5). */
static void set_host_name(const char *name)
{
    char *own;
    bool has_own = new_root_read("/etc/hostname", &own) == 0;
    bool is_none = !has_own || !*own || !strncmp(own, "localhost", strlen("localhost"));

    if (has_own)
        free(own);
    if (*name && is_none && sethostname(name, strlen(name)) < 0)
        log_warning("cannot set the host name ", name, ": ", strerror(errno));
}

void network_hand_over(struct boot *boot)
{
    if (!*boot->lease.interface) {
        end_child(boot);
        return;
    }
    network_files_write("/run", &boot->lease, network_root_is_wanted(boot));
    set_host_name(boot->lease.host_name);
    hand_resolver_over(boot);
    while (boot->network_child > 0 && take_lines(boot->network_lines) > 0) {
        network_files_write("/run", &said.next, false); /* of another card, which came later */
        said.next = (struct network_lease){0};
    }
    end_child(boot);
}

int step_network(struct boot *boot)
{
    if (!words.is_needed || *boot->lease.interface)
        return 0;
    if (bring_up(boot, boot->options.timeout, true) < 0)
        log_warning("the boot goes on without a network");
    return 0;
}
