using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>A state that was not shown, for it was equal to the one before, is no measure for the next.</summary>
public class UnshownStateTests : ClientTest
{
    [Fact]
    public void Data_that_is_written_again_and_again_is_shown_once_to_whoever_finds_it_stale_at_once()
    {
        var client = NewClient();
        var query = Query.Define("q", (int id) => Task.FromResult("a")).With(o => o with { StaleTime = TimeSpan.Zero });
        List<string> seen = [];
        using var watching = client.Observe(query, 1).Subscribe(state => seen.Add(state.ToString()));
        Assert.Equal(["Loading+Fetching", "Success+Idle(a, stale)"], seen);

        for (var i = 0; i < 4; i++) client.SetData(query, 1, "a");

        Assert.Equal(["Loading+Fetching", "Success+Idle(a, stale)"], seen);
    }

    [Fact]
    public void A_value_that_is_written_again_and_again_is_shown_once_beside_an_observer_who_finds_it_fresh()
    {
        var client = NewClient();
        var query = Query.Define("q", (int id) => Task.FromResult(7)).With(o => o with { StaleTime = TimeSpan.Zero });
        List<string> fresh = [], stale = [];
        using var one = client.Observe(query, 1).Subscribe(state => stale.Add(state.ToString()));
        using var other = client.Observe(query, 1, o => o with { StaleTime = Timeout.InfiniteTimeSpan }).Subscribe(state => fresh.Add(state.ToString()));

        for (var i = 0; i < 4; i++) client.SetData(query, 1, 7);

        Assert.Equal(["Loading+Fetching", "Success+Idle(7, stale)"], stale);
        Assert.Equal(["Success+Idle(7)"], fresh);
    }
}
