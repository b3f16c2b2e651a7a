# kindling: `make help` tells the targets.

VERSION := 0.1

BUILD := build
PREFIX := /usr/local
DESTDIR :=

CC := gcc
MUSL_CC := musl-gcc
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wvla
# For those who work on kindling; another compiler than ours has other warnings.
WARNINGS += $(if $(KINDLING_STRICT),-Werror)
HARDENING := -fstack-protector-strong -fPIE
DEFINES := -D_GNU_SOURCE -DKINDLING_VERSION='"$(VERSION)"'
CFLAGS ?= -O2 -g

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all

# `make V=1` shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)	$@")

all: $(BUILD)/bin/kindling data

# What the compiler said of an object is kept beside it: an object that a user's build was warned of is none for a
# developer's, which compiles it once more.
compile = $(Q)$(1) 2>$@.warned || { cat $@.warned >&2; rm -f $@ $@.warned; exit 1; }; \
	if [ -s $@.warned ]; then cat $@.warned >&2; else rm $@.warned; fi
WARNED := $(if $(KINDLING_STRICT),$(shell find $(BUILD) -name '*.warned' 2>/dev/null))
.PHONY: once-more
$(WARNED:.warned=): once-more

# Nothing is written before all is there that building takes.

TOOLS := $(BUILD)/.tools
$(TOOLS): .dev/tools
	$(Q)CC='$(CC)' MUSL_CC='$(MUSL_CC)' MUSL='$(MUSL)' HEADERS='$(HEADERS_$(NATIVE))' .dev/tools $(INIT_LIBDEFLATE) $(GENERATOR_LIBS)
	$(Q)mkdir -p $(@D)
	$(Q)touch $@

# The static programs of an image: static-pie against musl, which musl-gcc does not link by itself: so gcc does it, with
# musl's start files. -flto: all of a program is compiled as one, when it is linked.

# The network's runs as a child of /init's, and takes some of its rooms.
INIT_PROGRAMS := init network
NETWORK_OWN := $(wildcard init/network/*.c)
INIT_SOURCES := $(filter-out $(NETWORK_OWN),$(wildcard init/*.c init/*/*.c))
SOURCES_init := $(INIT_SOURCES)
SOURCES_network := $(NETWORK_OWN) $(wildcard init/contract/*.c init/system/*.c init/name/*.c)

# They are built for every architecture whose compiler and musl are here: for a foreign one `make deps-arm64` or
# `make deps-riscv64` brings both.
# Its name is systemd's.
INIT_ARCHITECTURES := x86-64 arm64 riscv64
TARGET_x86-64 := x86_64-linux
TARGET_arm64 := aarch64-linux
TARGET_riscv64 := riscv64-linux
HOST_TARGET := $(patsubst %-gnu,%,$(shell $(CC) -dumpmachine 2>/dev/null))
NATIVE := $(or $(strip $(foreach a,$(INIT_ARCHITECTURES),$(if $(filter $(HOST_TARGET),$(TARGET_$(a))),$(a)))),native)
SYSROOTS := build/sysroot
# A cross compiler takes no headers but musl's and its own, as musl-gcc has it.
define foreign-compiler
CC_$(1) := $(TARGET_$(1))-gnu-gcc
MUSL_CC_$(1) = $$(CC_$(1)) -nostdinc -isystem $(SYSROOTS)/$(1)/usr/include/$(TARGET_$(1))-musl \
	-isystem $$(shell $$(CC_$(1)) -print-file-name=include)
MUSL_$(1) := $(SYSROOTS)/$(1)/usr/lib/$(TARGET_$(1))-musl
HEADERS_$(1) := $(abspath $(SYSROOTS)/$(1)/usr/include)
LIBDEFLATE_$(1) := $(SYSROOTS)/$(1)/usr/lib/$(TARGET_$(1))-gnu/libdeflate.a
endef
$(foreach a,$(filter-out $(NATIVE),$(INIT_ARCHITECTURES)),$(eval $(call foreign-compiler,$(a))))
FOREIGN := $(strip $(foreach a,$(filter-out $(NATIVE),$(INIT_ARCHITECTURES)),\
	$(if $(and $(wildcard $(MUSL_$(a))/rcrt1.o),$(shell command -v $(CC_$(a)))),$(a))))
ARCHITECTURES := $(NATIVE) $(FOREIGN)
MUSL := /usr/lib/$(HOST_TARGET)-musl
# Debian's static library for any C library: it needs nothing but memcpy, memset, malloc and free.
INIT_LIBDEFLATE := $(shell $(CC) -print-file-name=libdeflate.a 2>/dev/null)
TARGET_$(NATIVE) := $(HOST_TARGET)
CC_$(NATIVE) = $(CC)
MUSL_CC_$(NATIVE) = $(MUSL_CC)
MUSL_$(NATIVE) = $(MUSL)
HEADERS_$(NATIVE) := /usr/include
LIBDEFLATE_$(NATIVE) = $(INIT_LIBDEFLATE)

INIT_CFLAGS := -std=c11 -Os $(WARNINGS) $(HARDENING) $(DEFINES) -ffunction-sections -fdata-sections -flto \
	-fno-asynchronous-unwind-tables -iquote init
# gcc for riscv64 does not tell the linker all that -static-pie is.
INIT_LDFLAGS := -Os $(HARDENING) -flto=auto -static-pie -Wl,-Bstatic,--no-dynamic-linker -nostartfiles -nostdlib -Wl,--gc-sections -Wl,-z,relro,-z,now \
	-Wl,-z,noexecstack -s

# init-objects,ARCHITECTURE: with the kernel's own headers and nothing else of the host's, for a compiler that looks into
# musl's alone.
define init-objects
INIT_OBJECTS_$(1) := $$(BUILD)/init/objects/$(1)
INIT_DIRECTORY_$(1) := $$(BUILD)/init$(if $(filter $(NATIVE),$(1)),,/$(1))

$$(INIT_OBJECTS_$(1))/include/.made: Makefile | $$(TOOLS)
	$$(Q)mkdir -p $$(@D)
	$$(Q)ln -sfn $$(HEADERS_$(1))/linux $$(@D)/linux
	$$(Q)ln -sfn $$(HEADERS_$(1))/asm-generic $$(@D)/asm-generic
	$$(Q)ln -sfn $$(HEADERS_$(1))/$(TARGET_$(1))-gnu/asm $$(@D)/asm
	$$(Q)ln -sfn $$(HEADERS_$(1))/libdeflate.h $$(@D)/libdeflate.h
	$$(Q)touch $$@

$$(INIT_OBJECTS_$(1))/%.o: init/%.c Makefile | $$(INIT_OBJECTS_$(1))/include/.made
	@mkdir -p $$(@D)
	$$(call say,MUSL-CC)
	$$(call compile,$$(MUSL_CC_$(1)) $$(INIT_CFLAGS) -isystem $$(INIT_OBJECTS_$(1))/include -MMD -MP -c -o $$@ $$<)
endef

# init-program,ARCHITECTURE,PROGRAM
define init-program
$$(INIT_DIRECTORY_$(1))/$(2): $$(SOURCES_$(2):init/%.c=$$(INIT_OBJECTS_$(1))/%.o)
	@mkdir -p $$(@D)
	$$(call say,MUSL-LD)
	$$(Q)$$(CC_$(1)) $$(INIT_LDFLAGS) -L$$(MUSL_$(1)) -o $$@ $$(MUSL_$(1))/rcrt1.o $$(MUSL_$(1))/crti.o $$^ \
		$$(LIBDEFLATE_$(1)) -lc -lgcc $$(MUSL_$(1))/crtn.o
endef

$(foreach a,$(ARCHITECTURES),$(eval $(call init-objects,$(a)))\
	$(foreach p,$(INIT_PROGRAMS),$(eval $(call init-program,$(a),$(p)))))

# kindling: the generator.

GENERATOR_CFLAGS := -std=c11 $(CFLAGS) $(WARNINGS) $(HARDENING) $(DEFINES) -iquote generator -iquote init -pthread
GENERATOR_LDFLAGS := -pie -pthread -Wl,-z,relro,-z,now
# The shared library brings libxml2 and ICU, for formats that are not ours: 40 MB to install, and loading them took
# a seventh of the time of making an image.
LIBARCHIVE := $(if $(filter /%,$(shell $(CC) -print-file-name=libarchive.a 2>/dev/null)),-l:libarchive.a -lbz2,-larchive)
# Its SHA-256 uses the processor's own; the static library begins in no time.
LIBNETTLE := $(if $(filter /%,$(shell $(CC) -print-file-name=libnettle.a 2>/dev/null)),-l:libnettle.a,-lnettle)
LIBJANSSON := $(if $(filter /%,$(shell $(CC) -print-file-name=libjansson.a 2>/dev/null)),-l:libjansson.a,-ljansson)
GENERATOR_LIBS := $(LIBARCHIVE) $(LIBNETTLE) $(LIBJANSSON) -lkmod -lblkid -ldeflate -lz -llzma -lzstd -llz4 -lm
GENERATOR_SOURCES := $(wildcard generator/*.c generator/*/*.c)
# What both programs decide is compiled into both, and what lies on a disk both tell alike.
GENERATOR_SHARED := $(wildcard init/contract/*.c init/format/*.c) init/system/text.c
GENERATOR_OBJECTS := $(GENERATOR_SOURCES:%.c=$(BUILD)/%.o) $(GENERATOR_SHARED:init/%.c=$(BUILD)/generator/shared/%.o)

$(BUILD)/generator/%.o: generator/%.c Makefile | $(TOOLS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(call compile,$(CC) $(GENERATOR_CFLAGS) -MMD -MP -c -o $@ $<)

$(BUILD)/generator/shared/%.o: init/%.c Makefile | $(TOOLS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(call compile,$(CC) $(GENERATOR_CFLAGS) -MMD -MP -c -o $@ $<)

$(BUILD)/bin/kindling: $(GENERATOR_OBJECTS)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(GENERATOR_LDFLAGS) -o $@ $^ $(GENERATOR_LIBS)

# What the generator packs, where it looks for it: ../share/kindling from its own place. There each architecture has a
# directory, with its static programs and, if it is a foreign one, with a root that busybox and the like are taken from.

SHARE := $(BUILD)/share/kindling
SHARED_PROGRAMS := $(foreach a,$(ARCHITECTURES),$(INIT_PROGRAMS:%=$(SHARE)/$(a)/%))
SHARED_SYSROOTS := $(FOREIGN:%=$(SHARE)/%/sysroot)
.PHONY: data
data: $(SHARE)/modules.d $(SHARE)/template $(SHARED_PROGRAMS) $(SHARED_SYSROOTS)
$(SHARE)/modules.d $(SHARE)/template: | $(TOOLS)
	@mkdir -p $(@D)
	$(Q)ln -srfn $(@F) $@
# shared-program,ARCHITECTURE,PROGRAM
define shared-program
$(SHARE)/$(1)/$(2): | $(INIT_DIRECTORY_$(1))/$(2)
	@mkdir -p $$(@D)
	$$(Q)ln -sfn ../../../$(INIT_DIRECTORY_$(1):$(BUILD)/%=%)/$(2) $$@
endef
$(foreach a,$(ARCHITECTURES),$(foreach p,$(INIT_PROGRAMS),$(eval $(call shared-program,$(a),$(p)))))
$(SHARED_SYSROOTS): $(SHARE)/%/sysroot:
	@mkdir -p $(@D)
	$(Q)ln -sfn $(abspath $(SYSROOTS))/$* $@

# Unit tests: each tests/unit/{init,generator}_NAME.c is a program of its own, under ASan and UBSan, linked with what it
# needs of that program's objects.

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
UNIT_CFLAGS := -std=c11 -O1 -g $(WARNINGS) $(SANITIZE) $(DEFINES) -pthread -iquote generator -iquote init -iquote tests/unit
INIT_LIBRARY := $(filter-out init/main.c,$(INIT_SOURCES))
NETWORK_LIBRARY := $(filter-out init/network/main.c,$(NETWORK_OWN))
UNIT_SOURCES := $(wildcard tests/unit/*.c)
UNIT_PROGRAMS := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/unit/%.t)

$(BUILD)/asan/%.o: %.c Makefile | $(TOOLS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(call compile,$(CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<)

$(BUILD)/asan/libinit.a: $(patsubst %.c,$(BUILD)/asan/%.o,$(INIT_LIBRARY) $(NETWORK_LIBRARY))
	$(Q)rm -f $@
	$(Q)ar qcs $@ $^

$(BUILD)/asan/libgenerator.a: $(patsubst %.c,$(BUILD)/asan/%.o,$(filter-out generator/main.c,$(GENERATOR_SOURCES)) $(GENERATOR_SHARED))
	$(Q)rm -f $@
	$(Q)ar qcs $@ $^

$(BUILD)/tests/unit/init_%.t: $(BUILD)/asan/tests/unit/init_%.o $(BUILD)/asan/libinit.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(SANITIZE) -pthread -o $@ $^ -lcmocka -ldeflate

$(BUILD)/tests/unit/generator_%.t: $(BUILD)/asan/tests/unit/generator_%.o $(BUILD)/asan/libgenerator.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(SANITIZE) -pthread -o $@ $^ -lcmocka $(GENERATOR_LIBS)

# Programs that the tests in shell call, under the same sanitizers.

TOOL_SOURCES := $(wildcard tests/golden/*.c tests/network/*.c) tests/fault/damage.c
TOOL_PROGRAMS := $(TOOL_SOURCES:%.c=$(BUILD)/%) $(BUILD)/tests/fault/fail_call.so \
	$(BUILD)/tests/fault/mutate_images $(BUILD)/asan/bin/kindling $(BUILD)/tests/boot/dynamic-init

$(TOOL_SOURCES:%.c=$(BUILD)/%): $(BUILD)/%: $(BUILD)/asan/%.o $(BUILD)/asan/libinit.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(SANITIZE) -o $@ $^ -ldeflate -lkmod -lz

# /init as other programs are linked, with shared libraries, which an image may lack.

$(BUILD)/tests/boot/dynamic-init: init/main.c $(INIT_LIBRARY) $(wildcard init/*.h init/*/*.h) Makefile
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -std=c11 -O1 $(DEFINES) -iquote init -o $@ $(filter %.c,$^) -ldeflate

# A library that makes calls fail, and a kindling that notices leaks and worse.

$(BUILD)/tests/fault/%.so: tests/fault/%.c Makefile
	@mkdir -p $(@D)
	$(call say,CC)
	$(call compile,$(CC) -std=c11 -O2 $(WARNINGS) $(DEFINES) -fPIC -shared -o $@ $< -ldl)

$(BUILD)/tests/fault/mutate_images: $(BUILD)/asan/tests/fault/mutate_images.o $(BUILD)/asan/libgenerator.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(SANITIZE) -pthread -o $@ $^ $(GENERATOR_LIBS)

$(BUILD)/asan/bin/kindling: $(BUILD)/asan/generator/main.o $(BUILD)/asan/libgenerator.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(SANITIZE) -pthread -o $@ $^ $(GENERATOR_LIBS)

# Fuzzers of everything that reads foreign bytes. `make fuzz` runs each for FUZZ_SECONDS; `make check` runs each over its
# corpus and a little beyond.

FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60
FUZZ_CFLAGS := -std=c11 -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all $(DEFINES) -iquote generator -iquote init
FUZZ_SOURCES := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_PROGRAMS := $(FUZZ_SOURCES:tests/fuzz/%.c=$(BUILD)/tests/fuzz/%)

$(BUILD)/fuzz/%.o: %.c Makefile | $(TOOLS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/libinit.a: $(patsubst %.c,$(BUILD)/fuzz/%.o,$(INIT_LIBRARY) $(NETWORK_LIBRARY))
	$(Q)rm -f $@
	$(Q)ar qcs $@ $^

$(BUILD)/fuzz/libgenerator.a: $(patsubst %.c,$(BUILD)/fuzz/%.o,$(filter-out generator/main.c,$(GENERATOR_SOURCES)) $(GENERATOR_SHARED))
	$(Q)rm -f $@
	$(Q)ar qcs $@ $^

$(BUILD)/tests/fuzz/fuzz_generator_%: $(BUILD)/fuzz/tests/fuzz/fuzz_generator_%.o $(BUILD)/fuzz/libgenerator.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -pthread -o $@ $^ $(GENERATOR_LIBS)

$(BUILD)/tests/fuzz/%: $(BUILD)/fuzz/tests/fuzz/%.o $(BUILD)/fuzz/libinit.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^ -ldeflate

.PHONY: fuzz
fuzz: $(FUZZ_PROGRAMS)
	$(Q)FUZZ_SECONDS=$(FUZZ_SECONDS) prove -j2 --timer --exec '' tests/fuzz/fuzz.t

# One image for each kernel, as files: a second `make` does nothing. Other people's makefiles include the same rules.

MODULES_DIR ?= /lib/modules
IMAGES_DIR ?= .
KINDLING := $(BUILD)/bin/kindling
KINDLING_PROGRAM := $(KINDLING) $(BUILD)/init/init $(BUILD)/init/network
KINDLING_WORK := $(BUILD)/images
KINDLING_MODULES_DIR = $(MODULES_DIR)
KINDLING_IMAGES_DIR = $(IMAGES_DIR)
KINDLING_QEMU := qemu
include generator/host/kindling.mk
$(KINDLING_IMAGES): | data

# Tests.

# One more than processors: a boot waits now and then, for a disk, a bus or a deadline.
JOBS ?= $(shell expr $$(nproc) + 1)
# Other Debians take long to fetch and to build in, and power cuts are many; what they showed is in the other tests too.
HOST_TESTS := $(addprefix tests/install/,bookworm.t trixie.t sid.t)
POWER_TESTS := tests/fault/power.t
# The longest begins first, or it is the last, alone on its processor.
LONGEST_TEST := tests/install/replaced.t
TESTS ?= $(LONGEST_TEST) $(UNIT_PROGRAMS) $(filter-out $(LONGEST_TEST) $(HOST_TESTS) $(POWER_TESTS),$(wildcard tests/*/*.t))

# What a person runs while working: a golden test is quick that takes less than ten seconds, and of the boots these are ten.
SLOW_GOLDEN := $(addprefix tests/golden/,aliases.t cache.t check.t compress.t memory.t modules.t)
QUICK_TESTS := $(UNIT_PROGRAMS) $(filter-out $(SLOW_GOLDEN),$(wildcard tests/golden/*.t)) \
	$(addprefix tests/boot/,lib.t watch.t roots.t programs.t)

.PHONY: check quick unit
check:
	$(Q).dev/deps test
	$(Q)$(MAKE) --no-print-directory deps-arm64
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) KINDLING_STRICT=1 all $(UNIT_PROGRAMS) $(TOOL_PROGRAMS) $(FUZZ_PROGRAMS)
	$(Q)tests/run -a -j $(JOBS) $(TESTS)

quick:
	$(Q).dev/deps quick
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) all $(UNIT_PROGRAMS) $(TOOL_PROGRAMS)
	$(Q)tests/run -j $(JOBS) $(QUICK_TESTS)

unit: $(UNIT_PROGRAMS)
	$(Q)tests/run -j $(JOBS) $^

# The matrices: each pair of buses, file systems and names; the inits of a distribution; every layout of md, LVM and LUKS
# that we know to be in use; live media of every layout, on every bus, in every file system; roots on the network, by each
# protocol, with servers in network namespaces; the kernels of several years on every bus; machines of arm64,
# and one of riscv64.
MATRICES := check-buses check-systems check-stacks check-live check-network check-kernels check-arm64 check-riscv64
.PHONY: $(MATRICES) check-hosts check-power
check-network: $(BUILD)/tests/network/network_files
DEPS_stacks := stacks
DEPS_live := stacks
DEPS_arm64 := emulated
$(MATRICES): check-%: all
	$(Q).dev/deps $(or $(DEPS_$*),test)
	$(if $(filter arm64 riscv64,$*),$(Q)$(MAKE) --no-print-directory deps-$* && $(MAKE) --no-print-directory all)
	$(Q)tests/run -t 4800 -j $(JOBS) $(wildcard tests/boot/$*/*.t)

check-hosts check-power: all
	$(Q).dev/deps test
	$(Q)CUTS=5000 prove --timer --failures --comments --exec '' $(if $(filter %-hosts,$@),$(HOST_TESTS),$(POWER_TESTS))

# What people call by hand.

.PHONY: help deps deps-arm64 deps-riscv64 demo lint format clean install uninstall deb bench bench-boot bench-prompt bench-build bench-compressed bench-memory bench-growth bench-network bench-live bench-stacks

help:
	@echo 'make                     build /init and kindling'
	@echo 'make demo                boot a real kernel from a new image to a real root, and show how long each part took'
	@echo 'make check               all tests (TESTS="tests/boot/roots.t" for some of them)'
	@echo 'make quick               the unit tests, the quick ones of the generator, ten boots: three minutes'
	@echo 'make unit                the unit tests alone'
	@echo 'make check-hosts         built, tested (quick, and all golden tests) and installed in Debian 12, 13 and unstable (root, the network, half an hour)'
	@echo 'make check-buses         each pair of buses, file systems and names on a PC; twins on each pair of buses'
	@echo 'make check-systems       Debian with each of its inits, to the prompt and down again'
	@echo 'make check-stacks        roots on arrays and volumes of every kind, enciphered, sealed, whole and not'
	@echo 'make check-network       roots on NFS, NBD, iSCSI, NVMe and AoE, and what goes wrong on the way to them (root)'
	@echo 'make check-live          live media of every layout, on every bus and in every file system'
	@echo 'make check-arm64         machines of arm64: buses, kernels, layers, a Raspberry Pi, a Debian'
	@echo 'make check-riscv64       the virtual machine of riscv64, on each of its buses'
	@echo 'make check-kernels       the kernels of Debian 12, 13, backports and unstable, each bus of a PC'
	@echo 'make check-power         the power goes at 5,000 moments of an update, with a /boot of VFAT'
	@echo 'make deps                install what is missing to build (check, demo, lint and bench install their own)'
	@echo 'make deps-arm64          install what building /init for arm64 too takes (deps-riscv64: for riscv64)'
	@echo 'make initramfs-KVER.img  an image for one kernel below MODULES_DIR ($(MODULES_DIR))'
	@echo 'make images              one for each'
	@echo 'make install             into DESTDIR/PREFIX ($(PREFIX)), hooks for kernel packages too; make uninstall'
	@echo 'make deb                 a Debian package below $(BUILD)'
	@echo 'make bench               boot, build, memory, growth and stacks measured, beside other generators (root, an hour)'
	@echo 'make lint format clean   for developers'

deps:
	$(Q).dev/deps build

# What /init for another architecture is linked with, and what is packed beside it, unpacked in a root of its own. Debian 12
# was not for riscv64.
SUITE_riscv64 := --suite sid
deps-arm64 deps-riscv64: deps-%:
	$(Q).dev/deps $*
	$(Q)mkdir -p $(SYSROOTS)
	$(Q)root=$$(qemu/fetch-sysroot --arch $* $(SUITE_$*) --alone musl-dev musl libdeflate-dev linux-libc-dev busybox-static \
		e2fsck-static) && ln -sfn "$$root" $(SYSROOTS)/$*

demo:
	$(Q).dev/deps build
	$(Q).dev/deps demo
	$(Q)$(MAKE) --no-print-directory all
	$(Q)qemu/demo

C_FILES = $(wildcard init/*.[ch] init/*/*.[ch] generator/*.[ch] generator/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])
SHELL_FILES = $(shell grep -lE '^#!/bin/(ba)?sh' -r .ci .dev qemu tests generator) $(wildcard tests/*.sh tests/*/*.sh qemu/*.sh) generator/host/completion.bash

# What the figures of tests/bench/README.md come from, which are written there. Nothing passes or fails.
bench: bench-boot bench-prompt bench-build bench-compressed bench-memory bench-growth bench-network bench-live bench-stacks

bench-boot bench-prompt bench-build bench-compressed bench-memory bench-growth bench-network bench-live bench-stacks: bench-%:
	$(Q).dev/deps bench
	$(if $(filter stacks,$*),$(Q).dev/deps test)
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/bench/record $*

lint:
	$(Q).dev/deps build
	$(Q).dev/deps lint
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) KINDLING_STRICT=1 BUILD=$(BUILD)/strict all
	$(Q).dev/lint $(C_FILES) $(SHELL_FILES)

format:
	clang-format -i $(C_FILES)

clean:
	rm -rf $(BUILD)

# The places where others look are not ours to choose: kernel packages, kernel-install(8), bash.
SYSCONFDIR := /etc
KERNEL_INSTALL_DIR := /usr/lib/kernel/install.d
ZSH_COMPLETIONS = $(PREFIX)/share/zsh/site-functions
FISH_COMPLETIONS = $(PREFIX)/share/fish/vendor_completions.d
MANDIR = $(PREFIX)/share/man
INSTALL_SHARE = $(DESTDIR)$(PREFIX)/share/kindling
MAN_PAGES := $(wildcard generator/man/*.[58] init/man/*.7)
QEMU_TOOLS := $(filter-out demo,$(notdir $(wildcard qemu/*)))

# install-script,SOURCE,TARGET,MODE: the program's place is written into it.
define install-script
	install -d $(dir $(2))
	sed 's|@BINDIR@|$(PREFIX)/bin|g' $(1) >$(2).new
	chmod $(3) $(2).new
	mv -f $(2).new $(2)
endef

# install-foreign,ARCHITECTURE: its static programs, and of its root those that every image has.
define install-foreign
	install -d $(INSTALL_SHARE)/$(1)/sysroot/bin $(INSTALL_SHARE)/$(1)/sysroot/sbin
	install -m 755 $(INIT_PROGRAMS:%=$(INIT_DIRECTORY_$(1))/%) $(INSTALL_SHARE)/$(1)/
	install -m 755 $(SYSROOTS)/$(1)/bin/busybox $(INSTALL_SHARE)/$(1)/sysroot/bin/
	install -m 755 $(SYSROOTS)/$(1)/sbin/e2fsck.static $(INSTALL_SHARE)/$(1)/sysroot/sbin/

endef

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/kindling $(INSTALL_SHARE)/qemu $(DESTDIR)$(PREFIX)/share/doc/kindling
	rm -rf $(INSTALL_SHARE)/modules.d $(INSTALL_SHARE)/template $(INIT_ARCHITECTURES:%=$(INSTALL_SHARE)/%)
	install -m 755 $(BUILD)/bin/kindling $(DESTDIR)$(PREFIX)/bin/kindling
	install -m 755 $(INIT_PROGRAMS:%=$(INIT_DIRECTORY_$(NATIVE))/%) $(DESTDIR)$(PREFIX)/lib/kindling/
	install -d $(INSTALL_SHARE)/$(NATIVE)
	for program in $(INIT_PROGRAMS); do \
		ln -sfn ../../../lib/kindling/$$program $(INSTALL_SHARE)/$(NATIVE)/$$program || exit; done
	$(foreach a,$(FOREIGN),$(call install-foreign,$(a)))
	cp -R --no-preserve=ownership,mode modules.d template $(INSTALL_SHARE)/
	chmod -R a+rX $(INSTALL_SHARE)
	install -m 755 $(QEMU_TOOLS:%=qemu/%) $(INSTALL_SHARE)/qemu/
	chmod 644 $(INSTALL_SHARE)/qemu/common.sh $(INSTALL_SHARE)/qemu/archive.sh
	install -m 644 generator/host/kindling.mk $(INSTALL_SHARE)/
	install -m 644 README.md LICENSE $(DESTDIR)$(PREFIX)/share/doc/kindling/
	install -D -m 644 generator/host/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kindling
	install -D -m 644 generator/host/completion.zsh $(DESTDIR)$(ZSH_COMPLETIONS)/_kindling
	install -D -m 644 generator/host/completion.fish $(DESTDIR)$(FISH_COMPLETIONS)/kindling.fish
	for page in $(MAN_PAGES); do install -D -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit; done
	$(call install-script,generator/host/postinst.d,$(DESTDIR)$(SYSCONFDIR)/kernel/postinst.d/kindling,755)
	$(call install-script,generator/host/postrm.d,$(DESTDIR)$(SYSCONFDIR)/kernel/postrm.d/kindling,755)
	$(call install-script,generator/host/60-kindling.install,$(DESTDIR)$(KERNEL_INSTALL_DIR)/60-kindling.install,755)
	@# Empty: make sees a file that is added to it later, but not one in a directory that was not there.
	install -d $(DESTDIR)$(SYSCONFDIR)/kindling/modules.d
	test -e $(DESTDIR)$(SYSCONFDIR)/kindling.conf || \
		install -D -m 644 generator/host/kindling.conf $(DESTDIR)$(SYSCONFDIR)/kindling.conf

uninstall:
	rm -rf $(INSTALL_SHARE) $(DESTDIR)$(PREFIX)/lib/kindling $(DESTDIR)$(PREFIX)/share/doc/kindling
	rm -f $(DESTDIR)$(PREFIX)/bin/kindling $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kindling
	rm -f $(DESTDIR)$(ZSH_COMPLETIONS)/_kindling $(DESTDIR)$(FISH_COMPLETIONS)/kindling.fish
	for page in $(MAN_PAGES); do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done
	rm -f $(DESTDIR)$(SYSCONFDIR)/kernel/postinst.d/kindling $(DESTDIR)$(SYSCONFDIR)/kernel/postrm.d/kindling
	rm -f $(DESTDIR)$(KERNEL_INSTALL_DIR)/60-kindling.install
	rmdir --ignore-fail-on-non-empty $(DESTDIR)$(SYSCONFDIR)/kindling/modules.d $(DESTDIR)$(SYSCONFDIR)/kindling \
		2>/dev/null || true

# A Debian package, made of what `make install` installs.
DEB_DIR := $(BUILD)/debian
deb: all
	$(Q)generator/debian/build $(VERSION) $(DEB_DIR)

-include $(shell find $(BUILD)/init $(BUILD)/generator $(BUILD)/asan $(BUILD)/fuzz -type f -name '*.d' 2>/dev/null)
