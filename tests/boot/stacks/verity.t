#!/bin/bash
# Roots and a /usr that dm-verity vouches for, whole and not.
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image verity -f verity

# sealed FILE DATA [OPTIONS]: FILE, the hash tree of the data, and FILE.hash, its top.
sealed() {
    veritysetup format "${@:3}" "$2" "$1" | sed -n 's/^Root hash:[[:space:]]*//p' >"$1.hash" && [ -s "$1.hash" ]
}

disk verity-root -t ext4 -p none -L sealed
data=$DISK
once "$MADE/verity-tree.img" sealed "$MADE/verity-tree.img" "$data"
tree=$MADE/verity-tree.img
HASH=$(<"$tree.hash")
DEVICES="systemd.verity_root_data=/dev/vda systemd.verity_root_hash=/dev/vdb"
boots "systemd's words, and no root=" "roothash=$HASH $DEVICES" "$data" "$tree" -- "real-root: root /dev/dm-0 ext4 ro,"
boots "the data's label is that of what is vouched for" "roothash=$HASH $DEVICES root=LABEL=sealed" "$data" "$tree" -- \
    "real-root: root /dev/dm-0 ext4 ro,"
boots "what the kernel does with an error" \
    "roothash=$HASH $DEVICES systemd.verity_root_options=panic-on-corruption,ignore-zero-blocks rd.info" "$data" "$tree" -- \
    "kindling: dm-verity vouches for /dev/vda as /dev/mapper/root" "real-root: root /dev/dm-0 ext4 ro,"

# Another hash, other data, no tree: whatever names the root, what nobody vouches for is not mounted.
OTHER=$(tr '0-9a-f' '1-9a-f0' <<<"$HASH")
fails "another hash" "roothash=$OTHER $DEVICES root=LABEL=sealed rd.timeout=3" "$data" "$tree" -- \
    "kindling: what is on /dev/vda is not what its hash on the kernel command line stands for (roothash=): it was changed, or the hash is another's"
changed() {
    cp "$2" "$1" && printf x | dd of="$1" bs=1 seek=1100 conv=notrunc status=none
}
once "$MADE/verity-changed.img" changed "$MADE/verity-changed.img" "$data"
fails "the data was changed" "roothash=$HASH $DEVICES rd.timeout=3" "$MADE/verity-changed.img" "$tree" -- \
    "kindling: what is on /dev/vda is not what its hash on the kernel command line stands for (roothash=)"
fails "the tree does not come" "roothash=$HASH $DEVICES root=LABEL=sealed rd.timeout=3" "$data" -- \
    "kindling: /dev/vda has the data of the root, but its hash tree, /dev/vdb, has not come"
fails "there is no tree" "roothash=$HASH systemd.verity_root_data=/dev/vda systemd.verity_root_hash=/dev/vda rd.timeout=3" "$data" -- \
    "kindling: cannot read the hash tree of /dev/vda on /dev/vda: there is no superblock of dm-verity"
fails "an option that is not heeded" "roothash=$HASH $DEVICES systemd.verity_root_options=root-hash-signature=/x root=LABEL=sealed rd.timeout=3" \
    "$data" "$tree" -- "kindling: systemd.verity_root_options= on the kernel command line asks for root-hash-signature=/x" \
    "kindling: /dev/vda is not taken for the root: what the kernel command line says of dm-verity cannot be done"
fails "no hash" "roothash=secret $DEVICES rd.timeout=3" "$data" "$tree" -- \
    "kindling: roothash= on the kernel command line is no hash: nothing is made of it"
for root in LABEL=sealed /dev/vda; do
    fails "no hash, and a root by a name of its own: $root" "roothash=secret root=$root rd.timeout=3" "$data" "$tree" -- \
        "kindling: /dev/vda is not taken for the root: what the kernel command line says of dm-verity cannot be done"
done

# Partitions whose UUIDs are the hash's halves, as the Discoverable Partitions Specification has it.
uuid_of() {
    sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/' <<<"$1"
}
discoverable() {
    local data_sectors tree_sectors
    data_sectors=$((($(stat -L -c %s "$data") + 511) / 512))
    tree_sectors=$((($(stat -c %s "$tree") + 511) / 512))
    rm -f "$1" && truncate -s $(((data_sectors + tree_sectors + 8192) * 512)) "$1" &&
        sfdisk -q "$1" <<END &&
label: gpt
start=2048, size=$data_sectors, type=4f68bce3-e8cd-4db1-96e7-fbcaf984b709, uuid=$(uuid_of "$HASH")
start=$((2048 + data_sectors)), size=$tree_sectors, type=2c7357ed-ebd2-46d9-aec1-23d437ec2bf5, uuid=$(uuid_of "${HASH:32}")
END
        dd if="$data" of="$1" bs=512 seek=2048 conv=notrunc,sparse status=none &&
        dd if="$tree" of="$1" bs=512 seek=$((2048 + data_sectors)) conv=notrunc status=none
}
once "$MADE/verity-discoverable.img" discoverable "$MADE/verity-discoverable.img" "$tree"
boots "the hash alone names the partitions" "roothash=$HASH" "$MADE/verity-discoverable.img" -- "real-root: root /dev/dm-0 ext4 ro,"

# Data and tree on one device, with another algorithm, salt and block size.
together() {
    cp "$2" "$1.data" && sealed "$1.tree" "$1.data" --hash sha512 --salt aabb --data-block-size 1024 &&
        cat "$1.data" "$1.tree" >"$1"
}
once "$MADE/verity-together.img" together "$MADE/verity-together.img" "$data"
boots "one device, SHA-512" "roothash=$(<"$MADE/verity-together.img.tree.hash") systemd.verity_root_data=/dev/vda systemd.verity_root_hash=/dev/vda \
systemd.verity_root_options=hash-offset=$(stat -c %s "$MADE/verity-together.img.data")" "$MADE/verity-together.img" -- \
    "real-root: root /dev/dm-0 ext4 ro,"

# A /usr, beside a root that nobody vouches for.
make_roots() {
    local root=$MADE/verity-usr
    rm -rf "$root" "$root-usr" && mkdir -p "$root" && qemu/mkroot "$root" && mkdir -p "$root-usr" && mv "$root/bin" "$root/sbin" "$root-usr/" &&
        mkdir "$root/usr" && ln -s usr/bin "$root/bin" && ln -s usr/sbin "$root/sbin" && qemu/mkdisk -t ext4 -p none "$1" "$root" &&
        qemu/mkdisk -t erofs -p none "$1.usr" "$root-usr" && sealed "$1.tree" "$1.usr"
}
once "$MADE/verity-with-usr.img" make_roots "$MADE/verity-with-usr.img"
image verity-erofs -f verity,erofs
boots "usrhash=" "root=/dev/vda usrhash=$(<"$MADE/verity-with-usr.img.tree.hash") systemd.verity_usr_data=/dev/vdb systemd.verity_usr_hash=/dev/vdc rd.info" \
    "$MADE/verity-with-usr.img"{,.usr,.tree} -- "kindling: dm-verity vouches for /dev/vdb as /dev/mapper/usr" "real-root: root /dev/vda ext4 ro,"

# `kindling check` sees it before.
checks() {
    "$KINDLING" check --machine q35-virtio --root "$MADE/verity-discoverable.img" "$IMAGE" 2>&1 | tee "$LOGS/verity-check" | grep -E "$1" ||
        cat_and_fail "$LOGS/verity-check"
}
check "the check says that it boots" checks 'boots on q35-virtio'
image no-verity
check "or what is missing" checks 'ext4 \(which asks for dm-verity\) wants dm_verity, which kernel .* has, but this image has not'
fails "an image without it" "roothash=$HASH $DEVICES rd.timeout=3" "$data" "$tree" -- "kindling: the kernel makes no dm-verity device of /dev/vda" \
    "kindling build -f verity"
done_testing
