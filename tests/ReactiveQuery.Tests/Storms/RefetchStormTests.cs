using System.Reactive;
using System.Reactive.Subjects;
using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Storms;

/// <summary>
/// Refetches whose fetcher answers within the call, so that one flight serves many of them (<see cref="Flight{T}.Renew"/>), while others restart them, join them and leave.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class RefetchStormTests : IDisposable
{
    private readonly QueryClient _client = new();
    private readonly TestQuery _counted;
    private int _calls;

    public RefetchStormTests()
    {
        var counted = Query.Define("counted", (int _, CancellationToken _) => Task.FromResult(Interlocked.Increment(ref _calls)));
        _counted = new(counted.With(o => o with { StaleTime = Timeout.InfiniteTimeSpan }), 1);
        _client.SetData(_counted.Definition, _counted.Id, 0);
    }

    public void Dispose() => _client.Dispose();

    public static TheoryData<Disturbance> Disturbances => [.. Enum.GetValues<Disturbance>()];

    [Theory]
    [MemberData(nameof(Disturbances))]
    public void A_refetch_brings_what_was_fetched_after_it_was_asked_for(Disturbance disturbance)
    {
        using var trigger = new Subject<Unit>();
        for (var round = 0; round < 3_000; round++)
        {
            var number = round;
            using var watching = new StormObserver(_counted with { Definition = _counted.Definition.With(o => o with { RefetchOn = trigger }) }, new(), growsOnly: true).Subscribe(_client);
            Action refetch = () => { for (var i = 0; i < 10; i++) Refetch(); };
            Action disturb = () => { Thread.SpinWait(number % 500); Disturb(disturbance, trigger); };
            Race.Run(round % 2 == 0 ? [refetch, disturb] : [disturb, refetch]); // The one that starts last tends to be the first.

            Assert.Null(watching.Complaint);
            Assert.Equal((State.Data, false), (watching.Last!.Data, watching.Last.IsFetching));
        }
    }

    private void Disturb(Disturbance disturbance, Subject<Unit> trigger)
    {
        switch (disturbance)
        {
            case Disturbance.Refetch:
                Refetch();
                break;
            case Disturbance.Visit:
                _client.Observe(_counted.Definition, _counted.Id).Subscribe().Dispose();
                break;
            case Disturbance.Join:
                trigger.OnNext(Unit.Default);
                break;
            default:
                var joined = _client.FetchAsync(_counted.Definition.With(o => o with { StaleTime = TimeSpan.Zero }), _counted.Id);
                Assert.True(joined.Wait(Storm.Patience));
                break;
        }
    }

    private QueryState<int> State => _client.GetState(_counted.Definition, _counted.Id)!;

    private void Refetch()
    {
        var asked = Volatile.Read(ref _calls);
        Assert.True(_client.RefetchAsync(_counted.Definition, _counted.Id).Wait(Storm.Patience));
        Assert.True(State.Data > asked);
    }

    /// <summary>What another thread does meanwhile.</summary>
    public enum Disturbance
    {
        Refetch,
        Visit,
        Join,
        Await,
    }
}
