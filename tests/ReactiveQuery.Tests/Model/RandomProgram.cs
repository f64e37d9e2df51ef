namespace ReactiveQuery.Tests.Model;

/// <summary>A setting and a list of steps, drawn from a seed.</summary>
internal sealed record RandomProgram(int Seed, Setup Setup, IReadOnlyList<Step> Steps)
{
    public static RandomProgram Draw(int seed, int length)
    {
        var random = new Random(seed);
        var setup = DrawSetup(random);
        var draw = new StepDraw(random, setup);
        return new(seed, setup, [.. Enumerable.Range(0, length).Select(_ => draw.Next())]);
    }

    private static Setup DrawSetup(Random random)
    {
        var forgets = random.Next(2) == 0;
        var isBounded = random.Next(6) == 0;
        return new()
        {
            DefaultStaleTime = forgets ? Pick(random, 0, 2_000, 15_000) : Pick(random, 0, 2_000, Setup.Never),
            CacheTtl = forgets ? 20_000 : Setup.Never,
            GcTime = Pick(random, 0, 5_003, 60_003, Setup.Never),
            CancelDelay = isBounded ? 0 : Pick(random, 0, 0, 371),
            NetworkMode = Pick(random, NetworkMode.Online, NetworkMode.Online, NetworkMode.OfflineFirst, NetworkMode.Always),
            Dedupes = random.Next(5) > 0,
            Caches = random.Next(8) > 0,
            Capacity = isBounded ? Pick(random, 1, 2, 3) : int.MaxValue,
            InitialDataAt = Pick<long?>(random, null, null, null, Setup.Never, 0),
        };
    }

    internal static TItem Pick<TItem>(Random random, params ReadOnlySpan<TItem> items) => items[random.Next(items.Length)];
}

/// <summary>Draws one step after the other; the frequent ones are those that move a query on.</summary>
internal sealed class StepDraw(Random random, Setup setup)
{
    private readonly List<int> _observers = [];
    private readonly List<int> _switched = [];
    private readonly List<int> _tokens = [];
    private readonly List<(int Id, TestKey Key)> _patches = [];
    private readonly List<int> _writes = [];
    private readonly TestKey[] _keys = Theme(random.Next(4));
    private readonly int _writing = random.Next(3) * 20;
    private int _lastId;

    public Step Next()
    {
        if (random.Next(100) < _writing) return Writing();
        return random.Next(5) == 0 && Key() is { IsPaged: true } key ? Paging(key) : Reading();
    }

    private Step Reading() => random.Next(100) switch
    {
        < 13 => Subscribe(),
        < 20 => Unsubscribe(),
        < 23 => Enable(),
        < 27 => Step.Refetch(Key()),
        < 30 => Step.RefetchAsync(++_lastId, Key()),
        < 36 => Fetch(),
        < 38 => GiveUp(),
        < 42 => Set(Key()),
        < 43 => Step.Update(Key(), "'"),
        < 47 => Step.Invalidate(Key()),
        < 48 => Step.InvalidateAsync(++_lastId, Key()),
        < 51 => setup.IsBounded ? Step.Read(Key()) : Seldom(), // What concerns many entries concerns them in no particular order.
        < 53 => Step.Cancel(Key()),
        < 55 => Step.Remove(Key()),
        < 56 => Step.Reset(Key()),
        < 59 => Step.Focus(random.Next(2) == 0),
        < 63 => Step.Online(random.Next(3) > 0),
        < 66 => Step.Behave(Key(), RandomProgram.Pick(random, Behaviour.Waits, Behaviour.Waits, Behaviour.Succeeds, Behaviour.Fails, Behaviour.Throws)),
        < 82 => Step.Advance(RandomProgram.Pick(random, 0, 50, 400, 1_000, 1_000, 2_000, 5_000, 20_000)),
        _ => Step.Answer(Key(), random.Next(3) > 0, RandomProgram.Pick(
            random, AnswerKind.Succeeds, AnswerKind.Succeeds, AnswerKind.Succeeds, AnswerKind.SucceedsAsBefore, AnswerKind.Ends, AnswerKind.Fails, AnswerKind.Fails, AnswerKind.IsCancelledByOthers)),
    };

    private Step Writing() => random.Next(20) switch
    {
        < 3 => Mutate(),
        < 4 => Patch() is { } patch ? Step.Commit(patch.Id) : Mutate(),
        < 5 => Patch() is { } patch ? Step.CommitValue(patch.Id, patch.Key) : Mutate(),
        < 6 => Patch() is { } patch ? Step.Rollback(patch.Id) : Mutate(),
        < 7 => random.Next(3) == 0 ? Step.RollbackAll(Key()) : Mutate(),
        < 12 => Make(),
        < 13 => _writes.Count == 0 ? Make() : Step.CancelWrite(_writes[random.Next(_writes.Count)]),
        < 14 => _writes.Count == 0 ? Make() : Step.InsistOnWrite(_writes[random.Next(_writes.Count)]),
        < 15 => Step.Online(random.Next(2) == 0),
        _ => Step.AnswerWrite(random.Next(3) == 0, random.Next(3) > 0),
    };

    private Step Paging(TestKey key) => random.Next(8) switch
    {
        < 3 => Step.FetchPage(key, Direction()),
        < 6 => Step.FetchPageAsync(++_lastId, key, Direction()),
        _ => Step.Resize(key, new(random.Next(-2, 1), random.Next(0, 4))),
    };

    private Step Mutate()
    {
        _patches.Add((++_lastId, Key()));
        return Step.Mutate(_patches[^1].Id, _patches[^1].Key);
    }

    private Step Make()
    {
        _writes.Add(++_lastId);
        return Step.Make(new(
            _lastId, Key(), (WriteEffects)random.Next(4), random.Next(2) == 0,
            RandomProgram.Pick(random, Behaviour.Waits, Behaviour.Waits, Behaviour.Waits, Behaviour.Waits, Behaviour.Succeeds, Behaviour.Fails)));
    }

    /// <summary>One of the latest patches.</summary>
    private (int Id, TestKey Key)? Patch() => _patches.Count == 0 ? null : _patches[^(random.Next(Math.Min(4, _patches.Count)) + 1)];

    private Step Set(TestKey key) => Step.Set(key, key.IsPaged ? PageText.List([PageText.Page(0, ++_lastId, new(0, 1)), PageText.Page(1, _lastId, new(0, 2))]) : $"set{++_lastId}");

    private PageDirection Direction() => random.Next(3) == 0 ? PageDirection.Previous : PageDirection.Next;

    private Step Seldom() => random.Next(6) switch
    {
        0 => Step.Invalidate(Prefix()),
        1 => Step.InvalidateAll(),
        2 => Step.Refetch(Prefix()),
        3 => Step.Cancel(Prefix()),
        4 => Step.Remove(Prefix()),
        _ => Step.Clear(),
    };

    private Step Subscribe()
    {
        var isSwitched = random.Next(5) == 0;
        var forgets = setup.CacheTtl != Setup.Never;
        var id = ++_lastId;
        _observers.Add(id);
        if (isSwitched) _switched.Add(id);
        return Step.Subscribe(id, Key(), new ObserverSetup(
            forgets ? RandomProgram.Pick(random, 0, 2_000, 15_000) : RandomProgram.Pick(random, 0, 2_000, Setup.Never),
            random.Next(5) > 0,
            isSwitched,
            isSwitched ? RefetchPolicy.IfStale : Policy(),
            Policy(),
            Policy(),
            RandomProgram.Pick(random, Setup.Never, Setup.Never, Setup.Never, Setup.Never, 3_007, 7_013),
            random.Next(2) == 0));
    }

    private Step Unsubscribe()
    {
        if (_observers.Count == 0) return Subscribe();
        var id = _observers[random.Next(_observers.Count)];
        _observers.Remove(id);
        _switched.Remove(id);
        return Step.Unsubscribe(id);
    }

    private Step Enable() => _switched.Count == 0 ? Subscribe() : Step.Enable(_switched[random.Next(_switched.Count)], random.Next(2) == 0);

    private Step Fetch()
    {
        var hasToken = random.Next(2) == 0;
        var id = ++_lastId;
        if (hasToken) _tokens.Add(id);
        return Step.Fetch(id, Key(), random.Next(4) == 0, hasToken);
    }

    private Step GiveUp()
    {
        if (_tokens.Count == 0) return Fetch();
        var id = _tokens[^1];
        _tokens.RemoveAt(_tokens.Count - 1);
        return Step.GiveUp(id);
    }

    private RefetchPolicy Policy() =>
        RandomProgram.Pick(random, RefetchPolicy.IfStale, RefetchPolicy.IfStale, RefetchPolicy.IfStale, RefetchPolicy.Always, RefetchPolicy.Never);

    private TestKey Key() => _keys[random.Next(_keys.Length)];

    private string Prefix() => _keys[random.Next(_keys.Length)].Name;

    /// <summary>Few keys, so that what is done meets; the same key twice is drawn twice as often.</summary>
    private static TestKey[] Theme(int theme)
    {
        TestKey Key(int index) => TestKey.All[index];
        return theme switch
        {
            0 => [Key(0), Key(2)],
            1 => [Key(5), Key(6), Key(5), Key(6), Key(0)],
            2 => [Key(5), Key(4)],
            _ => [Key(0), Key(0), Key(1), Key(2), Key(2), Key(3), Key(4), Key(4), Key(5), Key(6)],
        };
    }
}
