using System.Globalization;
using ReactiveQuery.Tests.Cache;

namespace ReactiveQuery.Tests.Storms;

/// <summary>Readers without a lock, beside one who adds, removes, replaces and makes the table grow.</summary>
[Collection(AloneCollection.Name)]
public class EntryTableStormTests
{
    private static readonly int Scale = int.Parse(Environment.GetEnvironmentVariable("ENTRY_TABLE_SCALE") ?? "1", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Readers_find_every_key_that_stays_and_none_that_never_was(int hashes)
    {
        for (var round = 0; round < 5 * Scale; round++) new Storm(round, hashes).Run(changes: hashes == 1 ? 3_000 : 1_000);
    }

    private sealed class Storm
    {
        private const int Readers = 3;
        private const int Staying = 60;
        private readonly object _gate = new();
        private readonly EntryTable _table;
        private readonly Random _random;
        private readonly int _hashes;
        private readonly FakeEntry?[] _replaced = new FakeEntry?[Staying];
        private readonly FakeEntry[] _staying;
        private readonly List<FakeEntry> _others = [];
        private string? _fault;
        private int _isOver;

        public Storm(int seed, int hashes)
        {
            (_table, _random, _hashes) = (new(_gate), new(seed), hashes);
            _staying = [.. Enumerable.Range(0, Staying).Select(i => Put(KeyOf("stays", i)))];
            for (var i = 0; i < Staying; i++) _replaced[i] = Put(KeyOf("replaced", i));
        }

        public void Run(int changes)
        {
            var readers = Enumerable.Range(0, Readers).Select(n => new Thread(() => Read(n)) { IsBackground = true }).ToList();
            readers.ForEach(reader => reader.Start());
            for (var i = 0; i < changes && Volatile.Read(ref _fault) is null; i++) Change(i);
            Volatile.Write(ref _isOver, 1);
            Assert.All(readers, reader => Assert.True(reader.Join(TimeSpan.FromSeconds(30)), "A walk does not come to an end."));
            Assert.Null(_fault);
            Assert.Equal((2 * Staying) + _others.Count, _table.Count);
            Assert.All(_others.Concat(_staying), entry => Assert.Same(entry, _table.Find(entry.Key)));
        }

        private void Change(int i)
        {
            switch (_random.Next(10))
            {
                case < 5:
                    _others.Add(Put(KeyOf("other", i)));
                    break;
                case < 7 when _others.Count > 0:
                    var at = _random.Next(_others.Count);
                    var gone = _others[at];
                    _others[at] = _others[^1];
                    _others.RemoveAt(_others.Count - 1);
                    lock (_gate)
                        if (!_table.Remove_NeedsLock(gone)) _fault = $"{gone.Key} was lost";
                    break;
                default:
                    Replace(_random.Next(Staying));
                    break;
            }
        }

        private void Replace(int i)
        {
            var old = _replaced[i]!;
            var entry = new FakeEntry(old.Key);
            old.Died = true;
            lock (_gate)
                _table.Put_NeedsLock(entry);
            lock (_gate)
                if (_table.Remove_NeedsLock(old)) _fault = $"{old.Key} was there twice";
            Volatile.Write(ref _replaced[i], entry);
        }

        private void Read(int reader)
        {
            var random = new Random(reader);
            while (Volatile.Read(ref _isOver) == 0 && _fault is null)
            {
                var i = random.Next(Staying);
                var staying = _staying[i];
                if (_table.Find(KeyOf("stays", i)) != staying) _fault = $"{staying.Key} was not found";
                var known = Volatile.Read(ref _replaced[i])!;
                if (_table.Find(known.Key) is not FakeEntry found) _fault = $"{known.Key} was not found";
                else if (!found.Key.Equals(known.Key)) _fault = $"{found.Key} was found for {known.Key}";
                else if (found != known && !known.IsDead) _fault = $"another {known.Key} was found";
                if (_table.Find(KeyOf("never", i)) is { } ghost) _fault = $"{ghost.Key} was found for one that never was";
            }
        }

        private FakeEntry Put(QueryKey key)
        {
            var entry = new FakeEntry(key);
            lock (_gate) _table.Put_NeedsLock(entry);
            return entry;
        }

        /// <summary>Of few different hashes, so that chains are long, or of as many as there are keys.</summary>
        private QueryKey KeyOf(string kind, int number) => _hashes == 1 ? QueryKey.Of(kind, number) : QueryKey.Of(new Hashed(kind, number, number % _hashes * 16));
    }

    private sealed record Hashed(string Kind, int Number, int Hash)
    {
        public override int GetHashCode() => Hash;
    }
}
