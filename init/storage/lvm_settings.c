#include "storage/lvm_settings.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "format/lvm2.h"
#include "module/program.h"
#include "system/file.h"

#define DEVICES "/etc/lvm/devices/system.devices"
#define HOST_NAME "/etc/hostname"

/* Settings that say which volumes and disks count. */
static bool is_policy(struct lvm2_span key)
{
    static const char *const policies[] = {
        "filter", "global_filter", "use_devicesfile", "volume_list", "read_only_volume_list", "system_id_source"};
    size_t i = 0;

    for (const char *c = key.at; c < key.end; c++)
        key.at = *c == '/' ? c + 1 : key.at; /* "devices/filter" outside of a section */
    while (i < sizeof(policies) / sizeof(policies[0]) && !lvm2_is(key, policies[i]))
        i++;
    return i < sizeof(policies) / sizeof(policies[0]);
}

static bool has_policy(struct lvm2_span settings)
{
    struct lvm2_entry entry;

    while (lvm2_next(&settings, &entry)) {
        if (is_policy(entry.key) || (entry.is_section && has_policy(entry.value)))
            return true;
    }
    return settings.at < settings.end; /* what is not understood */
}

/* True when the file of settings, should the image have it, is lvm's to heed. It may have come with the template. */
static bool file_has_policy(const struct index *index, const char *path)
{
    void *text;
    size_t size;
    bool found;

    (void)program_unpack_file(index, LVM_PROGRAM, path);
    if (file_map(path, &text, &size) < 0)
        return false;
    found = has_policy((struct lvm2_span){text, (const char *)text + size});
    munmap(text, size);
    return found;
}

bool lvm_settings_have_policy(const struct index *index)
{
    (void)program_unpack_file(index, LVM_PROGRAM, DEVICES);
    return access(DEVICES, F_OK) == 0 || file_has_policy(index, "/etc/lvm/lvm.conf")
           || file_has_policy(index, "/etc/lvm/lvmlocal.conf");
}

void lvm_settings_provide_host_name(const struct index *index)
{
    struct utsname system;
    char name[HOST_NAME_MAX + 1];

    (void)program_unpack_file(index, LVM_PROGRAM, HOST_NAME);
    if (uname(&system) < 0 || strcmp(system.nodename, "(none)") != 0
        || file_read_text(AT_FDCWD, HOST_NAME, name, sizeof(name)) <= 0)
        return;
    (void)sethostname(name, strcspn(name, "\n"));
}
