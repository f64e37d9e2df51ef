using System.Collections.Concurrent;

namespace ReactiveQuery.Tests.Storms;

/// <summary>
/// One thread delivers to all observers of an entry without claiming each, until another thread comes (<see cref="DeliveringEntry{T}"/>): the moments at which it does.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class DeliveryRoundTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly QueryDefinition<int, string> Written =
        Query.Define("written", (int id) => Task.FromResult("never")).With(o => o with { Enabled = false, StaleTime = Timeout.InfiniteTimeSpan });

    private static readonly QueryDefinition<int, Number> Counting =
        Query.Define("numbers", (int id) => Task.FromResult(new Number(0))).With(o => o with { Enabled = false, StaleTime = Timeout.InfiniteTimeSpan });

    private static readonly QueryDefinition<int, int> CountingByValue =
        Query.Define("values", (int id) => Task.FromResult(0)).With(o => o with { Enabled = false, StaleTime = Timeout.InfiniteTimeSpan });

    private readonly QueryClient _client = new();
    private readonly ManualResetEventSlim _isBlocked = new();
    private readonly ManualResetEventSlim _goOn = new();
    private readonly ConcurrentQueue<string>[] _seen = [[], [], [], [], []];
    private readonly IDisposable[] _subscriptions = new IDisposable[5];
    private Thread? _round;

    public void Dispose()
    {
        _goOn.Set();
        _client.Dispose();
        _isBlocked.Dispose();
        _goOn.Dispose();
    }

    [Fact]
    public void A_blocked_observer_delays_no_other_and_sees_everything_in_order_afterwards()
    {
        BlockAtThird();

        Set("b");
        Set("c");

        Assert.Equal(["0", "a", "b", "c"], _seen[0]);
        Assert.Equal(["0", "a", "b", "c"], _seen[4]);
        Assert.Equal(["0", "a"], _seen[2]);
        Unblock();
        Assert.All(_seen, seen => Assert.Equal(["0", "a", "b", "c"], seen));
        Set("d");
        Assert.All(_seen, seen => Assert.Equal("d", seen.Last()));
    }

    [Fact]
    public void An_observer_that_leaves_while_another_is_blocked_is_called_no_more()
    {
        BlockAtThird();

        _subscriptions[3].Dispose();
        _subscriptions[1].Dispose();
        Unblock();
        Set("b");

        Assert.Equal(["0"], _seen[3]);
        Assert.Equal(["0", "a"], _seen[1]);
        Assert.Equal(["0", "a", "b"], _seen[2]);
        Assert.Equal(["0", "a", "b"], _seen[4]);
    }

    [Fact]
    public void A_blocked_observer_that_another_thread_disposes_is_called_no_more()
    {
        BlockAtThird();

        Set("b");
        _subscriptions[2].Dispose();
        Unblock();
        Set("c");

        Assert.Equal(["0", "a"], _seen[2]);
        Assert.Equal(["0", "a", "b", "c"], _seen[4]);
    }

    [Fact]
    public void A_newcomer_is_served_while_an_observer_is_blocked()
    {
        BlockAtThird();

        List<string?> seen = [];
        using var late = _client.Observe(Written, 1).Subscribe(state => seen.Add(state.Data));
        Set("b");

        Assert.Equal(["a", "b"], seen);
        Unblock();
        Assert.All(_seen, all => Assert.Equal(["0", "a", "b"], all));
    }

    [Fact]
    public void A_newcomer_who_is_still_being_shown_the_first_state_is_called_by_nobody_else()
    {
        using var isIn = new ManualResetEventSlim();
        ConcurrentQueue<string?> seen = [];
        var (inside, most) = (0, 0);
        Set("0");
        var subscribing = new Thread(() => _client.Observe(Written, 1).Subscribe(OnNext)) { IsBackground = true };
        subscribing.Start();
        Assert.True(isIn.Wait(Long));

        Set("a");

        Assert.Empty(seen);
        _goOn.Set();
        Assert.True(subscribing.Join(Long));
        Set("b");
        Assert.Equal(["0", "a", "b"], seen);
        Assert.Equal(1, most);

        void OnNext(QueryState<string> state)
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            if (state.Data == "0")
            {
                isIn.Set();
                _goOn.Wait(Long);
            }

            seen.Enqueue(state.Data);
            Interlocked.Decrement(ref inside);
        }
    }

    [Fact]
    public void Disposing_the_client_while_an_observer_is_blocked_completes_the_others_at_once()
    {
        var completed = 0;
        using var completing = _client.Observe(Written, 1).Subscribe(_ => { }, () => completed++);
        BlockAtThird();

        _client.Dispose();

        Assert.Equal(1, completed);
        Unblock();
        Assert.Equal(["0", "a"], _seen[2]);
    }

    [Fact]
    public void A_round_that_was_overtaken_and_the_next_one_never_call_an_observer_at_once()
    {
        using var fourthIsIn = new ManualResetEventSlim();
        using var fourthGoesOn = new ManualResetEventSlim();
        using var fifthIsIn = new ManualResetEventSlim();
        using var fifthGoesOn = new ManualResetEventSlim();
        var inFifth = 0;
        var most = 0;
        BlockAtThird((i, value) =>
        {
            if (i == 3 && value == "a") Wait(fourthIsIn, fourthGoesOn);
            if (i != 4) return;
            most = Math.Max(most, Interlocked.Increment(ref inFifth));
            if (value == "a") Wait(fifthIsIn, fifthGoesOn);
            Interlocked.Decrement(ref inFifth);
        });

        _subscriptions[0].Dispose(); // Overtakes the round, which stands at the third.
        _goOn.Set();
        Assert.True(fourthIsIn.Wait(Long));
        var next = new Thread(() => Set("b")) { IsBackground = true };
        next.Start();
        Assert.True(fifthIsIn.Wait(Long)); // The next one, for the first is still with the fourth.
        fourthGoesOn.Set();
        Assert.True(_round!.Join(Long));
        fifthGoesOn.Set();
        Assert.True(next.Join(Long));

        Assert.Equal(1, most);
        Assert.Equal(["0", "a"], _seen[0]);
        Assert.All(_seen[1..], seen => Assert.Equal(["0", "a", "b"], seen));

        static void Wait(ManualResetEventSlim isIn, ManualResetEventSlim goesOn)
        {
            isIn.Set();
            goesOn.Wait(Long);
        }
    }

    [Fact]
    public void A_write_from_within_a_round_of_a_thousand_reaches_each_of_them_once_and_in_order()
    {
        var seen = new List<string>[1_000];
        Set("0");
        for (var i = 0; i < seen.Length; i++)
        {
            var (mine, isWriter) = (seen[i] = [], i is 0 or 500 or 999);
            _client.Observe(Written, 1).Subscribe(state =>
            {
                mine.Add(state.Data!);
                if (isWriter && state.Data is "a" or "b" or "c") Set(((char)(state.Data[0] + 1)).ToString());
                if (isWriter && state.Data is "x") _client.InvalidateAsync(Written, 1);
            });
        }

        Set("a");
        Set("x");
        Set("y");

        Assert.All(seen, mine => Assert.Equal(seen[0], mine));
        Assert.Equal(["0", "a"], seen[0][..2]);
        Assert.Equal("y", seen[0][^1]);
        Assert.Equal(1, seen[0].Count(it => it == "y"));
    }

    [Fact]
    public void Observers_who_find_the_same_data_fresh_and_stale_are_shown_so_in_one_round()
    {
        List<(string?, bool)> fresh = [], stale = [];
        Set("0");
        using var first = _client.Observe(Written, 1).Subscribe(state => fresh.Add((state.Data, state.IsStale)));
        using var second = _client.Observe(Written.With(o => o with { StaleTime = TimeSpan.Zero }), 1).Subscribe(state => stale.Add((state.Data, state.IsStale)));

        Set("a");
        Set("b");

        Assert.Equal([("0", false), ("a", false), ("b", false)], fresh);
        Assert.Equal([("0", true), ("a", true), ("b", true)], stale);
    }

    [Fact]
    public void Disposing_the_client_after_rounds_completes_everybody()
    {
        var completed = 0;
        Set("0");
        for (var i = 0; i < 3; i++)
            _client.Observe(Written, 1).Subscribe(_ => { }, () => completed++);
        Set("a");
        Set("b");

        _client.Dispose();

        Assert.Equal(3, completed);
    }

    [Fact]
    public void A_write_from_within_a_round_reaches_everybody_in_order()
    {
        Observe(onNext: (i, value) =>
        {
            if (i == 1 && value == "a") Set("b");
            if (i == 3 && value == "b") Set("c");
        });

        Set("a");

        Assert.All(_seen, seen => Assert.Equal(["0", "a", "b", "c"], seen));
        Set("d");
        Assert.All(_seen, seen => Assert.Equal(["0", "a", "b", "c", "d"], seen));
    }

    [Fact]
    public void An_observer_that_removes_itself_and_its_neighbours_within_a_round_ends_there()
    {
        Observe(onNext: (i, value) =>
        {
            if (i != 2 || value != "a") return;
            _subscriptions[1].Dispose();
            _subscriptions[2].Dispose();
            _subscriptions[3].Dispose();
            Set("b");
        });

        Set("a");
        Set("c");

        Assert.Equal(["0", "a", "b", "c"], _seen[0]);
        Assert.Equal(["0", "a"], _seen[1]);
        Assert.Equal(["0", "a"], _seen[2]);
        Assert.Equal(["0"], _seen[3]);
        Assert.Equal(["0", "a", "b", "c"], _seen[4]);
    }

    /// <summary>Numbers compared as references are delivered in step, numbers that bring their own equality are not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Writers_and_leavers_from_all_threads_never_overlap_and_lose_no_value(int observers)
    {
        for (var round = 0; round < 1_500; round++)
        {
            WritersAndLeavers(observers, Counting, count => new Number(count.Value + 1), new Number(0), count => count.Value);
            WritersAndLeavers(observers, CountingByValue, count => count + 1, 0, count => count);
        }
    }

    private static void WritersAndLeavers<T>(int observers, QueryDefinition<int, T> query, Func<T, T> next, T first, Func<T, int> valueOf)
    {
        using var client = new QueryClient();
        client.SetData(query, 1, first);
        var kept = Enumerable.Range(0, observers).Select(_ => new Growing().Subscribe(client, query, valueOf)).ToArray();
        var leaving = Enumerable.Range(0, 2).Select(_ => new Growing().Subscribe(client, query, valueOf)).ToArray();
        Parallel.Invoke(
            () => client.UpdateData(query, 1, next),
            () => client.UpdateData(query, 1, next),
            () => leaving[0].Dispose(),
            () =>
            {
                client.UpdateData(query, 1, next);
                leaving[1].Dispose();
            });

        Assert.All(kept, observer => Assert.Equal((3, null), (observer.Last, observer.Complaint)));
        Assert.All(leaving, observer => Assert.Null(observer.Complaint));
    }

    [Fact]
    public void Newcomers_amid_rounds_that_are_overtaken_are_called_by_one_thread_at_a_time()
    {
        _client.SetData(Counting, 1, new Number(0));
        using var kept = new Growing().Subscribe(_client, Counting, count => count.Value);
        var complaints = new ConcurrentBag<string>();

        new Storm(4).Run(10_000, (number, _, i) =>
        {
            if (number < 2)
            {
                _client.UpdateData(Counting, 1, count => new Number(count.Value + 1));
            }
            else
            {
                using var newcomer = new Growing().Subscribe(_client, Counting, count => count.Value);
                if (newcomer.Complaint is { } complaint) complaints.Add(complaint);
            }

            return [];
        });

        Assert.Empty(complaints);
        Assert.Equal((20_000, null), (kept.Last, kept.Complaint));
    }

    [Fact]
    public void Floods_from_two_threads_into_an_only_observer_lose_no_value()
    {
        _client.SetData(Counting, 1, new Number(0));
        using var only = new Growing().Subscribe(_client, Counting, count => count.Value);

        new Storm(3).Run(50_000, (number, _, i) =>
        {
            if (number < 2)
                _client.UpdateData(Counting, 1, count => new Number(count.Value + 1));
            else if (i % 20 == 0)
                _client.Cache.Events.Subscribe().Dispose();
            return [];
        });

        Assert.Equal((100_000, null), (only.Last, only.Complaint));
        Assert.Equal(100_000, _client.GetState(Counting, 1).Data!.Value);
    }

    /// <summary>Five observers of "0"; the third is blocked in "a" when this returns.</summary>
    private void BlockAtThird(Action<int, string>? onNext = null)
    {
        Observe(onNext: (i, value) =>
        {
            onNext?.Invoke(i, value);
            if (i != 2 || value != "a") return;
            _isBlocked.Set();
            _goOn.Wait(Long);
        });
        _round = new Thread(() => Set("a")) { IsBackground = true };
        _round.Start();
        Assert.True(_isBlocked.Wait(Long));
    }

    private void Unblock()
    {
        _goOn.Set();
        Assert.True(_round!.Join(Long));
    }

    private void Observe(Action<int, string> onNext)
    {
        Set("0");
        for (var i = 0; i < _subscriptions.Length; i++)
        {
            var number = i;
            _subscriptions[i] = _client.Observe(Written, 1).Subscribe(state =>
            {
                _seen[number].Enqueue(state.Data!);
                onNext(number, state.Data!);
            });
        }
    }

    private void Set(string value) => _client.SetData(Written, 1, value);

    private sealed record Number(int Value);

    /// <summary>Complains of calls that overlap and of numbers that do not grow one by one.</summary>
    private sealed class Growing : IDisposable
    {
        private IDisposable? _subscription;
        private int _inside;
        private volatile string? _complaint;
        private int _last = -1;

        public int Last => Volatile.Read(ref _last);

        public string? Complaint => _complaint;

        public Growing Subscribe<T>(QueryClient client, QueryDefinition<int, T> query, Func<T, int> valueOf)
        {
            _subscription = client.Observe(query, 1).Subscribe(state =>
            {
                if (Interlocked.Increment(ref _inside) != 1) _complaint = "overlapping calls";
                var value = valueOf(state.Data!);
                if (_last >= 0 && value != _last + 1) _complaint = $"{value} after {_last}";
                Volatile.Write(ref _last, value);
                Interlocked.Decrement(ref _inside);
            });
            return this;
        }

        public void Dispose() => _subscription!.Dispose();
    }
}
