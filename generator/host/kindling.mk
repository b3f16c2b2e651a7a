# Images of kindling out of your own makefile: `include .../share/kindling/kindling.mk` in a directory of kernel trees.
#
#   make, make images          one image for each kernel: initramfs-KVER.img
#   make check-boot-KVER       boots that image in QEMU, up to a small root's init; make check-boot: each
#   make clean-images          removes them and what was kept for them
#
# Set before the include, or on make's command line:
#
#   KINDLING_MODULES_DIR       what holds KVER/ (default: lib/modules if it is there, else this directory)
#   KINDLING_IMAGES_DIR        where images go (default: this directory)
#   KINDLING_FLAGS             options for `kindling build`; KINDLING_FLAGS_KVER: more of them for one kernel
#   KINDLING_KERNEL_KVER       the kernel to boot (default: vmlinuz-KVER where it usually lies)
#   KINDLING_CMDLINE           more for the kernel command line of check-boot
#   KINDLING_RUN_FLAGS         options for qemu/run, such as -M q35

KINDLING ?= kindling
KINDLING_WORK ?= .kindling
KINDLING_MODULES_DIR ?= $(if $(wildcard lib/modules),lib/modules,.)
KINDLING_IMAGES_DIR ?= .
KINDLING_FLAGS ?=
KINDLING_CMDLINE ?=
KINDLING_RUN_FLAGS ?=
kindling_here := $(dir $(lastword $(MAKEFILE_LIST)))
KINDLING_QEMU ?= $(kindling_here)qemu
# A newer kindling may make another image.
KINDLING_PROGRAM ?= $(shell command -v $(KINDLING))
KINDLING_KERNELS := $(patsubst $(KINDLING_MODULES_DIR)/%/kernel,%,$(wildcard $(KINDLING_MODULES_DIR)/*/kernel))
KINDLING_IMAGES := $(KINDLING_KERNELS:%=$(KINDLING_IMAGES_DIR)/initramfs-%.img)

.PHONY: images check-boot clean-images $(KINDLING_KERNELS:%=check-boot-%) KINDLING_FORCE
images: $(KINDLING_IMAGES)

# What a depfile cannot know: how the image is made. Written anew only when it has changed.
kindling_flags = $(KINDLING_MODULES_DIR) $(KINDLING_FLAGS) $(KINDLING_FLAGS_$*)
$(KINDLING_KERNELS:%=$(KINDLING_WORK)/%.flags): $(KINDLING_WORK)/%.flags: KINDLING_FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(kindling_flags))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(kindling_flags))' >$@

kindling_build = $(KINDLING) build -q -k $* --modules-dir $(KINDLING_MODULES_DIR) -o $@ \
	--depfile $(KINDLING_WORK)/$*.d $(KINDLING_FLAGS) $(KINDLING_FLAGS_$*)

# Each image's own depfile names the modules, features, template and programs that it is made of.
$(KINDLING_IMAGES): $(KINDLING_IMAGES_DIR)/initramfs-%.img: $(KINDLING_WORK)/%.flags $(KINDLING_PROGRAM)
	@echo "  IMAGE	$@"
	@mkdir -p $(@D)
	@$(kindling_build)

# Of a kernel that is not there: kindling says so, and which there are.
initramfs-%.img:
	@$(kindling_build)

-include $(KINDLING_KERNELS:%=$(KINDLING_WORK)/%.d)

kindling_kernel = $(or $(KINDLING_KERNEL_$*),$(firstword $(wildcard vmlinuz-$* boot/vmlinuz-$* \
	$(KINDLING_MODULES_DIR)/$*/vmlinuz $(KINDLING_MODULES_DIR)/../../boot/vmlinuz-$* /boot/vmlinuz-$*)))

check-boot: $(KINDLING_KERNELS:%=check-boot-%)

$(KINDLING_KERNELS:%=check-boot-%): check-boot-%: $(KINDLING_IMAGES_DIR)/initramfs-%.img $(KINDLING_WORK)/root.img
	$(if $(kindling_kernel),,$(error cannot boot $*: there is no vmlinuz-$*, name it with KINDLING_KERNEL_$*=FILE))
	@echo "  BOOT	$*"
	@$(KINDLING_QEMU)/run -k $(kindling_kernel) -i $< -d $(KINDLING_WORK)/root.img --snapshot $(KINDLING_RUN_FLAGS) \
		-a 'root=LABEL=kindling-check panic=-1 $(KINDLING_CMDLINE)' --log $(KINDLING_WORK)/boot-$*.log \
		--until 'real-root: done' || { grep -a 'kindling:' $(KINDLING_WORK)/boot-$*.log || tail -n 20 $(KINDLING_WORK)/boot-$*.log; \
		echo "$* does not boot, see $(KINDLING_WORK)/boot-$*.log"; exit 1; }
	@echo "  BOOTS	$*"

$(KINDLING_WORK)/root.img:
	@mkdir -p $(@D)
	@rm -rf $(@D)/root
	@$(KINDLING_QEMU)/mkroot $(@D)/root
	@$(KINDLING_QEMU)/mkdisk -L kindling-check $@ $(@D)/root

clean-images:
	rm -rf $(KINDLING_WORK) $(KINDLING_IMAGES)
