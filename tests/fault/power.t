#!/bin/bash
# The power goes at any moment of `kindling update` with a /boot of VFAT, which has neither links nor a journal. All that
# the machine writes to that disk is recorded, and the disk is put together as each moment would have left it, also
# without some of the writes that it was not told to bring home yet. CUTS says how many moments of that kind.
. "$(dirname "$0")/../boot/lib.sh"
BOOT_LOADER=yes
use_kernel cloud
RELEASE=$KVER
. tests/golden/lib.sh

CUTS=${CUTS:-300}
SEED=${SEED:-$RANDOM}
NAME=initrd.img-$KVER
BOOT_DISK=$WORK/boot.img

# Images of some size, so that they are many clusters: one that has booted, one before it, and the machine makes another.
random() {
    perl -e 'srand(unpack("%32C*", $ARGV[0])); print pack("C*", map { int(rand(256)) } 1 .. 150000)' "$1" >"$KINDLING_DATA/template/etc/random"
}
for i in earlier booted new; do
    random "$i"
    build -o "$WORK/$i" --layout classic || bail_out "nothing can be built"
done
touch -d 1990-01-01 "$WORK/earlier" "$WORK/booted"
truncate -s 40M "$BOOT_DISK"
mkfs.vfat -F 32 "$BOOT_DISK" >"$WORK/said" || bail_out "no disk"
{ mcopy -m -i "$BOOT_DISK" "$WORK/booted" "::$NAME" && mcopy -m -i "$BOOT_DISK" "$WORK/earlier" "::$NAME.old"; } ||
    bail_out "no files on the disk"
cp "$BOOT_DISK" "$WORK/before.img"

# A root that makes the image, and says when it is done.
GUEST=$WORK/root
qemu/mkroot "$GUEST"
mkdir -p "$GUEST"/{boot,usr/bin,etc,var/cache,lib/modules}
cp "$KINDLING" "$GUEST/usr/bin/"
for library in $(ldd "$KINDLING" | grep -o '/[^ ]*'); do
    mkdir -p "$GUEST/$(dirname "$library")"
    cp -L "$library" "$GUEST/$library"
done
cp -r "$KINDLING_DATA" "$GUEST/data"
cp -r "$WORK/modules/$KVER" "$GUEST/lib/modules/"
cp "$(command -v depmod)" "$GUEST/sbin/depmod"
printf 'modules-dir = /lib/modules\nlayout = classic\ncache = none\n' >"$GUEST/etc/kindling.conf"
cat >"$GUEST/sbin/init" <<END
#!/bin/sh
mount -t tmpfs tmp /tmp
export PATH=/usr/bin:/bin:/sbin KINDLING_DATA=/data
mount -t vfat /dev/vdb /boot && kindling update -k $KVER && echo "power: done"
sleep 1000
END
chmod 755 "$GUEST/sbin/init"
qemu/mkdisk -t ext4 -p none -s 128M "$WORK/root.img" "$GUEST" || bail_out "no root"

IMAGE=$WORK/initramfs
env -u KINDLING_DATA -u KINDLING_ETC "$KINDLING" build -q -k "$RELEASE" --modules-dir "$KERNEL/lib/modules" -o "$IMAGE" -a vfat,nls_cp437,nls_ascii,nls_iso8859-1,nls_utf8 ||
    bail_out "no image"
truncate -s 0 "$WORK/log"
RUN_OPTIONS=(-- -blockdev "driver=blklogwrites,node-name=boot,file.driver=file,file.filename=$BOOT_DISK,log.driver=file,log.filename=$WORK/log"
    -device "virtio-blk-pci,drive=boot")
run_machine power 'power: done' "root=/dev/vda rw" "$WORK/root.img"
check "a machine makes an image in a /boot of VFAT" log_shows 'power: done'

# replay: what each moment leaves.
replay() {
    perl -Itests/fault -MWriteLog -e '
        my ($before, $log, $out, $name, $cuts, $seed, $booted, $new) = @ARGV;
        sub slurp { open my $file, "<:raw", $_[0] or die "$_[0]: $!"; local $/; <$file> }
        my ($disk, %known) = (slurp($before));
        $known{slurp($booted)} = "the old one";
        $known{slurp($new)} = "the new one";
        my @writes = recorded_writes($log);
        sub look {
            my ($state, $file) = @_;
            open my $image, ">:raw", $out or die $!;
            print $image $state;
            close $image;
            open my $copy, "-|", "mcopy -n -i $out ::$file - 2>/dev/null" or die $!;
            my $bytes = do { local $/; <$copy> } // "";
            return $known{$bytes} // "broken";
        }
        my ($bad, $state, %seen) = (0, $disk);
        sub judge {
            my ($state, $when) = @_;
            my $is = look($state, $name);
            $seen{$is}++;
            return if $is ne "broken";
            $bad++;
            printf "%s: the image is broken, .old is %s, .old.new %s\n", $when, look($state, "$name.old"), look($state, "$name.old.new");
        }
        for my $i (0 .. $#writes) {
            substr($state, $writes[$i]{at}, length $writes[$i]{bytes}) = $writes[$i]{bytes};
            judge($state, "after write $i") if length $writes[$i]{bytes};
        }
        print "at the end: ", look($state, $name), ", and .old is ", look($state, "$name.old"), "\n";
        $bad++ if look($state, $name) ne "the new one" || look($state, "$name.old") ne "the old one";
        srand($seed);
        for (1 .. $cuts) {
            my $end = int(rand(@writes)) + 1;
            my $flushed = flushed_before($end, @writes);
            my $state = $disk;
            for my $i (0 .. $end - 1) {
                next if $i >= $flushed && rand() < 0.5;
                substr($state, $writes[$i]{at}, length $writes[$i]{bytes}) = $writes[$i]{bytes};
            }
            judge($state, "$end writes, some of those behind $flushed missing");
        }
        print "seed $seed: ", join(", ", map { "$_ $seen{$_} times" } sort keys %seen), "\n";
        exit($bad != 0 || !$seen{"the old one"} || !$seen{"the new one"});' "$@"
}
check "whenever the power goes, the old or the new image is whole" replay "$WORK/before.img" "$WORK/log" "$WORK/cut.img" \
    "$NAME" "$CUTS" "$SEED" "$WORK/booted" "$WORK/new"
[ -z "${KEEP-}" ] || cp "$WORK/log" "$BOOT_DISK" "$WORK/before.img" "$WORK/booted" "$WORK/new" "$KEEP"
done_testing
