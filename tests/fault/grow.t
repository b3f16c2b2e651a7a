#!/bin/bash
# The power goes while a root grows with its disk. All that the machine writes to the disk is recorded, and the disk is
# put together as each moment would have left it: without some of the writes that it was not told to bring home yet, and
# with only some sectors of a write to the table; of those to the file system, only some blocks, as ext4 asks of a disk
# for its superblock. Whatever is left, the kernel must find the partition by the primary
# GPT, and e2fsck must find the file system whole; some of it is booted. CUTS says how many moments of that kind.
. "$(dirname "$0")/../boot/lib.sh"
. tests/boot/grow.sh

CUTS=${CUTS:-40}
SEED=${SEED:-$RANDOM}
WORK=$MADE/grow-power
rm -rf "$WORK"
mkdir -p "$WORK"

use_kernel cloud
image vm-grow -f growroot
disk ext4-gpt-grow -t ext4 -p gpt -L grows
GROWN=$WORK/grown.img
cp --sparse=always "$DISK" "$WORK/before.img" && truncate -s +100M "$WORK/before.img"
cp --sparse=always "$WORK/before.img" "$GROWN"
SIZE=$(stat -c %s "$GROWN")
truncate -s 0 "$WORK/log"
RUN_OPTIONS=(-- -blockdev "driver=blklogwrites,node-name=root,file.driver=file,file.filename=$GROWN,log.driver=file,log.filename=$WORK/log"
    -device "virtio-blk-pci,drive=root")
boots "a root grows, and what is written is recorded" "root=LABEL=grows" -- \
    "kindling: the ext4 of /dev/vda1 has grown to " "real-root: root /dev/vda1 ext4 ro,"
RUN_OPTIONS=()
check "the partition fills the disk" fills_the_disk 1
check "and the file system fills the partition" ext4_fills 1

# replay: what each moment leaves.
replay() {
    perl -Itests/fault -MWriteLog -e '
        use Compress::Zlib qw(crc32);
        use File::Copy;
        my ($work, $cuts, $seed) = @ARGV;
        my ($before, $cut) = ("$work/before.img", "$work/cut.img");
        my @writes = recorded_writes("$work/log");
        sub run { system("@_ >>$work/said 2>&1"); return $? >> 8 }
        sub apply { # what share of the sectors or blocks
            my ($share, @some) = @_;
            open my $file, "+<:raw", $cut or die $!;
            for my $write (@some) {
                my $unit = $write->{at} >= 1 << 20 && $write->{at} % 4096 == 0 && length($write->{bytes}) % 4096 == 0 ? 4096 : 512;
                for (my $at = 0; $at < length $write->{bytes}; $at += $unit) {
                    next if rand() >= $share;
                    seek $file, $write->{at} + $at, 0;
                    print $file substr($write->{bytes}, $at, $unit);
                }
            }
            close $file or die $!;
        }
        sub start { run("cp --sparse=always $before $cut") == 0 or die "no copy" }
        # As the kernel does: the primary header, and the entries that it points at.
        sub table {
            open my $file, "<:raw", $cut or die $!;
            my $at = sub { my ($where, $length) = @_; seek $file, $where, 0; read $file, my $bytes, $length; $bytes };
            my $header = $at->(512, 512);
            return "no header" if substr($header, 0, 8) ne "EFI PART";
            my $crc = unpack("x16 V", $header);
            my $zeroed = substr($header, 0, 92);
            substr($zeroed, 16, 4) = "\0" x 4;
            return "a header of another checksum" if crc32($zeroed) != $crc;
            my ($lba, $number, $each, $all) = unpack("x72 Q< V V V", $header);
            my $entries = $at->($lba * 512, $number * $each);
            return "entries of another checksum" if crc32($entries) != $all;
            my ($first, $last) = unpack("x32 Q< Q<", $entries);
            return "no partition" if $first != 2048 || ($last + 1) * 512 > -s $cut;
            return ($lba == 2 ? "" : "unfinished ") . "table of " . ($last + 1 - $first);
        }
        my ($bad, %seen, $unfinished, $growing) = 0;
        sub judge {
            my ($when) = @_;
            my $table = table();
            $seen{$table}++;
            unlink "$work/said";
            my $status = run("dd if=$cut of=$work/part.img bs=1M skip=1 conv=sparse") || run("e2fsck -fp $work/part.img");
            return $table if $table =~ /table of/ && $status <= 1;
            $bad++;
            print "$when: $table, e2fsck ends with $status\n", `tail -n 5 $work/said`;
            return $table;
        }
        srand($seed);
        my $last = "";
        for my $i (0 .. $#writes) {
            next unless length $writes[$i]{bytes};
            start();
            apply(1, @writes[0 .. $i]);
            my $table = judge("after write $i");
            $unfinished //= $i if $table =~ /unfinished/;
            $growing = $i if $table eq $last;
            $last = $table;
        }
        for (1 .. $cuts) {
            my $end = int(rand(@writes));
            my $flushed = flushed_before($end, @writes);
            start();
            apply(1, @writes[0 .. $flushed - 1]) if $flushed;
            apply(0.5, $_) for @writes[$flushed .. $end];
            judge("write $end, some sectors of those behind $flushed missing");
        }
        print "seed $seed: ", join(", ", map { "$_: $seen{$_} times" } sort keys %seen), "\n";
        for (["unfinished", $unfinished], ["growing", int(($unfinished + $growing) / 2) + 3]) {
            start();
            apply(1, @writes[0 .. $_->[1]]);
            rename $cut, "$work/$_->[0].img" or die $!;
        }
        exit($bad != 0 || keys %seen != 3);' "$@"
}
check "whenever the power goes, table and file system are whole" replay "$WORK" "$CUTS" "$SEED"

# Two of these moments, booted.
for state in unfinished growing; do
    GROWN=$WORK/$state.img
    SNAPSHOT='' boots "$state when the power went" "root=LABEL=grows" "$GROWN" -- "real-root: root /dev/vda1 ext4 ro,"
    check "$state: it fills the disk after all" fills_the_disk 1
    check "$state: the table is sound" table_is_sound
    check "$state: the file system fills it" ext4_fills 1
done

rm -rf "$WORK"
done_testing
