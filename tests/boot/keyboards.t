#!/bin/bash
# The keyboards of the generic image, and all that their buses take: which bus a driver is on, the driver itself tells, by
# what it registers with. No boot.
. "$(dirname "$0")/lib.sh"

use_kernel generic
image generic -p generic
TREE=$KERNEL/lib/modules

# The modules of the profile minimal, with further options.
minimal_with() {
    "$KINDLING" build -n -p minimal -k "$KVER" --modules-dir "$TREE" "$@" | sed -n 's/\(\.ko\).*/\1/p' | sort
}
name_of() {
    sed 's|.*/||; s|\.ko.*||; s|-|_|g'
}
"$KINDLING" ls "$IMAGE" | grep '\.ko' | name_of | sort >"$MADE/keyboards-packed"
minimal_with >"$MADE/keyboards-without"
minimal_with -f hid | comm -13 "$MADE/keyboards-without" - >"$MADE/keyboards-modules"
while read -r module; do
    echo "$module $(nm -u "$KERNEL/$module" | grep -oE '[a-z0-9_]*register_[a-z_]*(driver|frontend)s?|[a-z0-9_]*driver_register$' | grep -v unregister | xargs)"
done <"$MADE/keyboards-modules" >"$MADE/keyboards-buses"
check "the feature hid has modules" test "$(wc -l <"$MADE/keyboards-modules")" -ge 50

# What a driver of a keyboard registers with, and the modules that make the devices of that bus and that it takes to reach
# the controllers they hang on. Those without any are on what every machine has, or are buses themselves; ? is behind
# one that older kernels lack.
BUSES='__hid_register_driver usbhid i2c_hid_acpi hid_hyperv surface_hid
i2c_register_driver i2c_designware_core i2c_designware_platform i2c_designware_pci intel_lpss_pci intel_lpss_acpi idma64 pinctrl_alderlake
__spi_register_driver spi_pxa2xx_platform spi_pxa2xx_pci intel_lpss_pci intel_lpss_acpi idma64
__ssam_device_driver_register surface_aggregator surface_aggregator_registry surface_aggregator_hub?
__serdev_device_driver_register intel_lpss_pci 8250_dw
__vmbus_driver_register hv_vmbus
usb_register_driver xhci_pci ehci_pci ohci_pci uhci_hcd
__platform_driver_register
__platform_register_drivers
__pci_register_driver
acpi_bus_register_driver
driver_register'

# is_packed MODULE WHY: or built in.
is_packed() {
    [[ $1 != *\? ]] || [ "$(find "$TREE" -name "$(sed 's/?$//; s/_/[-_]/g' <<<"$1").ko*")" ] || return 0
    set -- "${1%\?}" "$2"
    grep -qx "$1" "$MADE/keyboards-packed" && return
    grep -qE "/${1//_/[-_]}\.ko" "$TREE/$KVER/modules.builtin" && return
    echo "$2: $1 is not packed"
    return 1
}
all_are_packed() {
    local module status=0
    for module in $(name_of <"$MADE/keyboards-modules"); do
        is_packed "$module" "of the feature hid" || status=1
    done
    return "$status"
}
check "the generic image has all of them" all_are_packed

all_buses_are_known() {
    local path buses bus status=0
    while read -r path buses; do
        for bus in $buses; do
            grep -qE "^$bus( |\$)" <<<"$BUSES" || { echo "$path: what does it take to reach what it registers with $bus?" && status=1; }
        done
    done <"$MADE/keyboards-buses"
    return "$status"
}
check "it is known what each of them is on" all_buses_are_known

while read -r bus modules; do
    [ "$modules" ] || continue
    has_bus() {
        local module status=0
        grep -qw -- "$bus" "$MADE/keyboards-buses" || { echo "no keyboard is left on it" && status=1; }
        for module in $modules; do
            is_packed "$module" "$bus" || status=1
        done
        return "$status"
    }
    check "$bus: a keyboard is on it, and its bus is packed" has_bus
done <<<"$BUSES"
# Those that people have, by their names.
for module in surface_kbd surface_hid applespi i2c_hid_acpi hyperv_keyboard usbhid hid_generic atkbd; do
    check "$module is packed" is_packed "$module" "by its name"
done
done_testing
