#include "base/architecture.h"

#include <elf.h>

#include "base/elf_reader.h"

static const struct architecture architectures[] = {
    {"x86-64", "CONFIG_X86_64", EM_X86_64, EM_386, 0x8664},
    {"arm64", "CONFIG_ARM64", EM_AARCH64, EM_ARM, 0xaa64},
    {"riscv64", "CONFIG_RISCV", EM_RISCV, EM_NONE, 0x5064},
};

#define COUNT (sizeof(architectures) / sizeof(architectures[0]))

#if defined(__aarch64__)
#define NATIVE EM_AARCH64
#elif defined(__riscv)
#define NATIVE EM_RISCV
#else
#define NATIVE EM_X86_64
#endif

const struct architecture *architecture_native(void)
{
    return architecture_of_machine(NATIVE);
}

const struct architecture *architecture_at(size_t number)
{
    return number < COUNT ? &architectures[number] : NULL;
}

const struct architecture *architecture_of_machine(uint16_t machine)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (architectures[i].machine == machine)
            return &architectures[i];
    }
    return NULL;
}

uint16_t architecture_machine_of(const uint8_t *bytes, size_t size)
{
    struct elf_reader elf;

    return elf_reader_open(&elf, bytes, size) ? (uint16_t)ELF_FIELD(&elf, 0, Ehdr, e_machine) : EM_NONE;
}

bool architecture_runs(const struct architecture *architecture, uint16_t machine)
{
    return machine == architecture->machine || (machine != EM_NONE && machine == architecture->compatible);
}

const char *architecture_name_of_machine(uint16_t machine)
{
    const struct architecture *architecture = architecture_of_machine(machine);

    if (architecture)
        return architecture->name;
    return machine == EM_386 ? "32-bit x86" : machine == EM_ARM ? "32-bit ARM" : "another processor";
}
