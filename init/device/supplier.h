/*
 * Why the kernel does not probe a device although a driver wants it: it waits for another device, an IOMMU, a clock, a
 * regulator, a phy, that has to be driven first (Documentation/driver-api/device_link.rst, driver-model/driver.rst).
 */
#ifndef KINDLING_SUPPLIER_H
#define KINDLING_SUPPLIER_H

#include <stdbool.h>
#include <stddef.h>

/* True when the device waits for suppliers, and the names, with commas, of those that are there without a driver; ""
 * when none is there yet. sysfs: a descriptor of /sys; device: its directory below that. */
bool supplier_awaited(int sysfs, const char *device, char *names, size_t size);

/* True when the kernel's list of deferred devices, debugfs's devices_deferred, has the device; *reason is what stands
 * beside it, of that length, 0 for nothing. */
bool supplier_is_deferred(const char *list, const char *device, const char **reason, size_t *length);

#endif
