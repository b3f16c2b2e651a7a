#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/network_words.h"
#include "root/firmware_network.h"

static char top[] = "/tmp/kindling-ibft-XXXXXX";
static char word[FIRMWARE_NETWORK_SIZE];
static struct network_request request;
static int sysfs = -1;

static void write_attribute(const char *path, const char *value)
{
    int fd = openat(sysfs, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, value, strlen(value)), (ssize_t)strlen(value));
    close(fd);
}

static int make_table(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(top));
    sysfs = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(mkdirat(sysfs, "firmware", 0755), 0);
    assert_int_equal(mkdirat(sysfs, "firmware/ibft", 0755), 0);
    return 0;
}

static int remove_table(void **state)
{
    char command[64];

    (void)state;
    close(sysfs);
    snprintf(command, sizeof(command), "rm -rf %s", top);
    return system(command);
}

/* As iscsi_boot_sysfs.c of the kernel shows it. */
static void the_card_that_has_booted(void **state)
{
    (void)state;
    assert_string_equal(firmware_network_word(sysfs, word), "the firmware tells of no card (iBFT)");
    assert_int_equal(mkdirat(sysfs, "firmware/ibft/ethernet0", 0755), 0);
    assert_int_equal(mkdirat(sysfs, "firmware/ibft/ethernet1", 0755), 0);
    write_attribute("firmware/ibft/ethernet0/flags", "1\n");
    write_attribute("firmware/ibft/ethernet0/mac", "52:54:00:09:00:01\n");
    write_attribute("firmware/ibft/ethernet0/ip-addr", "10.1.0.2\n");
    assert_string_equal(firmware_network_word(sysfs, word), "the firmware tells of no card (iBFT)");
    write_attribute("firmware/ibft/ethernet1/flags", "3\n");
    assert_string_equal(firmware_network_word(sysfs, word), "the firmware does not tell which card it has used (iBFT)");
    write_attribute("firmware/ibft/ethernet1/mac", "52:54:00:09:00:02\n");
    assert_string_equal(firmware_network_word(sysfs, word), "the firmware does not tell its address (iBFT)");
    write_attribute("firmware/ibft/ethernet1/ip-addr", "10.0.2.15\n");
    write_attribute("firmware/ibft/ethernet1/subnet-mask", "255.255.255.0\n");
    assert_null(firmware_network_word(sysfs, word));
    assert_string_equal(word, "ip=10.0.2.15:::255.255.255.0::52-54-00-09-00-02:none::");
    write_attribute("firmware/ibft/ethernet1/gateway", "10.0.2.2\n");
    write_attribute("firmware/ibft/ethernet1/primary-dns", "10.0.2.3\n");
    write_attribute("firmware/ibft/ethernet1/secondary-dns", "x:none\n"); /* no address: left out */
    write_attribute("firmware/ibft/ethernet1/vlan", "0\n");
    write_attribute("firmware/ibft/ethernet1/origin", "1\n");
    assert_null(firmware_network_word(sysfs, word));
    assert_string_equal(word, "ip=10.0.2.15::10.0.2.2:255.255.255.0::52-54-00-09-00-02:none:10.0.2.3:");
    assert_null(network_request_parse(word + strlen("ip="), &request));
    assert_true(request.card.has_mac && request.methods == NETWORK_STATIC && request.prefix == 24);
}

static void the_address_of_dhcp(void **state)
{
    (void)state;
    write_attribute("firmware/ibft/ethernet1/origin", "3\n");
    assert_null(firmware_network_word(sysfs, word));
    assert_string_equal(word, "ip=52-54-00-09-00-02:dhcp");
    assert_null(network_request_parse(word + strlen("ip="), &request));
    assert_true(request.card.has_mac && request.methods == NETWORK_DHCP);
    write_attribute("firmware/ibft/ethernet1/vlan", "5\n");
    assert_string_equal(
        firmware_network_word(sysfs, word), "the firmware has used a VLAN (iBFT), which vlan= and ip= have to name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_card_that_has_booted), cmocka_unit_test(the_address_of_dhcp)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_table, remove_table);
}
