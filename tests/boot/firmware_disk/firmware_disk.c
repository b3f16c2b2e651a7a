// SPDX-License-Identifier: GPL-2.0 OR MIT
/* A disk that does not work without firmware, which none of QEMU's needs: the memory that ivshmem-plain shares with a
 * file of the host. The driver refuses the device unless the kernel finds its firmware, and the right one. */
#include <linux/blkdev.h>
#include <linux/firmware.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#define FIRMWARE "kindling/firmware-disk.bin"
#define MAGIC "firmware-disk 1\n"
/* docs/specs/ivshmem-spec.txt of QEMU. */
#define SHARED_MEMORY_BAR 2

struct firmware_disk {
    struct gendisk *disk;
    u8 *memory;
};

static void copy_segment(u8 *memory, struct bio_vec *segment, bool is_write)
{
    void *buffer = bvec_kmap_local(segment);

    if (is_write)
        memcpy(memory, buffer, segment->bv_len);
    else
        memcpy(buffer, memory, segment->bv_len);
    kunmap_local(buffer);
}

/* No bio reaches beyond the disk's end: the block layer sees to that. */
static void firmware_disk_submit_bio(struct bio *bio)
{
    struct firmware_disk *disk = bio->bi_bdev->bd_disk->private_data;
    struct bvec_iter iter;
    struct bio_vec segment;

    bio_for_each_segment(segment, bio, iter)
        copy_segment(disk->memory + (iter.bi_sector << SECTOR_SHIFT), &segment, op_is_write(bio_op(bio)));
    bio_endio(bio);
}

static const struct block_device_operations firmware_disk_operations = {
    .owner = THIS_MODULE,
    .submit_bio = firmware_disk_submit_bio,
};

static int check_firmware(struct device *device)
{
    const struct firmware *firmware;
    int result = request_firmware(&firmware, FIRMWARE, device);

    if (result < 0)
        return dev_err_probe(device, result, "cannot do without the firmware %s\n", FIRMWARE);
    if (firmware->size < strlen(MAGIC) || memcmp(firmware->data, MAGIC, strlen(MAGIC)))
        result = dev_err_probe(device, -EINVAL, "%s is no firmware of this disk\n", FIRMWARE);
    release_firmware(firmware);
    return result;
}

static int add_disk_of(struct firmware_disk *disk, struct device *device, u64 size)
{
    int result;

    disk->disk = blk_alloc_disk(NUMA_NO_NODE);
    if (!disk->disk)
        return -ENOMEM;
    disk->disk->fops = &firmware_disk_operations;
    disk->disk->private_data = disk;
    strscpy(disk->disk->disk_name, "fwd0", DISK_NAME_LEN);
    set_capacity(disk->disk, size >> SECTOR_SHIFT);
    result = device_add_disk(device, disk->disk, NULL);
    if (result < 0)
        put_disk(disk->disk);
    return result;
}

static int firmware_disk_probe(struct pci_dev *pci, const struct pci_device_id *id)
{
    struct firmware_disk *disk = devm_kzalloc(&pci->dev, sizeof(*disk), GFP_KERNEL);
    int result = disk ? pcim_enable_device(pci) : -ENOMEM;

    if (result == 0)
        result = check_firmware(&pci->dev);
    if (result < 0)
        return result;
    disk->memory = devm_memremap(
        &pci->dev, pci_resource_start(pci, SHARED_MEMORY_BAR), pci_resource_len(pci, SHARED_MEMORY_BAR), MEMREMAP_WB);
    if (IS_ERR(disk->memory))
        return PTR_ERR(disk->memory);
    pci_set_drvdata(pci, disk);
    return add_disk_of(disk, &pci->dev, pci_resource_len(pci, SHARED_MEMORY_BAR));
}

static void firmware_disk_remove(struct pci_dev *pci)
{
    struct firmware_disk *disk = pci_get_drvdata(pci);

    del_gendisk(disk->disk);
    put_disk(disk->disk);
}

static const struct pci_device_id firmware_disk_ids[] = {
    {PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, 0x1110)},
    {},
};
MODULE_DEVICE_TABLE(pci, firmware_disk_ids);

static struct pci_driver firmware_disk_driver = {
    .name = KBUILD_MODNAME,
    .id_table = firmware_disk_ids,
    .probe = firmware_disk_probe,
    .remove = firmware_disk_remove,
};
module_pci_driver(firmware_disk_driver);

MODULE_DESCRIPTION("A disk that needs firmware, for tests of kindling");
MODULE_FIRMWARE(FIRMWARE);
MODULE_LICENSE("Dual MIT/GPL");
