#include "unit.h"

#include <string.h>

#include "contract/live_words.h"

static struct cmdline cmdline;
static struct live_words words;

static void read_words(const char *text)
{
    cmdline_free(&cmdline);
    assert_int_equal(cmdline_parse("", text, &cmdline), 0);
    live_words_read(&cmdline, &words);
}

static void traditions(void **state)
{
    static const struct {
        const char *text;
        enum live_layout layout;
        const char *directory;
    } cases[] = {
        {"root=UUID=1 ro quiet", LIVE_NONE, NULL},
        {"boot=local root=/dev/sda1", LIVE_NONE, NULL},
        {"root=/dev/sda1 rd.overlay toram", LIVE_NONE, NULL},
        {"boot=live", LIVE_DEBIAN, "live"},
        {"boot=live live-media-path=/debian/live", LIVE_DEBIAN, "debian/live"},
        {"boot=casper", LIVE_CASPER, "casper"},
        {"root=live:CDLABEL=F", LIVE_FEDORA, "LiveOS"},
        {"root=LABEL=F rd.live.image rd.live.dir=images", LIVE_FEDORA, "images"},
        {"archisobasedir=arch archisolabel=A", LIVE_ARCH, "arch"},
        {"archisosearchuuid=2024-01-01-00-00-00-00", LIVE_ARCH, "arch"},
        {"root=/dev/sda1 loop=/root.img", LIVE_FILE, ""},
        {"root=/dev/sda1 loop=max", LIVE_NONE, NULL},
        {"root=ram", LIVE_MEMORY, ""},
        {"root=ram boot=live", LIVE_MEMORY, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        read_words(cases[i].text);
        assert_int_equal(words.layout, cases[i].layout);
        if (cases[i].directory)
            assert_string_equal(words.directory, cases[i].directory);
        assert_null(words.refused);
    }
}

static void fetched(void **state)
{
    (void)state;
    read_words("root=live:http://10.0.2.2/f.squashfs");
    assert_int_equal(words.layout, LIVE_FEDORA);
    assert_string_equal(words.url, "http://10.0.2.2/f.squashfs");
    assert_null(words.refused);
    read_words("boot=live fetch=http://server/live/filesystem.squashfs");
    assert_int_equal(words.layout, LIVE_DEBIAN);
    assert_string_equal(words.url, "http://server/live/filesystem.squashfs");
    assert_null(words.refused);
    read_words("root=live:LABEL=x fetch=http://server/x");
    assert_null(words.url);
}

static void media(void **state)
{
    static const struct {
        const char *text, *medium, *file;
    } cases[] = {
        {"boot=live", "", ""},
        {"root=live:CDLABEL=Fedora-WS-Live-39", "LABEL=Fedora-WS-Live-39", ""},
        {"root=live:LABEL=x", "LABEL=x", ""},
        {"root=live:UUID=2024-01-01-00-00-00-00", "UUID=2024-01-01-00-00-00-00", ""},
        {"root=live:/dev/sr0", "/dev/sr0", ""},
        {"root=live:/isos/f.iso", "", "/isos/f.iso"},
        {"root=live:CDLABEL=x iso-scan/filename=/f.iso", "", "/f.iso"},
        {"iso-scan/filename=/f.iso root=live:/dev/disk/by-label/x", "", "/f.iso"},
        {"root=live:/LiveOS/squashfs.img iso-scan/filename=/f.iso", "", "/f.iso"},
        {"root=CDLABEL=x rd.live.image", "LABEL=x", ""},
        {"boot=live live-media=/dev/sdb1", "/dev/sdb1", ""},
        {"boot=live live-media=removable", "", ""},
        {"boot=live findiso=/d.iso", "", "/d.iso"},
        {"boot=live fromiso=/dev/sda1/isos/d.iso", "/dev/sda1", "/isos/d.iso"},
        {"boot=live isofrom=/dev/disk/by-label/MY/d.iso", "/dev/disk/by-label/MY", "/d.iso"},
        {"boot=live fromiso=/dev/mapper/vg-root/d.iso", "/dev/mapper/vg-root", "/d.iso"},
        {"boot=live fromiso=/dev/sda1", "/dev/sda1", ""},
        {"boot=live fromiso=d.iso", "", "d.iso"},
        {"archisobasedir=arch archisolabel=ARCH_202401", "LABEL=ARCH_202401", ""},
        {"archisobasedir=arch archisosearchuuid=1-2", "UUID=1-2", ""},
        {"archisobasedir=arch archisodevice=/dev/sr0 archisolabel=x", "/dev/sr0", ""},
        {"archisobasedir=arch img_dev=UUID=1 img_loop=/a.iso archisolabel=x", "UUID=1", "/a.iso"},
        {"archisobasedir=arch img_loop=/a.iso archisolabel=x", "", "/a.iso"},
        {"root=LABEL=win loop=/ubuntu/root.disk", "LABEL=win", "/ubuntu/root.disk"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        read_words(cases[i].text);
        assert_string_equal(words.medium, cases[i].medium);
        assert_string_equal(words.file, cases[i].file);
    }
    read_words("boot=live live-media=removable-usb");
    assert_int_equal(words.removable, LIVE_REMOVABLE_USB);
    read_words("boot=live live-media=removable persistence-media=removable-usb");
    assert_int_equal(words.removable, LIVE_REMOVABLE);
    assert_int_equal(words.persistence_removable, LIVE_REMOVABLE_USB);
}

static void memory(void **state)
{
    (void)state;
    read_words("boot=live toram");
    assert_true(words.to_memory);
    assert_null(words.to_memory_image);
    read_words("boot=live toram=filesystem.squashfs");
    assert_true(words.to_memory);
    assert_string_equal(words.to_memory_image, "filesystem.squashfs");
    read_words("boot=live live-boot.toram rd.minmem=512");
    assert_true(words.to_memory);
    assert_int_equal(words.memory_left, 512);
    read_words("root=live:LABEL=x rd.live.ram=1 rd.minmem=many");
    assert_true(words.to_memory);
    assert_int_equal(words.memory_left, 128);
    read_words("root=live:LABEL=x rd.live.ram=0 toram");
    assert_false(words.to_memory);
    read_words("archisobasedir=arch copytoram=auto");
    assert_true(words.to_memory_if_fits);
    read_words("archisobasedir=arch copytoram=n");
    assert_false(words.to_memory);
    assert_false(words.to_memory_if_fits);
}

static void what_is_written(void **state)
{
    (void)state;
    read_words("root=live:LABEL=x");
    assert_null(words.overlay);
    assert_true(words.overlay_on_medium);
    assert_false(words.plain);
    read_words("root=live:LABEL=x rd.live.overlay=LABEL=persist:/dir");
    assert_string_equal(words.overlay, "LABEL=persist:/dir");
    read_words("root=live:LABEL=x rd.live.overlay=none rd.live.overlay.size=512 rd.live.overlay.reset");
    assert_null(words.overlay);
    assert_string_equal(words.overlay_size, "512");
    assert_true(words.overlay_size_is_in_mib);
    assert_true(words.overlay_reset);
    assert_false(words.overlay_on_medium);
    read_words("root=live:LABEL=x rd.live.overlay=auto");
    assert_null(words.overlay);
    assert_true(words.overlay_on_medium);
    read_words("boot=live");
    assert_false(words.overlay_on_medium);
    read_words("boot=live rd.overlay=auto");
    assert_true(words.overlay_on_medium);
    read_words("boot=live overlay-size=30%");
    assert_string_equal(words.overlay_size, "30%");
    assert_false(words.overlay_size_is_in_mib);
    read_words("archisolabel=A cow_label=cow cow_directory=/mine");
    assert_null(words.refused);
    assert_string_equal(words.overlay_label, "cow");
    assert_string_equal(words.overlay_directory, "mine");
    assert_string_equal(words.arch_label, "A");
    read_words("root=/dev/sda1 loop=/r.img");
    assert_true(words.plain);
    assert_null(words.file_system);
    read_words("root=/dev/sda1 rootfstype=ntfs loop=/r.img loopfstype=squashfs,ext4"); /* the first is its carrier's */
    assert_string_equal(words.file_system, "squashfs,ext4");
    read_words("root=/dev/sda1 loop=/r.img rd.overlay");
    assert_false(words.plain);
}

static void persistence(void **state)
{
    (void)state;
    read_words("boot=live persistence");
    assert_true(words.persistence);
    assert_string_equal(words.persistence_label, "persistence");
    assert_true(words.persistence_files && words.persistence_partitions);
    read_words("boot=live persistence persistence-storage=file persistence-label=mine persistence-path=/sub");
    assert_true(words.persistence_files);
    assert_false(words.persistence_partitions);
    assert_string_equal(words.persistence_label, "mine");
    assert_string_equal(words.persistence_directory, "sub");
    read_words("boot=live persistence persistence-storage=filesystem nopersistence");
    assert_false(words.persistence);
    assert_false(words.persistence_files);
    assert_false(words.persistence_luks);
    read_words("boot=live persistence persistence-encryption=none,luks");
    assert_true(words.persistence_luks);
    read_words("boot=live persistence persistence-encryption=none");
    assert_false(words.persistence_luks);
    read_words("boot=casper persistent");
    assert_true(words.persistence);
    assert_string_equal(words.persistence_label, "casper-rw,writable");
    read_words("boot=casper persistence");
    assert_false(words.persistence);
}

static void refused(void **state)
{
    static const struct {
        const char *text, *word;
    } cases[] = {
        {"boot=live fetch=ftp://10.0.2.2/root.squashfs", "fetch"},
        {"boot=live union=aufs", "union"},
        {"root=live:https://10.0.2.2/f.squashfs", "root"},
        {"root=live:LABEL=x rd.live.overlay.thin=1", "rd.live.overlay.thin"},
        {"archisobasedir=arch archiso_http_srv=http://10.0.2.2/", "archiso_http_srv"},
        {"modules=loop,squashfs alpine_dev=usbdisk:vfat", "modloop"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        read_words(cases[i].text);
        assert_non_null(words.refused);
        assert_string_equal(words.refused_word, cases[i].word);
    }
    read_words("boot=live union=overlay plainroot=0");
    assert_null(words.refused);
    read_words("root=/dev/sda1 modloop=/boot/modloop-lts");
    assert_int_equal(words.layout, LIVE_NONE);
}

static void hashes(void **state)
{
    (void)state;
    read_words("boot=live");
    assert_null(words.root_hash);
    assert_null(words.image_hashes);
    read_words("boot=live dm-verity-root-hash=filesystem.squashfs:12,more.squashfs:34 dm-verity-oncorruption=panic");
    assert_string_equal(words.image_hashes, "filesystem.squashfs:12,more.squashfs:34");
    assert_string_equal(words.verity_options, "panic-on-corruption");
    read_words("root=live:LABEL=x roothash=12 dm-verity-root-hash=filesystem.squashfs:34");
    assert_string_equal(words.root_hash, "12");
    assert_null(words.image_hashes);
    read_words("boot=live dm-verity-oncorruption=mend");
    assert_string_equal(words.refused_word, "dm-verity-oncorruption");
}

/* What does not fit names nothing. */
static void too_long(void **state)
{
    static char text[2 * LIVE_SPEC_SIZE];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    memcpy(text, "root=live:LABEL=", strlen("root=live:LABEL="));
    read_words(text);
    assert_string_equal(words.medium, "");
    memcpy(text, "archisolabel=", strlen("archisolabel="));
    read_words(text);
    assert_string_equal(words.medium, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traditions),
        cmocka_unit_test(media),
        cmocka_unit_test(fetched),
        cmocka_unit_test(memory),
        cmocka_unit_test(what_is_written),
        cmocka_unit_test(persistence),
        cmocka_unit_test(refused),
        cmocka_unit_test(hashes),
        cmocka_unit_test(too_long),
    };
    int result = RUN_TESTS(tests);

    cmdline_free(&cmdline);
    return result;
}
