namespace ReactiveQuery;

/// <summary>The entries of a cache by key.</summary>
/// <param name="gate">The cache's lock, which whoever writes holds. Whoever reads needs it only while the table grows.</param>
/// <remarks>
/// <para>
/// The entries themselves are linked: one costs no node, and comes and goes without a lock but the one that the prefix index needs, too (W4, W11a and W12 in
/// <c>benchmarks/WORKLOADS.md</c>). One that was taken out still leads to those behind it, for whoever stands at it at that moment, and is never put in again. New ones come
/// to the front: one that is dead, but still held by somebody, keeps at the most what stood behind it, and not all that ever came after it.
/// </para>
/// <para>
/// When the table grows, each chain is split in two that keep its order. So a link only ever leads forward, and whoever walks meanwhile comes to an end; they may pass
/// what they look for, and then find that the generation is another one. The buckets stand in pieces, of which those that are there stay; see <see cref="PiecedList{T}"/>.
/// </para>
/// </remarks>
internal sealed class EntryTable(object gate)
{
    private const int PieceBits = 11;
    private const int PieceLength = 1 << PieceBits;
    private Bucket[][] _buckets = [new Bucket[16]]; // Powers of two: one piece that is short, or whole ones.
    private int _generation; // Odd while it grows.
    private int _count;

    /// <summary>How many there are; may be asked without the lock.</summary>
    public int Count => Volatile.Read(ref _count);

    public QueryEntry? Find(QueryKey key)
    {
        var generation = Volatile.Read(ref _generation);
        var buckets = Volatile.Read(ref _buckets);
        for (var entry = Volatile.Read(ref LinkAt(IndexOf(key, buckets), buckets)); entry is not null; entry = Volatile.Read(ref entry.NextInTable))
            if (entry.Key.Equals(key))
                return entry;
        if ((generation & 1) == 0 && Volatile.Read(ref _generation) == generation) return null;
        lock (gate)
            return LinkTo(key);
    }

    /// <summary>Puts an entry in, in place of the one that has its key, should there be one.</summary>
    public void Put_NeedsLock(QueryEntry entry)
    {
        ref var link = ref LinkTo(entry.Key);
        if (link is { } old)
        {
            entry.NextInTable = old.NextInTable;
            Volatile.Write(ref link, entry);
            return;
        }

        ref var first = ref LinkAt(IndexOf(entry.Key, _buckets), _buckets);
        entry.NextInTable = first;
        Volatile.Write(ref first, entry);
        Volatile.Write(ref _count, _count + 1);
        if (_count > LengthOf(_buckets))
            Grow();
    }

    /// <summary>Takes an entry out; false when it is not (or no longer) here.</summary>
    public bool Remove_NeedsLock(QueryEntry entry)
    {
        ref var link = ref LinkAt(IndexOf(entry.Key, _buckets), _buckets);
        while (link != entry)
        {
            if (link is null) return false;
            link = ref link.NextInTable;
        }

        Volatile.Write(ref link, entry.NextInTable);
        Volatile.Write(ref _count, _count - 1);
        return true;
    }

    /// <summary>Keys that differ in their last number follow each other, and so do the buckets of entries that come and go together.</summary>
    private static int IndexOf(QueryKey key, Bucket[][] buckets)
    {
        var hash = (uint)key.GetHashCode();
        return (int)((hash ^ (hash >> 16)) & (uint)(LengthOf(buckets) - 1));
    }

    private static int LengthOf(Bucket[][] buckets) => buckets.Length * buckets[0].Length;

    /// <summary>What leads to the first of a bucket.</summary>
    private static ref QueryEntry? LinkAt(int index, Bucket[][] buckets) => ref buckets[index >> PieceBits][index & (PieceLength - 1)].First;

    /// <summary>What leads to the entry of a key, or to nothing at the end of its chain.</summary>
    private ref QueryEntry? LinkTo(QueryKey key)
    {
        ref var link = ref LinkAt(IndexOf(key, _buckets), _buckets);
        while (link is { } entry && !entry.Key.Equals(key))
            link = ref entry.NextInTable;
        return ref link;
    }

    private void Grow()
    {
        var length = LengthOf(_buckets);
        if (length > Array.MaxLength / 2) return;
        var grown = Doubled(_buckets);
        Volatile.Write(ref _generation, _generation + 1);
        for (var i = 0; i < length; i++)
            Split(LinkAt(i, _buckets), length, grown, ref LinkAt(i, grown), ref LinkAt(i + length, grown));
        Volatile.Write(ref _buckets, grown);
        Volatile.Write(ref _generation, _generation + 1);
    }

    private static Bucket[][] Doubled(Bucket[][] buckets)
    {
        if (buckets[0].Length < PieceLength) return [new Bucket[2 * buckets[0].Length]];
        var grown = new Bucket[2 * buckets.Length][];
        for (var i = 0; i < grown.Length; i++)
            grown[i] = i < buckets.Length ? buckets[i] : new Bucket[PieceLength];
        return grown;
    }

    private static void Split(QueryEntry? first, int length, Bucket[][] grown, ref QueryEntry? low, ref QueryEntry? high)
    {
        for (var entry = first; entry is not null;)
        {
            var next = entry.NextInTable;
            if (IndexOf(entry.Key, grown) < length)
            {
                Volatile.Write(ref low, entry);
                low = ref entry.NextInTable;
            }
            else
            {
                Volatile.Write(ref high, entry);
                high = ref entry.NextInTable;
            }

            entry = next;
        }

        Volatile.Write(ref low, null);
        Volatile.Write(ref high, null);
    }

    /// <summary>A type of its own: a reference to a place in an array of references would ask first what the array is of.</summary>
    private struct Bucket
    {
        public QueryEntry? First;
    }
}
