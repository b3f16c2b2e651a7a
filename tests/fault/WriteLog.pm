# The recording of a disk's writes that QEMU's blklogwrites makes: dm-log-writes' (Documentation/admin-guide/device-mapper/
# log-writes.rst), a sector that tells what, then the bytes.
package WriteLog;
use strict;
use warnings;
use Exporter "import";
our @EXPORT = qw(recorded_writes flushed_before);

# Each write, in its order: where (bytes), its bytes ("" for a flush alone), and whether it ends in a flush.
sub recorded_writes {
    my ($path) = @_;
    open my $file, "<:raw", $path or die "$path: $!";
    my $recorded = do { local $/; <$file> };
    my $size = unpack("x24 V", $recorded);
    my @writes;
    for (my $position = $size; $position + 32 <= length($recorded);) {
        my ($sector, $count, $flags) = unpack("Q<3", substr($recorded, $position, 24));
        last unless $count || $flags;
        $position += $size;
        my $bytes = $flags & 4 ? "" : substr($recorded, $position, $count * $size);
        push @writes, { at => $sector * $size, bytes => $bytes, flush => $flags & 1 };
        $position += length($bytes);
    }
    printf "%d writes, %d flushes\n", scalar(grep { length $_->{bytes} } @writes), scalar(grep { $_->{flush} } @writes);
    return @writes;
}

# How many of the first $count are home for certain: all up to the last flush.
sub flushed_before {
    my ($count, @writes) = @_;
    $count-- while $count > 0 && !$writes[$count - 1]{flush};
    return $count;
}

1;
