#include "contract/live_words.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "contract/prefix.h"

/* MiB that are left for the system itself when an image is copied into memory. */
#define MEMORY_LEFT 128u

static bool is_yes(const char *value)
{
    return !cmdline_is_no(value) && !(value && !strcmp(value, "n"));
}

static bool is_boolean(const char *value)
{
    static const char *const all[] = {"0", "1", "no", "yes", "off", "on", "n", "y"};

    for (size_t i = 0; value && i < sizeof(all) / sizeof(all[0]); i++) {
        if (!strcmp(value, all[i]))
            return true;
    }
    return !value;
}

static void refuse(struct live_words *words, const char *word, const char *why)
{
    if (words->refused)
        return;
    words->refused_word = word;
    words->refused = why;
}

/* Which traditions a word belongs to. */
enum {
    DEBIAN = 1 << LIVE_DEBIAN,
    FEDORA = 1 << LIVE_FEDORA,
    ARCH = 1 << LIVE_ARCH,
    CASPER = 1 << LIVE_CASPER,
    A_FILE = 1 << LIVE_FILE,
    MEMORY = 1 << LIVE_MEMORY,
    MEDIA = DEBIAN | FEDORA | ARCH | CASPER,
    ALL = MEDIA | A_FILE | MEMORY,
};

static void set_true(const char *value, void *field)
{
    *(bool *)field = is_yes(value);
}

static void set_false(const char *value, void *field)
{
    *(bool *)field = !is_yes(value);
}

static void set_text(const char *value, void *field)
{
    if (value && *value)
        *(const char **)field = value;
}

/* Slashes at its beginning are left out: it is joined to the medium's mount point. */
static void set_directory(const char *value, void *field)
{
    if (value)
        *(const char **)field = value + strspn(value, "/");
}

static void set_number(const char *value, void *field)
{
    char *end = NULL;
    unsigned long long number = value ? strtoull(value, &end, 10) : 0;

    if (value && *value >= '0' && *value <= '9' && !*end)
        *(uint64_t *)field = number;
}

static void set_spec(const char *value, void *field)
{
    if (value)
        live_spec_set_device(field, value);
}

static void set_file(const char *value, void *field)
{
    if (value)
        live_spec_copy(field, value, strlen(value));
}

static enum live_removable kind_of_disk(const char *value)
{
    if (begins_with(value, "removable-usb"))
        return LIVE_REMOVABLE_USB;
    return begins_with(value, "removable") ? LIVE_REMOVABLE : LIVE_ANY_DISK;
}

/* live-media= may be a kind instead of a device. */
static void set_live_media(const char *value, void *field)
{
    struct live_words *words = field;

    if (!value)
        return;
    words->removable = kind_of_disk(value);
    if (words->removable == LIVE_ANY_DISK)
        live_spec_set_device(words->medium, value);
}

/* fromiso=/dev/sda1/path/to.iso */
static void set_from_iso(const char *value, void *field)
{
    struct live_words *words = field;
    size_t length = value ? live_spec_device_length(value) : 0;

    if (!value)
        return;
    live_spec_copy(words->medium, value, length);
    live_spec_copy(words->file, value + length, strlen(value + length));
}

/* toram, toram=yes, toram=NAME */
static void set_to_memory(const char *value, void *field)
{
    struct live_words *words = field;

    words->to_memory = is_yes(value);
    words->to_memory_image = is_boolean(value) ? NULL : value;
}

static void set_copy_to_memory(const char *value, void *field)
{
    struct live_words *words = field;

    words->to_memory_if_fits = value && !strcmp(value, "auto");
    words->to_memory = is_yes(value);
}

/* The words none and auto, a boolean, or where what is written goes. */
static void set_overlay(const char *value, void *field)
{
    struct live_words *words = field;

    words->overlay_on_medium = value && !strcmp(value, "auto");
    words->overlay =
        value && *value && !is_boolean(value) && !words->overlay_on_medium && strcmp(value, "none") != 0 ? value : NULL;
}

static void set_size_in_mib(const char *value, void *field)
{
    struct live_words *words = field;

    if (!value || !*value)
        return;
    words->overlay_size = value;
    words->overlay_size_is_in_mib = value[strspn(value, "0123456789")] == '\0';
}

static void set_persistence_storage(const char *value, void *field)
{
    struct live_words *words = field;

    if (!value)
        return;
    words->persistence_partitions = strstr(value, "filesystem") != NULL;
    words->persistence_files =
        strstr(value, "file,") == value || strstr(value, ",file") != NULL || !strcmp(value, "file");
}

static void set_persistence_media(const char *value, void *field)
{
    if (value)
        *(enum live_removable *)field = kind_of_disk(value);
}

/* A list of none and luks. What is not enciphered counts in any case. */
static void set_persistence_encryption(const char *value, void *field)
{
    if (value)
        *(bool *)field = strstr(value, "luks") != NULL;
}

/* The kernel's, by live-boot's names of them and by systemd's. */
static void set_on_corruption(const char *value, void *field)
{
    static const char *const names[] = {"ignore", "panic", "restart"};
    static const char *const options[] = {"ignore-corruption", "panic-on-corruption", "restart-on-corruption"};
    struct live_words *words = field;

    words->verity_options = NULL;
    for (size_t i = 0; value && i < sizeof(names) / sizeof(names[0]); i++) {
        if (!strcmp(value, names[i]))
            words->verity_options = options[i];
    }
    if (value && !words->verity_options)
        refuse(words, "dm-verity-oncorruption", "it is one of ignore, panic and restart");
}

/* There is no TLS here, and no other protocol that tells how long a file is. */
static void set_url(const char *value, void *field)
{
    struct live_words *words = field;

    if (value && begins_with(value, "http://"))
        words->url = value;
    else if (value && *value)
        refuse(words, "fetch", "a live system is fetched by http: alone");
}

static void refuse_union(const char *value, void *field)
{
    if (value && strcmp(value, "overlay") != 0 && strcmp(value, "overlayfs") != 0)
        refuse(field, "union", "the kernel has no other union than overlay");
}

#define FIELD(name) offsetof(struct live_words, name)

static const struct word {
    const char *key;
    int layouts;
    void (*set)(const char *value, void *field); /* value may be NULL */
    size_t field;
} words_known[] = {
    {"rd.live.dir", FEDORA, set_directory, FIELD(directory)},
    {"rd.live.squashimg", FEDORA, set_text, FIELD(image)},
    {"rd.live.ram", FEDORA | MEMORY, set_true, FIELD(to_memory)},
    {"rd.live.check", MEDIA, set_true, FIELD(check)},
    {"rd.live.overlay", ALL, set_overlay, 0},
    {"rd.overlay", ALL, set_overlay, 0},
    {"rd.live.overlay.size", ALL, set_size_in_mib, 0},
    {"rd.overlay.size", ALL, set_size_in_mib, 0},
    {"rd.live.overlay.readonly", ALL, set_true, FIELD(overlay_read_only)},
    {"rd.overlay.readonly", ALL, set_true, FIELD(overlay_read_only)},
    {"rd.live.overlay.reset", ALL, set_true, FIELD(overlay_reset)},
    {"rd.overlay.reset", ALL, set_true, FIELD(overlay_reset)},
    {"rd.minmem", ALL, set_number, FIELD(memory_left)},
    {"iso-scan/filename", MEDIA, set_file, FIELD(file)},
    {"findiso", MEDIA, set_file, FIELD(file)},
    {"live-media", DEBIAN | CASPER, set_live_media, 0},
    {"bootfrom", DEBIAN | CASPER, set_live_media, 0},
    {"fromiso", DEBIAN, set_from_iso, 0},
    {"isofrom", DEBIAN, set_from_iso, 0},
    {"live-media-path", DEBIAN | CASPER, set_directory, FIELD(directory)},
    {"toram", DEBIAN | CASPER, set_to_memory, 0},
    {"module", DEBIAN, set_text, FIELD(list)},
    {"fetch", DEBIAN, set_url, 0},
    {"layerfs-path", CASPER, set_text, FIELD(layer)},
    {"overlay-size", DEBIAN, set_text, FIELD(overlay_size)},
    {"verify-checksums", DEBIAN, set_true, FIELD(check)},
    {"integrity-check", DEBIAN | CASPER, set_true, FIELD(check)},
    {"persistence", DEBIAN, set_true, FIELD(persistence)},
    {"persistent", CASPER, set_true, FIELD(persistence)},
    {"nopersistence", DEBIAN, set_false, FIELD(persistence)},
    {"nopersistent", CASPER, set_false, FIELD(persistence)},
    {"persistence-label", DEBIAN, set_text, FIELD(persistence_label)},
    {"persistence-path", DEBIAN, set_directory, FIELD(persistence_directory)},
    {"persistent-path", CASPER, set_directory, FIELD(persistence_directory)},
    {"persistence-storage", DEBIAN, set_persistence_storage, 0},
    {"persistence-media", DEBIAN, set_persistence_media, FIELD(persistence_removable)},
    {"persistence-read-only", DEBIAN, set_true, FIELD(overlay_read_only)},
    {"persistence-encryption", DEBIAN, set_persistence_encryption, FIELD(persistence_luks)},
    {"union", DEBIAN, refuse_union, 0},
    {"roothash", ALL, set_text, FIELD(root_hash)},
    {"dm-verity-root-hash", DEBIAN, set_text, FIELD(image_hashes)},
    {"dm-verity-oncorruption", DEBIAN, set_on_corruption, 0},
    {"archisobasedir", ARCH, set_directory, FIELD(directory)},
    {"archisodevice", ARCH, set_spec, FIELD(medium)},
    {"copytoram", ARCH, set_copy_to_memory, 0},
    {"checksum", ARCH, set_true, FIELD(check)},
    {"cow_device", ARCH, set_overlay, 0},
    {"cow_label", ARCH, set_text, FIELD(overlay_label)},
    {"cow_directory", ARCH, set_directory, FIELD(overlay_directory)},
    {"archisolabel", ARCH, set_text, FIELD(arch_label)},
    {"cow_spacesize", ARCH, set_text, FIELD(overlay_size)},
    {"img_dev", ARCH, set_spec, FIELD(medium)},
    {"img_loop", ARCH, set_file, FIELD(file)},
    {"root", A_FILE, set_spec, FIELD(medium)},
    {"loop", A_FILE, set_file, FIELD(file)},
    {"loopfstype", A_FILE, set_text, FIELD(file_system)},
};

/* Words for what this /init does not do. A live system that lacked it would be another one than was asked for. */
static const struct refusal {
    const char *key;
    int layouts;
    const char *why;
} refusals[] = {
    {"rd.live.overlay.thin", FEDORA,
        "overlays of the device mapper are not made: leave the word out, and overlayfs is used"},
    {"rd.writable.fsimg", FEDORA,
        "the image is not copied to be written to: leave the word out, and overlayfs is used"},
    {"plainroot", DEBIAN, "name the root with root= and leave boot=live out"},
    {"exposedroot", DEBIAN, "a root of which only some directories can be written is not made"},
    {"dm-verity-enforce-roothash-signature", DEBIAN,
        "signatures are not verified: give the hash itself, with dm-verity-root-hash="},
    {"todisk", DEBIAN, "a live system is copied into memory (toram), not to a disk"},
    {"live-media-offset", DEBIAN, "a medium begins where its device does"},
    {"netboot", DEBIAN | CASPER, "a live system is fetched by http: alone, see fetch="},
    {"httpfs", DEBIAN, "a live system is fetched by http: alone, see fetch="},
    {"ftpfs", DEBIAN, "a live system is fetched by http: alone, see fetch="},
    {"archiso_http_srv", ARCH,
        "give the image itself, and no word of archiso's: root=live:http://SERVER/arch/x86_64/airootfs.sfs"},
    {"archiso_nfs_srv", ARCH, "a live system is fetched by http: alone, see fetch="},
    {"archiso_nbd_srv", ARCH, "a live system is fetched by http: alone, see fetch="},
    {"verify", ARCH, "signatures are not verified: this image has no gpg"},
};

/* root=live:SPEC: a device, or the path of a file, on one of the devices or in the initramfs itself. Beside
 * iso-scan/filename= it names what is inside that file, and says nothing of where the file lies (dracut's iso-scan). */
static void set_live_root(const char *root, struct live_words *words)
{
    const char *spec = begins_with(root, "live:") ? root + strlen("live:") : root;

    if (begins_with(spec, "http://"))
        words->url = spec;
    else if (live_spec_is_on_network(spec))
        refuse(words, "root", "a live system is fetched by http: alone");
    else if (*words->file)
        return;
    else if (*spec == '/' && !begins_with(spec, "/dev/"))
        set_file(spec, words->file);
    else
        live_spec_set_device(words->medium, spec);
}

/* archisolabel= and archisosearchuuid= name the medium by what lies on it. Where the medium is a file, its own name
 * says enough. */
static void set_arch_names(const struct cmdline *cmdline, struct live_words *words)
{
    static const char *const keys[] = {"archisolabel", "archisosearchuuid"}, *const prefixes[] = {"LABEL=", "UUID="};

    for (size_t i = 0; i < 2; i++) {
        const char *value = cmdline_value(cmdline, keys[i]);
        size_t length = strlen(prefixes[i]);

        if (!value || *words->medium || *words->file || length + strlen(value) >= LIVE_SPEC_SIZE)
            continue;
        memcpy(words->medium, prefixes[i], length);
        memcpy(words->medium + length, value, strlen(value) + 1);
    }
}

/* What the file system or the file that takes what is written is called, where no word says. */
static const char *persistence_label_of(enum live_layout layout)
{
    switch (layout) {
    case LIVE_DEBIAN:
        return "persistence";
    case LIVE_CASPER:
        return "casper-rw,writable";
    default:
        return "";
    }
}

static void read_word(const struct cmdline_word *word, struct live_words *words)
{
    static const char prefix[] = "live-boot."; /* live-boot takes each of its words with it, too */
    const char *key = begins_with(word->key, prefix) ? word->key + strlen(prefix) : word->key;
    int layout = 1 << words->layout;

    for (size_t i = 0; i < sizeof(words_known) / sizeof(words_known[0]); i++) {
        if (words_known[i].layouts & layout && !strcmp(words_known[i].key, key))
            words_known[i].set(word->value, (char *)words + words_known[i].field);
    }
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        if (refusals[i].layouts & layout && !strcmp(refusals[i].key, key) && is_yes(word->value))
            refuse(words, refusals[i].key, refusals[i].why);
    }
}

void live_words_read(const struct cmdline *cmdline, struct live_words *words)
{
    const char *root = cmdline_value(cmdline, "root");

    *words = (struct live_words){.layout = live_layout_find(cmdline),
        .list = "filesystem",
        .memory_left = MEMORY_LEFT,
        .persistence_partitions = true,
        .persistence_files = true,
        .persistence_directory = "",
        .arch_label = ""};
    if (words->layout == LIVE_NONE && (!root || !*root) && live_layout_is_alpine(cmdline)) {
        words->layout = LIVE_FILE;
        refuse(words, "modloop", "Alpine's root is put together by apk, which no image of kindling has");
    }
    if (words->layout == LIVE_NONE)
        return;
    words->directory = live_layout_directory(words->layout);
    words->persistence_label = persistence_label_of(words->layout);
    words->overlay_on_medium = words->layout == LIVE_FEDORA;
    for (size_t i = 0; i < cmdline->count; i++)
        read_word(&cmdline->words[i], words);
    if (words->layout == LIVE_FEDORA && root)
        set_live_root(root, words);
    if (words->layout == LIVE_ARCH)
        set_arch_names(cmdline, words);
    /* What was asked for last time, and what is asked for now by dracut's word, are one and the same. */
    words->plain =
        words->layout == LIVE_FILE && !cmdline_has(cmdline, "rd.overlay") && !cmdline_has(cmdline, "rd.live.overlay");
}
