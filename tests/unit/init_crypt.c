/* What is said of a LUKS volume, in each tradition's words, and what its header tells. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "contract/crypttab.h"
#include "fixture.h"
#include "format/luks_header.h"
#include "format/superblock.h"
#include "storage/crypt.h"
#include "storage/crypt_volume.h"

#define UUID "7c7c7c7c-1111-4222-8333-0123456789ab"

static struct block_device device;
static struct crypt_volume volume;
static struct cmdline cmdline;
static struct storage storage = {.cmdline = &cmdline};

/* This system's own crypttab has no say. */
static int find(const char *words)
{
    int result;

    device = (struct block_device){.path = "/dev/vda2", .superblock_read = true, .partition_read = true};
    device.superblock = (struct superblock){.usage = SUPERBLOCK_CRYPTO, .type = "crypto_LUKS", .uuid = UUID};
    cmdline_free(&cmdline);
    assert_int_equal(cmdline_parse("rd.luks.crypttab=0", words, &cmdline), 0);
    result = crypt_volume_find(&storage, &device, &volume);
    return result;
}

static void test_names(void **state)
{
    static const struct {
        const char *words;
        bool is_named;
        const char *name;
    } cases[] = {
        {"root=UUID=1 quiet", false, "luks-" UUID},
        {"rd.luks.uuid=" UUID, true, "luks-" UUID},
        {"rd.luks.uuid=luks-7C7C7c7c", true, "luks-" UUID},
        {"luks.uuid=luks-" UUID, true, "luks-" UUID},
        {"rd.luks.uuid=8c7c7c7c", false, "luks-" UUID},
        {"rd.luks.uuid=", false, "luks-" UUID},
        {"rd.luks.name=" UUID "=system", true, "system"},
        {"luks.name=" UUID "=system rd.luks.name=1234=other", true, "system"},
        {"cryptdevice=/dev/vda2:system", true, "system"},
        {"cryptdevice=UUID=" UUID ":system:allow-discards", true, "system"},
        {"cryptdevice=/dev/vda3:system", false, "luks-" UUID},
        {"cryptopts=target=system,source=UUID=" UUID ",discard", true, "system"},
        {"cryptopts=source=/dev/vda2", true, "cryptroot"},
        {"cryptopts=target=system,source=/dev/vda3", false, "luks-" UUID},
        {"cryptroot=UUID=" UUID " cryptdm=system", true, "system"},
        {"cryptroot=/dev/vda2", true, "root"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(find(cases[i].words), 0);
        assert_int_equal(volume.is_named, cases[i].is_named);
        assert_string_equal(volume.name, cases[i].name);
    }
    assert_int_equal(find("rd.luks.name=7c7c7c7c-1111=a/b"), 0);
    assert_string_equal(volume.name, "luks-" UUID);
}

static void test_hostile_uuid(void **state)
{
    (void)state;
    assert_int_equal(find(""), 0);
    strcpy(device.superblock.uuid, "../../x");
    assert_int_equal(crypt_volume_find(&storage, &device, &volume), 0);
    assert_string_equal(volume.name, "luks-vda2");
}

static void test_keys(void **state)
{
    static const struct {
        const char *words, *key, *key_device;
    } cases[] = {
        {"rd.luks.key=/etc/key", "/etc/key", ""},
        {"rd.luks.key=/key:LABEL=stick", "/key", "LABEL=stick"},
        {"rd.luks.key=/key:LABEL=stick:UUID=" UUID, "/key", "LABEL=stick"},
        {"rd.luks.key=/key:LABEL=stick:UUID=1", "", ""},
        {"rd.luks.key=/key:/", "/key", ""},
        {"rd.luks.key=" UUID "=/key:UUID=1234", "/key", "UUID=1234"},
        {"rd.luks.key=8c7c7c7c-1111=/key:UUID=1234", "", ""},
        {"cryptdevice=/dev/vda2:x cryptkey=/dev/sda1:vfat:/key", "/key", "/dev/sda1"},
        {"cryptdevice=/dev/vda2:x cryptkey=rootfs:/key", "/key", ""},
        {"cryptdevice=/dev/vda2:x cryptkey=/dev/sda:2048:512", "", "/dev/sda"},
        {"cryptopts=source=/dev/vda2,key=/key", "/key", ""},
        {"cryptopts=source=/dev/vda2,key=none", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(find(cases[i].words), 0);
        assert_string_equal(volume.key.path, cases[i].key);
        assert_string_equal(volume.key.device, cases[i].key_device);
    }
    assert_int_equal(find("cryptdevice=/dev/vda2:x cryptkey=/dev/sda:2048:512"), 0);
    assert_int_equal(crypt_volume_number(&volume, "keyfile-offset=", 7), 2048);
    assert_int_equal(crypt_volume_number(&volume, "keyfile-size=", 7), 512);
    assert_int_equal(crypt_volume_number(&volume, "tries=", 7), 7);
}

static void test_kinds(void **state)
{
    static const struct {
        const char *words;
        enum crypt_kind kind;
        const char *options;
    } cases[] = {
        {"cryptdevice=/dev/vda2:x:discard", CRYPT_LUKS, "discard"},
        {"cryptdevice=/dev/vda2:x crypto=sha512:aes-xts-plain64:512:0:", CRYPT_PLAIN,
            "plain,hash=sha512,cipher=aes-xts-plain64,size=512,offset=0"},
        {"cryptdevice=/dev/vda2:x:discard crypto=::256", CRYPT_PLAIN, "discard,plain,size=256"},
        {"cryptopts=source=/dev/vda2,plain,size=256", CRYPT_PLAIN, "plain,size=256"},
        {"cryptopts=source=/dev/vda2,tcrypt-veracrypt", CRYPT_TCRYPT, "tcrypt-veracrypt"},
        {"rd.luks.uuid=" UUID " rd.luks.options=bitlk", CRYPT_BITLK, "bitlk"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(find(cases[i].words), 0);
        assert_int_equal(volume.kind, cases[i].kind);
        assert_string_equal(volume.options, cases[i].options);
    }
    assert_int_equal(find("cryptdevice=/dev/vda3:x crypto=sha512:aes:512:0:"), 0);
    assert_int_equal(volume.kind, CRYPT_LUKS);
    device.superblock.type = "BitLocker";
    assert_int_equal(crypt_volume_find(&storage, &device, &volume), 0);
    assert_int_equal(volume.kind, CRYPT_BITLK);
    assert_string_equal(crypt_volume_noun(&volume), "the BitLocker volume");
}

static void test_detached_headers(void **state)
{
    static const struct {
        const char *words, *path, *device, *uuid;
        bool is_named;
    } cases[] = {
        {"rd.luks.uuid=" UUID, "", "", UUID, true},
        {"rd.luks.options=" UUID "=header=/etc/header", "/etc/header", "", UUID, false},
        {"cryptroot=/dev/vda2 cryptheader=/dev/sda1", "", "/dev/sda1", UUID, true},
        {"cryptopts=source=/dev/vda2,header=/header.img", "/header.img", "", UUID, true},
        {"rd.luks.data=1234abcd-99=/dev/vda2 rd.luks.header=1234abcd-99=/h:UUID=77", "/h", "UUID=77", "1234abcd-99",
            true},
        {"rd.luks.data=1234abcd-99=/dev/vda2 rd.luks.options=1234abcd-99=header=/dev/disk/by-partlabel/h", "",
            "/dev/disk/by-partlabel/h", "1234abcd-99", true},
        {"rd.luks.data=1234abcd-99=/dev/vda3 rd.luks.header=1234abcd-99=/h:UUID=77", "", "", UUID, false},
        {"rd.luks.data=" UUID "=/dev/vda3 rd.luks.uuid=" UUID, "", "", "", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(find(cases[i].words), 0);
        assert_string_equal(volume.header.path, cases[i].path);
        assert_string_equal(volume.header.device, cases[i].device);
        assert_string_equal(volume.uuid, cases[i].uuid);
        assert_int_equal(volume.is_named, cases[i].is_named);
    }
    assert_int_equal(find("rd.luks.data=1234abcd-99=/dev/vda2 luks.name=1234abcd-99=system"), 0);
    assert_string_equal(volume.name, "system");
}

static void test_options(void **state)
{
    char longest[3000];

    (void)state;
    assert_int_equal(
        find("rd.luks.options=discard,tries=5 luks.options=" UUID "=timeout=9 rd.luks.options=1234abcd=x"), 0);
    assert_string_equal(volume.options, "discard,tries=5,timeout=9");
    assert_int_equal(crypt_volume_number(&volume, "timeout=", 0), 9);
    assert_int_equal(find("rd.luks.allow-discards=luks-7c7c7c7c"), 0);
    assert_string_equal(volume.options, "discard");
    assert_int_equal(find("rd.luks.allow-discards=8c7c7c7c"), 0);
    assert_string_equal(volume.options, "");
    strcpy(longest, "rd.luks.options=");
    memset(longest + strlen(longest), 'x', 2000);
    longest[2016] = '\0';
    assert_int_equal(find(longest), -ENAMETOOLONG);
}

static void test_who_is_named(void **state)
{
    static const char *const naming[] = {"rd.luks.uuid=1", "luks.name=1=x", "cryptdevice=/dev/sda:x",
        "cryptroot=/dev/sda", "cryptopts=source=/dev/sda", "rd.luks.partuuid=1"};

    (void)state;
    for (size_t i = 0; i < sizeof(naming) / sizeof(naming[0]); i++) {
        assert_int_equal(find(naming[i]), 0);
        assert_true(crypt_volume_any_is_named(&storage));
    }
    assert_int_equal(find("cryptopts= rd.luks.options=discard rd.luks=1"), 0);
    assert_false(crypt_volume_any_is_named(&storage));
    assert_false(crypt_volume_none_is_wanted(&storage));
    assert_int_equal(find("rd.luks=0"), 0);
    assert_true(crypt_volume_none_is_wanted(&storage));
    assert_int_equal(find("luks=no"), 0);
    assert_true(crypt_volume_none_is_wanted(&storage));
}

static void test_who_bears_no_sign(void **state)
{
    static const char *const hidden[] = {"rd.luks.header=1234abcd=/h", "luks.header=1234abcd=/h",
        "cryptheader=/dev/sda", "rd.luks.options=1234abcd=header=/h", "luks.options=plain",
        "cryptopts=source=/dev/sda,tcrypt", "cryptopts=source=/dev/sda,veracrypt", "rd.luks.options=bitlk",
        "cryptdevice=/dev/sda:x crypto=::256"};

    (void)state;
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        assert_int_equal(find(hidden[i]), 0);
        assert_true(crypt_volume_any_is_hidden(&storage));
    }
    assert_int_equal(
        find("plain header=x root=/dev/mapper/plain cryptdevice=/dev/sda:x rd.luks.uuid=1 rd.luks.name=1=x "
             "cryptopts=source=/dev/sda,luks,discard rd.luks.options=tries=2 rd.luks.partuuid=1"),
        0);
    assert_false(crypt_volume_any_is_hidden(&storage));
}

/* Only what is said once decides: this is the one test that asks the assembler itself. */
static void test_nothing_is_read_for_claims(void **state)
{
    (void)state;
    assert_int_equal(find("cryptdevice=UUID=1234-abcd:system"), 0);
    device = (struct block_device){.path = "/dev/vda2"};
    assert_false(crypt_assembler.claims(&storage, &device));
    assert_false(device.superblock_read);
    assert_int_equal(device.read_error, 0);
}

static void test_crypttab(void **state)
{
    char text[] =
        "# comment\n\nsystem  UUID=" UUID "\tnone luks,discard\nhalf\ndata /dev/sdb1 /etc/key\nlast /dev/sdc -";
    char *rest = text;
    struct crypttab_entry entry;

    (void)state;
    assert_true(crypttab_next(&rest, &entry));
    assert_string_equal(entry.name, "system");
    assert_string_equal(entry.device, "UUID=" UUID);
    assert_string_equal(entry.key, "");
    assert_string_equal(entry.options, "luks,discard");
    assert_true(crypttab_next(&rest, &entry));
    assert_string_equal(entry.key, "/etc/key");
    assert_string_equal(entry.options, "");
    assert_true(crypttab_next(&rest, &entry));
    assert_string_equal(entry.key, "");
    assert_false(crypttab_next(&rest, &entry));
}

static void test_meanings(void **state)
{
    const char *argument;

    (void)state;
    assert_int_equal(crypttab_option("discard,x", 7, &argument), CRYPTTAB_FLAG);
    assert_string_equal(argument, "--allow-discards");
    assert_int_equal(crypttab_option("key-slot=1", 10, &argument), CRYPTTAB_VALUE);
    assert_string_equal(argument, "--key-slot");
    assert_int_equal(crypttab_option("key-slot", 8, &argument), CRYPTTAB_UNKNOWN);
    assert_int_equal(crypttab_option("tries=1", 7, &argument), CRYPTTAB_OURS);
    assert_int_equal(crypttab_option("cipher=aes", 10, &argument), CRYPTTAB_PLAIN);
    assert_string_equal(argument, "--cipher");
    assert_int_equal(crypttab_option("header=/x", 9, &argument), CRYPTTAB_OURS);
    assert_int_equal(crypttab_option("keyscript=/x", 12, &argument), CRYPTTAB_REFUSED);
    assert_int_equal(crypttab_option("", 0, &argument), CRYPTTAB_UNKNOWN);
}

/* What cryptsetup writes for --integrity hmac-sha256, and for a token of systemd's, of its text. */
static void test_texts(void **state)
{
    static const char text[] =
        "{\"keyslots\":{},\"tokens\":{\"0\":{\"type\":\"systemd-tpm2\",\"keyslots\":[\"1\"]}},"
        "\"segments\":{\"0\":{\"type\":\"crypt\",\"encryption\":\"aes-xts-plain64\",\"integrity\":"
        "{\"type\":\"hmac(sha256)\",\"journal_encryption\":\"none\"}}}}";
    static uint8_t head[16384];
    struct device_view view = {.head = head, .head_size = sizeof(head), .device_size = 16 << 20};
    char type[LUKS_CIPHER_SIZE];

    (void)state;
    memcpy(head, "LUKS\xba\xbe\0\2\0\0\0\0\0\0\x40\0", 16);
    assert_false(luks_header_integrity(&view, type));
    memcpy(head + 4096, text, sizeof(text));
    assert_true(luks_header_integrity(&view, type));
    assert_string_equal(type, "hmac(sha256)");
    assert_true(luks_header_says(&view, "type", "systemd-tpm2"));
    assert_false(luks_header_says(&view, "type", "systemd-tpm"));
    assert_false(luks_header_says(&view, "type", "systemd-fido2"));
    assert_false(luks_header_says(&view, "typ", "systemd-tpm2"));
    for (size_t cut = 4096; cut < sizeof(text) + 4096; cut++) {
        view.head_size = cut;
        assert_false(luks_header_says(&view, "type", "systemd-tpm2"));
        assert_false(luks_header_integrity(&view, type));
    }
    head[7] = 1;
    view.head_size = sizeof(head);
    assert_false(luks_header_says(&view, "type", "systemd-tpm2"));
}

static void test_ciphers(void **state)
{
    static const struct {
        const char *name, *cipher;
    } fixtures[] = {{"luks1", "aes-xts-plain64"}, {"luks2", "aes-xts-plain64"}, {"ext4", NULL}};
    static uint8_t ends[SUPERBLOCK_HEAD_SIZE + SUPERBLOCK_TAIL_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
        struct device_view view = {.head = ends, .head_size = LUKS_HEADER_SIZE, .device_size = 16 << 20};
        char path[128], cipher[LUKS_CIPHER_SIZE];

        snprintf(path, sizeof(path), "tests/data/superblock/%s.gz", fixtures[i].name);
        read_fixture(path, ends, sizeof(ends));
        assert_int_equal(luks_header_cipher(&view, cipher), fixtures[i].cipher != NULL);
        if (fixtures[i].cipher)
            assert_string_equal(cipher, fixtures[i].cipher);
        for (size_t cut = 0; cut < 6000; cut += 7) {
            view.head_size = cut;
            (void)luks_header_cipher(&view, cipher);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_hostile_uuid),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_detached_headers),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_who_is_named),
        cmocka_unit_test(test_who_bears_no_sign),
        cmocka_unit_test(test_nothing_is_read_for_claims),
        cmocka_unit_test(test_crypttab),
        cmocka_unit_test(test_meanings),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_ciphers),
    };

    return RUN_TESTS(tests);
}
