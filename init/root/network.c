#include "root/network.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/network_words.h"
#include "root/firmware_network.h"
#include "root/network_child.h"
#include "root/network_files.h"
#include "root/network_resolver.h"
#include "root/network_root.h"
#include "root/root_file.h"
#include "root/wait.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

/* It sets networks up, and ends with the hand-over: it lives as long as boot->lease has an interface. */
static struct network_child configure;

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

/* ip=ibft, in words that the child reads; also where nothing is said of a card, and the firmware of its target. */
static const char *find_firmware_word(struct boot *boot)
{
    static char word[FIRMWARE_NETWORK_SIZE];
    bool is_asked_for = words.request_count == 0 && network_root_has_ibft(boot);
    const char *reason;
    int sysfs;

    for (size_t i = 0; i < boot->cmdline.count; i++)
        is_asked_for |= network_words_is_ibft(&boot->cmdline.words[i]);
    if (!is_asked_for)
        return NULL;
    module_load_named(&boot->modules, "iscsi_ibft");
    sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    reason = sysfs < 0 ? strerror(errno) : firmware_network_word(sysfs, word);
    if (sysfs >= 0)
        close(sysfs);
    if (!reason)
        return word;
    log_warning("no card is set up as the firmware has it: ", reason);
    return NULL;
}

/* The words about a network, for the child to read them as we do. Returns the vector, or NULL; its strings are one
 * block behind it. */
static char **arguments_of(const struct boot *boot, const char *task, bool may_give_up, const char *firmware_word)
{
    size_t size = 0, count = 0;
    char **arguments;
    char *text;

    for (size_t i = 0; i < boot->cmdline.count; i++) {
        const struct cmdline_word *word = &boot->cmdline.words[i];

        if (network_words_has(word->key))
            size += strlen(word->key) + 1 + (word->value ? strlen(word->value) : 0) + 1;
    }
    arguments = malloc((boot->cmdline.count + 5) * sizeof(char *) + size);
    if (!arguments)
        return NULL;
    text = (char *)(arguments + boot->cmdline.count + 5);
    arguments[count++] = (char *)NETWORK_PROGRAM;
    arguments[count++] = (char *)task;
    if (may_give_up)
        arguments[count++] = (char *)"--may-give-up";
    for (size_t i = 0; i < boot->cmdline.count; i++) {
        const struct cmdline_word *word = &boot->cmdline.words[i];
        size_t length = strlen(word->key) + 1 + (word->value ? strlen(word->value) : 0) + 1;

        if (!network_words_has(word->key) || network_words_is_ibft(word))
            continue;
        (void)text_join(text, length, word->key, word->value ? "=" : "", word->value ? word->value : "", NULL);
        arguments[count++] = text;
        text += length;
    }
    if (firmware_word)
        arguments[count++] = (char *)firmware_word;
    arguments[count] = NULL;
    return arguments;
}

/* struct wait: 1 when a network is up. */
static int look(struct boot *boot, void *unused)
{
    int what;

    (void)boot;
    (void)unused;
    do
        what = network_child_read(&configure);
    while (what > 0 && what != NETWORK_TOLD_UP);
    return what == -EAGAIN ? 0 : what;
}

static int start(struct boot *boot, bool may_give_up)
{
    char **arguments;
    int result;

    if (fault.key)
        return failure(fault.key, fault.reason, "cannot set up the network: ", fault.key, "=", fault.value,
            " on the kernel command line makes no sense: ", fault.reason, NULL);
    arguments = arguments_of(boot, "configure", may_give_up, find_firmware_word(boot));
    result = network_child_start(&configure, boot, arguments, "no network card was found");
    free(arguments);
    return result < 0 ? result : network_child_unblock(&configure);
}

static int wait_until_up(struct boot *boot, uint64_t seconds)
{
    struct wait wait = {
        .what = "the network: ", .spec = configure.state, .seconds = seconds, .at_each_step = true, .look = look};
    struct network_lease *lease = &boot->lease;
    char address[NETWORK_ADDRESS_SIZE], prefix[DECIMAL_SIZE], gateway[NETWORK_ADDRESS_SIZE];
    int result;

    if (driver_queues_want_network(&boot->devices.queues) < 0)
        return failure("network", "not enough memory", "not enough memory for the list of network cards", NULL);
    boot->devices.other = configure.pipe;
    result = wait_for(boot, &wait);
    boot->devices.other = -1;
    if (result < 0)
        return failure("network", configure.state, "there is no network: ", configure.state, NULL);
    *lease = configure.next;
    configure.next = (struct network_lease){0};
    log_info("network: ", lease->interface, " has the address ", network_address_format(&lease->address, address), "/",
        text_decimal(lease->prefix, prefix), " (", lease->method, lease->gateway.family ? "), gateway " : ")",
        network_address_format(&lease->gateway, gateway));
    network_resolver_set(boot);
    return 0;
}

static int bring_up(struct boot *boot, uint64_t seconds, bool may_give_up)
{
    int result = start(boot, may_give_up);

    if (result == 0)
        result = wait_until_up(boot, seconds);
    if (result < 0)
        network_child_end(&configure); /* whoever tries again begins anew */
    return result;
}

int network_bring_up(struct boot *boot)
{
    return *boot->lease.interface ? 0 : bring_up(boot, boot->options.timeout, false);
}

int network_resolve(struct boot *boot, const char *name, struct network_address *address)
{
    char *arguments[] = {(char *)NETWORK_PROGRAM, (char *)"resolve", (char *)name, NULL};
    static struct network_child child;
    int result, what;

    if (network_address_parse(name, strlen(name), address) == 0)
        return 0;
    if (!network_host_is_valid(name, strlen(name)))
        return failure(name, "no host's name", name, " is no host's name", NULL);
    result = network_child_start(&child, boot, arguments, "there was no answer");
    if (result < 0)
        return result;
    do
        what = network_child_read(&child);
    while (what >= 0 && what != NETWORK_TOLD_ADDRESS);
    network_child_end(&child);
    if (what != NETWORK_TOLD_ADDRESS)
        return failure(name, child.state, "cannot find the address of ", name, ": ", child.state, NULL);
    *address = child.found;
    return 0;
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
    if (!*boot->lease.interface)
        return;
    network_files_write("/run", &boot->lease, network_root_is_wanted(boot));
    set_host_name(boot->lease.host_name);
    network_resolver_hand_over(boot);
    while (network_child_read(&configure) > 0) {
        network_files_write("/run", &configure.next, false); /* of another card, which came later */
        configure.next = (struct network_lease){0};
    }
    network_child_end(&configure);
}

int step_network(struct boot *boot)
{
    if (!words.is_needed || *boot->lease.interface)
        return 0;
    if (bring_up(boot, boot->options.timeout, true) < 0)
        log_warning("the boot goes on without a network");
    return 0;
}
