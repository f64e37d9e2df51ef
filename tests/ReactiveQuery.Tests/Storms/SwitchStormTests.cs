using System.Reactive.Subjects;
using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Storms;

/// <summary>A parameter that changes while the queries of all parameters are written: the threads meet in the one stream that follows it.</summary>
[Collection(AloneCollection.Name)]
public sealed class SwitchStormTests : IDisposable
{
    private const int Keys = 3;
    private static readonly QueryDefinition<int, string> Written =
        Query.Define("written", (int id) => Task.FromResult("never")).With(o => o with { Enabled = false, StaleTime = Timeout.InfiniteTimeSpan });

    private readonly QueryClient _client = new();
    private readonly Subject<int> _parameters = new();

    public void Dispose()
    {
        _client.Dispose();
        _parameters.Dispose();
    }

    [Fact]
    public void Calls_never_overlap_values_of_a_key_keep_their_order_and_the_last_parameter_wins()
    {
        for (var round = 0; round < 400; round++)
        {
            for (var key = 0; key < Keys; key++) _client.SetData(Written, key, $"{key}:0");
            var latest = new int[Keys];
            var heard = new Recorder<QueryState<string>>(state =>
            {
                var (key, number) = Parsed(state);
                if (number < latest[key]) throw new InvalidOperationException($"{number} after {latest[key]} of {key}");
                latest[key] = number;
            });
            var thrown = 0;
            using var subscription = _parameters.ObserveQuery(_client, Written).Subscribe(new Counted(heard, () => thrown++));
            _parameters.OnNext(0);
            Race.Run(
                () => { for (var i = 1; i <= 30; i++) _parameters.OnNext(i % Keys); },
                () => { for (var i = 1; i <= 30; i++) _client.SetData(Written, 0, $"0:{i}"); },
                () => { for (var i = 1; i <= 30; i++) _client.SetData(Written, 1, $"1:{i}"); });

            Assert.Equal((0, 30 % Keys, 30), (thrown, Parsed(heard.Values[^1]).Key, Parsed(heard.Values[^1]).Number));
            Assert.Empty(heard.Violations);
        }
    }

    [Fact]
    public void A_parameter_that_changes_amid_a_disposal_leaves_no_observer_behind()
    {
        for (var round = 0; round < 1_500; round++)
        {
            var number = round;
            var heard = new Recorder<QueryState<string>>();
            var subscription = _parameters.ObserveQuery(_client, Written).Subscribe(heard);
            _parameters.OnNext(0);
            Action change = () => { for (var i = 1; i <= 3; i++) _parameters.OnNext(i % Keys); };
            Action leave = () => { Thread.SpinWait(number % 50); subscription.Dispose(); };
            Race.Run(round % 2 == 0 ? [change, leave] : [leave, change]); // The one that starts last tends to be the first.

            Assert.DoesNotContain(_client.Cache.Find(), entry => entry.IsWatched);
            Assert.Empty(heard.Violations);
        }
    }

    [Fact]
    public void A_parameter_that_was_on_its_way_at_the_disposal_is_not_followed()
    {
        var source = new Source<int>();
        var heard = new Recorder<QueryState<string>>();
        var subscription = source.ObserveQuery(_client, Written).Subscribe(heard);
        source.Observer.OnNext(0);
        subscription.Dispose();
        var events = new List<QueryCacheEvent>();
        using var listening = _client.Cache.Events.Subscribe(events.Add);

        source.Observer.OnNext(1);

        Assert.Empty(events);
        Assert.Single(heard.Values);
    }

    private static (int Key, int Number) Parsed(QueryState<string> state)
    {
        var parts = state.Data!.Split(':');
        return (int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private sealed class Counted(IObserver<QueryState<string>> inner, Action onThrown) : IObserver<QueryState<string>>
    {
        public void OnNext(QueryState<string> value)
        {
            try
            {
                inner.OnNext(value);
            }
            catch (InvalidOperationException)
            {
                onThrown();
            }
        }

        public void OnError(Exception error) => inner.OnError(error);

        public void OnCompleted() => inner.OnCompleted();
    }
}
