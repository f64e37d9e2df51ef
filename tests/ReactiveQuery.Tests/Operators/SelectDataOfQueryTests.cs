using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveQuery.Testing;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Operators;

/// <summary>A selection of a query itself is mounted there; that of any other stream of states stands behind it. Nobody can tell the two apart.</summary>
public class SelectDataOfQueryTests : ClientTest
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly QueryDefinition<int, string> Written =
        Query.Define("written", (int _) => new TaskCompletionSource<string>().Task).With(o => o with { StaleTime = Timeout.InfiniteTimeSpan });

    [Fact]
    public void Of_all_who_select_by_one_function_the_first_is_asked_about_data_that_leaves_their_results_as_they_are()
    {
        using var client = NewClient();
        client.SetData(Written, 1, "apple");
        var calls = 0;
        Func<string, string> first = text => { calls++; return text[..1]; };
        string[] seen = ["", "", ""];
        for (var i = 0; i < seen.Length; i++)
        {
            var place = i;
            client.Observe(Written, 1).SelectData(first, StringComparer.Ordinal).Subscribe(state => seen[place] += state.Data);
        }

        client.SetData(Written, 1, "berry"); // From here on each holds a result of its own.
        calls = 0;
        client.SetData(Written, 1, "banana");
        Assert.Equal(3, calls);
        client.SetData(Written, 1, "cherry");
        Assert.Equal(["abc", "abc", "abc"], seen);

        string[] shared = ["", "", ""];
        Func<string, string> same = text => { calls++; return text.Length > 3 ? "long" : "short"; };
        for (var i = 0; i < shared.Length; i++)
        {
            var place = i;
            client.Observe(Written, 1).SelectData(same, StringComparer.Ordinal).Subscribe(state => shared[place] += state.Data);
        }

        calls = 0;
        client.SetData(Written, 1, "currant");
        Assert.Equal(3 + 1, calls); // The three by the first letter, and one for all who hold "long".
        client.SetData(Written, 1, "fig");
        Assert.Equal(["longshort", "longshort", "longshort"], shared);
    }

    [Fact]
    public void Those_who_compare_differently_are_each_asked()
    {
        using var client = NewClient();
        const string Upper = "A", Lower = "a";
        client.SetData(Written, 1, Upper);
        List<string?> exact = [];
        List<string?> lenient = [];
        Func<string, string> itself = text => text == "A" ? Upper : Lower;
        client.Observe(Written, 1).SelectData(itself, StringComparer.OrdinalIgnoreCase).Subscribe(state => lenient.Add(state.Data));
        client.Observe(Written, 1).SelectData(itself, StringComparer.Ordinal).Subscribe(state => exact.Add(state.Data));
        client.SetData(Written, 1, "b");
        Assert.Equal(["A", "a"], exact);
        Assert.Equal(["A"], lenient);
    }

    [Fact]
    public void A_function_that_threw_for_one_observer_is_asked_for_it_again_though_others_keep_their_result()
    {
        using var client = NewClient();
        client.SetData(Written, 1, "a");
        var calls = 0;
        Func<string, string> capricious = _ => ++calls == 6 ? throw Boom : "same";
        List<string> first = [];
        List<string> second = [];
        client.Observe(Written, 1).SelectData(capricious).Subscribe(state => first.Add(state.ToString()));
        var between = client.Observe(Written, 1).SelectData(text => capricious(text)).Subscribe(); // Another function, so that the next one is asked for itself.
        client.Observe(Written, 1).SelectData(capricious).Subscribe(state => second.Add(state.ToString()));
        client.SetData(Written, 1, "b");
        between.Dispose();
        client.SetData(Written, 1, "c");
        client.SetData(Written, 1, "d");
        Assert.Equal(["Success+Idle(same)"], first);
        Assert.Equal(["Success+Idle(same)", "Error+Idle(error: boom)", "Success+Idle(same)"], second);
    }

    [Fact]
    public void A_selector_in_which_the_observer_leaves_shows_it_nothing_more()
    {
        using var client = NewClient();
        client.SetData(Written, 1, "a");
        var subscription = new SingleAssignmentDisposable();
        List<string?> seen = [];
        subscription.Disposable = client.Observe(Written, 1).SelectData(text =>
        {
            if (text == "b") subscription.Dispose();
            return text;
        }).Subscribe(state => seen.Add(state.Data));
        client.SetData(Written, 1, "b");
        client.SetData(Written, 1, "c");
        Assert.Equal(["a"], seen);
        Assert.Equal(0, client.Cache.Find()[0].ObserverCount);
    }

    [Fact]
    public void It_completes_with_the_client_also_for_who_comes_late()
    {
        var client = NewClient();
        client.SetData(Written, 1, "a");
        var selection = client.Observe(Written, 1).SelectData(text => text.Length);
        var completions = 0;
        selection.Subscribe(_ => { }, () => completions++);
        client.Dispose();
        Assert.Equal(1, completions);
        selection.Subscribe(_ => { }, () => completions++);
        Assert.Equal(2, completions);
    }

    [Fact]
    public void An_observer_that_throws_is_reported_and_goes_on()
    {
        using var client = NewClient();
        client.SetData(Written, 1, "a");
        List<int> seen = [];
        client.Observe(Written, 1).SelectData(text => text.Length).Subscribe(state =>
        {
            seen.Add(state.Data);
            if (state.Data == 2) throw new FormatException();
        });
        client.SetData(Written, 1, "bb");
        client.SetData(Written, 1, "ccc");
        Assert.Equal([1, 2, 3], seen);
        Assert.Equal(UnobservedErrorOrigin.Observer, Assert.Single(Unobserved).Origin);
    }

    [Fact]
    public void A_selection_mounted_in_the_query_shows_what_one_behind_it_shows()
    {
        for (var seed = 0; seed < 300; seed++)
            new Program(seed).Run();
    }

    /// <summary>Writes, fetches, failures, time, patches and observers that come and go, drawn at random; each selection stands once in the query and once behind it.</summary>
    private sealed class Program(int seed)
    {
        private static readonly Func<string, string>[] Selectors =
        [
            text => text[..1],
            text => text.Length > 2 ? "long" : "short",
            text => text.EndsWith('d') ? "long" : "short",
            text => text.StartsWith('x') ? throw new FormatException("x") : text,
            text => text[^1..].ToUpperInvariant(),
        ];

        private readonly Random _random = new(seed);
        private readonly MarbleScheduler _scheduler = new();
        private readonly List<Pair> _pairs = [];
        private readonly List<OptimisticHandle<string>> _patches = [];
        private TaskCompletionSource<string>? _pending;

        public void Run()
        {
            using var client = new QueryClient(new() { Scheduler = _scheduler, OnUnobservedError = static _ => { } });
            var query = Query.Define("q", (int _) => (_pending = new()).Task).With(o => o with { StaleTime = TimeSpan.FromSeconds(5), Retry = RetryPolicy.None });
            for (var step = 0; step < 60; step++)
                Act(client, query);
            client.Dispose();
            foreach (var pair in _pairs)
                Assert.True(pair.Mounted.SequenceEqual(pair.Behind), $"seed {seed}:\n{string.Join('\n', pair.Mounted)}\nbut behind it\n{string.Join('\n', pair.Behind)}");
        }

        private void Act(QueryClient client, QueryDefinition<int, string> query)
        {
            var kind = _random.Next(10);
            if (kind <= 2) client.SetData(query, 1, Text());
            else if (kind == 3) _pairs.Add(new(client.Observe(query, 1), Selectors[_random.Next(Selectors.Length)], Comparer()));
            else if (kind == 4 && _pairs.Count > 0) _pairs[_random.Next(_pairs.Count)].Dispose();
            else if (kind == 5) client.Invalidate(query, 1);
            else if (kind == 6) _pending?.TrySetResult(Text());
            else if (kind == 7) _pending?.TrySetException(new FormatException("fetch"));
            else if (kind == 8) _scheduler.AdvanceBy(_random.Next(4) * Second);
            else if (_patches.Count > 0 && _random.Next(2) == 0) Settle();
            else _patches.Add(client.Mutate(query, 1, text => text + "!"));
        }

        private void Settle()
        {
            var place = _random.Next(_patches.Count);
            _patches[place].Rollback();
            _patches.RemoveAt(place);
        }

        private StringComparer? Comparer() => _random.Next(3) switch { 0 => StringComparer.Ordinal, 1 => StringComparer.OrdinalIgnoreCase, _ => null };

        private string Text() => $"{"abx"[_random.Next(3)]}{new string('c', _random.Next(3))}{"dD"[_random.Next(2)]}";
    }

    private sealed class Pair : IDisposable
    {
        private readonly CompositeDisposable _subscriptions = [];

        public Pair(IObservable<QueryState<string>> query, Func<string, string> selector, StringComparer? comparer)
        {
            _subscriptions.Add(query.SelectData(selector, comparer).Subscribe(state => Mounted.Add(state.ToString()), () => Mounted.Add("|")));
            _subscriptions.Add(query.AsObservable().SelectData(selector, comparer).Subscribe(state => Behind.Add(state.ToString()), () => Behind.Add("|")));
        }

        public List<string> Mounted { get; } = [];

        public List<string> Behind { get; } = [];

        public void Dispose() => _subscriptions.Dispose();
    }
}
