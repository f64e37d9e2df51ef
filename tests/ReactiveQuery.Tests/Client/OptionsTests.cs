using System.Reactive.Linq;

namespace ReactiveQuery.Tests.Client;

public class OptionsTests : ClientTest
{
    private static EffectiveOptions<int> Merged(QueryOptions<int> own, params QueryOptions[] far) => EffectiveOptions<int>.Merge("q", new(), far, own, WhenUnobserved.Cancel);

    private static TimeSpan S(int seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void The_defaults_are_those_of_the_documentation()
    {
        var o = Merged(new());
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)), (o.StaleTime, o.CacheTtl, o.GcTime));
        Assert.Equal((true, true, true, true, true), (o.Enabled, o.BackgroundRefetch, o.StructuralSharing, o.CacheEnabled, o.DedupeRequests));
        Assert.Equal((false, false, false), (o.KeepPreviousData, o.RefetchIntervalInBackground, o.HasInterval));
        Assert.Equal((RefetchPolicy.IfStale, RefetchPolicy.IfStale, RefetchPolicy.IfStale), (o.RefetchOnMount, o.RefetchOnFocus, o.RefetchOnReconnect));
        Assert.Equal((NetworkMode.Online, DispatchMode.EveryState, TimeSpan.Zero), (o.NetworkMode, o.DispatchMode, o.CancelDelay));
        Assert.Equal(Timeout.InfiniteTimeSpan, o.Timeout);
        Assert.Null(o.RefetchInterval);
        Assert.Equal(new object?[6], [o.EnabledWhen, o.RefetchOn, o.DispatchOn, o.FetchScheduler, o.Meta, o.RefetchIntervalFrom]);
        Assert.Equal(new object?[7], [o.InitialData, o.InitialDataUpdatedAt, o.PlaceholderData, o.DataComparer, o.ShareData, o.OnSuccess, o.OnError]);
        Assert.Equal(1000, new QueryClientOptions().CacheCapacity);
    }

    [Fact]
    public void What_is_shared_by_default_is_what_the_public_function_shares()
    {
        AssertSharedAlike("a", new string('a', 1));
        AssertSharedAlike("a", "b");
        AssertSharedAlike((1, "a"), (1, "a"));
        AssertSharedAlike(new Row(1), new Row(1));
        AssertSharedAlike(new Row(1), new Row(2));
        AssertSharedAlike<object>(new Row(1), "b");
        AssertSharedAlike<Row?>(null, new Row(1));
        AssertSharedAlike<Row?>(new Row(1), null);
        AssertSharedAlike<object>(new[] { "a", "b" }, new[] { new string('a', 1), new string('b', 1) });
        AssertSharedAlike<IReadOnlyList<Row>>([new(1), new(2)], [new(1), new(3)]);
    }

    [Fact]
    public void What_is_written_as_it_is_there_is_compared_with_nothing()
    {
        var value = new Compared();
        Assert.Same(value, EffectiveOptions<Compared>.Merge("q", new(), [], new(), WhenUnobserved.Cancel).Share(value, value));
        Assert.Equal(0, value.Times);
    }

    private static void AssertSharedAlike<T>(T old, T value)
    {
        var shared = EffectiveOptions<T>.Merge("q", new(), [], new(), WhenUnobserved.Cancel).Share(old, value);
        var expected = StructuralSharing.Share(old, value);
        Assert.Equal(expected, shared);
        Assert.Equal((ReferenceEquals(expected, old), ReferenceEquals(expected, value)), (ReferenceEquals(shared, old), ReferenceEquals(shared, value)));
    }

    private sealed record Row(int Id);

    private sealed class Compared
    {
        public int Times { get; private set; }

        public override bool Equals(object? obj) => ++Times > 0 && base.Equals(obj);

        public override int GetHashCode() => base.GetHashCode();
    }

    [Fact]
    public void The_default_retry_is_three_times_from_one_second_doubling_up_to_thirty()
    {
        var retry = Merged(new()).Retry;
        Assert.Equal((3, S(1), 2.0, S(30)), (retry.MaxRetries, retry.InitialDelay, retry.Factor, retry.MaxDelay));
        Assert.False(retry.UseJitter);
        Assert.Null(retry.ShouldRetry);
    }

    [Fact]
    public void What_becomes_of_an_unobserved_fetch_is_by_default_decided_by_its_form()
    {
        Assert.Equal(WhenUnobserved.Cancel, Query.Define("q", (int _, CancellationToken _) => Task.FromResult(1)).WhenUnobserved);
        Assert.Equal(WhenUnobserved.Cancel, Query.Define("q", (int _, QueryContext _) => Task.FromResult(1)).WhenUnobserved);
        Assert.Equal(WhenUnobserved.Cancel, Query.Define("q", (int _) => Observable.Return(1)).WhenUnobserved);
        Assert.Equal(WhenUnobserved.Complete, Query.Define("q", (int _) => Task.FromResult(1)).WhenUnobserved);
        Assert.Equal(WhenUnobserved.Complete, Merged(new() { WhenUnobserved = WhenUnobserved.Complete }).WhenUnobserved);
    }

    [Fact]
    public void The_nearest_level_that_sets_an_option_wins()
    {
        var client = new QueryOptions { StaleTime = S(1), GcTime = S(1), CancelDelay = S(1), Meta = "client" };
        var prefix = new QueryOptions { GcTime = S(2), CancelDelay = S(2), Meta = "prefix" };
        var o = Merged(new() { CancelDelay = S(3) }, client, prefix);
        Assert.Equal((S(1), S(2), S(3)), (o.StaleTime, o.GcTime, o.CancelDelay));
        Assert.Equal("prefix", o.Meta);
    }

    [Fact]
    public void Every_option_passes_through_every_level()
    {
        var set = new QueryOptions
        {
            StaleTime = S(1),
            CacheTtl = S(2),
            GcTime = S(3),
            Enabled = false,
            EnabledWhen = Observable.Never<bool>(),
            RefetchOnMount = RefetchPolicy.Never,
            RefetchOnFocus = RefetchPolicy.Always,
            RefetchOnReconnect = RefetchPolicy.Never,
            RefetchInterval = S(4),
            RefetchIntervalInBackground = true,
            RefetchOn = Observable.Never<System.Reactive.Unit>(),
            BackgroundRefetch = false,
            KeepPreviousData = true,
            DispatchOn = Scheduler,
            DispatchMode = DispatchMode.LatestState,
            Retry = RetryPolicy.None,
            NetworkMode = NetworkMode.Always,
            Timeout = S(5),
            StructuralSharing = false,
            CacheEnabled = false,
            WhenUnobserved = WhenUnobserved.Complete,
            CancelDelay = S(6),
            DedupeRequests = false,
            FetchScheduler = Scheduler,
            Meta = "m",
        };
        foreach (var o in new[] { Merged(new(), set), Merged(new(), set, new()), Merged(new(), new(), set) })
        {
            foreach (var option in typeof(QueryOptions).GetProperties().Where(p => p.Name != "EqualityContract"))
            {
                if (typeof(EffectiveOptions<int>).GetProperty(option.Name) is { } merged)
                    Assert.Equal(option.GetValue(set), merged.GetValue(o));
                else
                    Assert.Equal("OptimisticUpdates", option.Name);
            }
        }
    }

    [Fact]
    public void Client_then_prefix_then_longer_prefix_then_definition_then_observer()
    {
        using var client = NewClient(o => o with { Defaults = new() { Meta = "client" } });
        List<object?> seen = [];
        var query = Query.Define("users", (int _, QueryContext context) => { seen.Add(context.Meta); return Task.FromResult(1); });
        void Ask(int id, QueryDefinition<int, int> definition, Func<QueryOptions<int>, QueryOptions<int>>? configure = null) =>
            client.Observe(definition, id, configure).Subscribe().Dispose();

        Ask(1, query);
        client.SetDefaults(QueryKey.Of("users", 3), new() { Meta = "longer prefix" });
        client.SetDefaults(QueryKey.Of("users"), new() { Meta = "prefix" });
        Ask(2, query);
        Ask(3, query);
        Ask(4, query.With(o => o with { Meta = "definition" }));
        Ask(5, query.With(o => o with { Meta = "definition" }), o => o with { Meta = "observer" });
        client.SetDefaults(QueryKey.Of("users"), new() { Meta = "prefix again" });
        Ask(6, query);
        Assert.Equal(["client", "prefix", "longer prefix", "definition", "observer", "prefix again"], seen);
    }

    [Fact]
    public void A_prefix_does_not_concern_other_queries()
    {
        using var client = NewClient();
        client.SetDefaults(QueryKey.Of("users"), new() { Enabled = false });
        client.Observe(Counting("posts"), 1).Subscribe();
        client.Observe(Counting("users"), 1).Subscribe();
        Assert.Equal(["v1", null], client.Cache.Find().OrderBy(e => e.DefinitionName).Select(e => e.Data));
    }

    public static TheoryData<string, Func<object>> OutOfRange => new()
    {
        { "StaleTime", () => new QueryOptions { StaleTime = S(-1) } },
        { "CacheTtl", () => new QueryOptions { CacheTtl = S(-1) } },
        { "CacheTtl", () => Counting().With(o => o with { StaleTime = S(10), CacheTtl = S(9) }) },
        { "CacheTtl", () => Counting().With(o => o with { StaleTime = Timeout.InfiniteTimeSpan, CacheTtl = S(9) }) },
        { "CacheTtl", () => new QueryClientOptions { Defaults = new() { StaleTime = S(10), CacheTtl = S(9) } } },
        { "GcTime", () => new QueryOptions { GcTime = S(-1) } },
        { "CancelDelay", () => new QueryOptions { CancelDelay = S(-1) } },
        { "Timeout", () => new QueryOptions { Timeout = TimeSpan.Zero } },
        { "Timeout", () => new QueryOptions { Timeout = S(-1) } },
        { "RefetchInterval", () => new QueryOptions { RefetchInterval = TimeSpan.Zero } },
        { "RefetchInterval", () => new QueryOptions { RefetchInterval = TimeSpan.FromMicroseconds(999) } },
        { "RefetchOnMount", () => new QueryOptions { RefetchOnMount = (RefetchPolicy)9 } },
        { "RefetchOnFocus", () => new QueryOptions { RefetchOnFocus = (RefetchPolicy)9 } },
        { "RefetchOnReconnect", () => new QueryOptions { RefetchOnReconnect = (RefetchPolicy)9 } },
        { "NetworkMode", () => new QueryOptions { NetworkMode = (NetworkMode)9 } },
        { "WhenUnobserved", () => new QueryOptions { WhenUnobserved = (WhenUnobserved)9 } },
        { "DispatchMode", () => new QueryOptions { DispatchMode = (DispatchMode)9 } },
        { "CacheCapacity", () => new QueryClientOptions { CacheCapacity = 0 } },
        { "MaxDelay", () => new QueryOptions { Retry = new() { InitialDelay = S(9), MaxDelay = S(8) } } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_value_out_of_range_is_refused_where_it_is_set_by_the_options_name(string option, Func<object> set)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(set);
        Assert.Equal(option, refused.ParamName);
        Assert.Contains(option, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contradiction_in_prefix_or_observer_options_is_refused_at_the_call()
    {
        using var client = NewClient();
        Assert.Equal("CacheTtl", Assert.Throws<ArgumentOutOfRangeException>(() =>
            client.SetDefaults(QueryKey.Of("n"), new() { StaleTime = S(10), CacheTtl = S(9) })).ParamName);
        Assert.Equal("CacheTtl", Assert.Throws<ArgumentOutOfRangeException>(() =>
            client.Observe(Counting(), 1, o => o with { StaleTime = S(10), CacheTtl = S(9) })).ParamName);
    }

    [Fact]
    public void Where_only_the_stale_time_is_set_data_lives_at_least_that_long()
    {
        Assert.Equal(TimeSpan.FromHours(1), Merged(new() { StaleTime = TimeSpan.FromHours(1) }).CacheTtl);
        Assert.Equal(TimeSpan.FromMinutes(5), Merged(new() { StaleTime = S(1) }).CacheTtl);
        Assert.Equal(TimeSpan.FromHours(1), Merged(new() { StaleTime = TimeSpan.FromHours(1) }, new QueryOptions { CacheTtl = S(70) }).CacheTtl);
    }

    [Fact]
    public void Zero_and_both_spellings_of_infinite_are_in_range()
    {
        foreach (var span in new[] { TimeSpan.Zero, Timeout.InfiniteTimeSpan, TimeSpan.MaxValue })
            Assert.Equal(span, new QueryOptions { StaleTime = span, CacheTtl = Timeout.InfiniteTimeSpan, GcTime = span, CancelDelay = span }.GcTime);
        Assert.Null(Merged(new() { RefetchInterval = Timeout.InfiniteTimeSpan }, new QueryOptions { RefetchInterval = S(1) }).RefetchInterval);
    }

    [Fact]
    public void Options_functions_are_called_once_at_the_call()
    {
        using var client = NewClient();
        var calls = 0;
        var states = client.Observe(Counting(), 1, o => { calls++; return o; });
        Assert.Equal(1, calls);
        states.Subscribe();
        states.Subscribe();
        Assert.Equal(1, calls);
    }
}
