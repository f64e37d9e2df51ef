using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Cache;

/// <summary>One fetch; what it does for its entry is seen there.</summary>
public class FlightTests : ClientTest
{
    private int _calls;

    [Fact]
    public void It_is_started_once()
    {
        var flight = NewFlight(number: 7);

        flight.Start(7);
        flight.Start(7);

        Assert.Equal(1, _calls);
    }

    [Fact]
    public void Whoever_joined_the_fetch_before_does_not_start_the_one_that_it_has_become()
    {
        var flight = NewFlight(number: 7);
        flight.Start(7);
        flight.Renew(epoch: 0, number: 9);

        flight.Start(7);
        Assert.Equal(1, _calls);

        flight.Start(9);
        Assert.Equal(2, _calls);
    }

    [Fact]
    public void It_is_not_over_where_what_it_brought_came_too_late() =>
        Assert.False(NewFlight(number: 7).Start(7));

    /// <summary>One that its entry knows nothing of.</summary>
    private Flight<string> NewFlight(int number)
    {
        var client = NewClient(o => o with { CompletionBoundary = null });
        var request = client.Request(Query.Define("fetched", (int _) => Task.FromResult($"{_calls++}")), 1);
        var entry = client.Cache.GetOrAdd(request);
        return new(entry, request, request.Begin(entry.State), epoch: 0, number);
    }
}
