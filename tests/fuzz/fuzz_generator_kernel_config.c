/* A kernel's configuration, as somebody kept it. */
#include "fuzz.h"

#include "kernel/kernel_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kernel_config config = {NULL, fuzz_text(data, size)};
    const char *suffix = kernel_config_module_suffix(&config);

    require(!suffix || *suffix == '.');
    require(!kernel_config_has(&config, "CONFIG_MODULES") || !kernel_config_forbids_modules(&config));
    (void)kernel_config_has_modules(&config);
    free(config.text);
    return 0;
}
