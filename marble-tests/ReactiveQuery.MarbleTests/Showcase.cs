using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.MarbleTests;

/// <summary>What a query does, and how its tests are written. A small letter is data, <c>L</c> loads, other letters are named in the test.</summary>
public class Showcase
{
    private static readonly MarbleErrorException Failure = new();

    private readonly Marbles m = new();

    [Fact]
    public void A_new_parameter_abandons_the_fetch_of_the_old_one()
    {
        var ids        = m.Hot("-1--2------");
        var fetch      = m.Fetcher()
            .For("1",           " -----(a|)")   // called in frame 1, would answer in 6
            .For("2",           "    ---(b|)");
        var firstCall  =        "-^--!------";
        var secondCall =        "----^--!---";
        var expected   =        "-L-----b---";               // still loading in 4: a state equal to the last is not shown again
        var users      = Query.Define("users", fetch.AsTask);

        m.Expect(ids.ObserveQuery(m.Client(), users)).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(firstCall, secondCall);
    }

    [Fact]
    public void Stale_data_is_shown_at_once_while_its_successor_is_fetched()
    {
        var fetch     = m.Fetcher("--(a|)",  "---(b|)");
        var firstSub  =           "^---!";
        var first     =           "L-a";
        var secondSub =           "----------^------!";
        var second    =           "----------R--b----";     // R: a, stale, and a fetch behind it
        var calls     = new[] {   "^-!", "----------^--!" };
        var users     = Query.Define("users", fetch.AsTask).With(o => o with { StaleTime = Frames(5) });
        var client    = m.Client();

        var early = m.Record(client.Observe(users, "1"), firstSub);
        var late  = m.Record(client.Observe(users, "1"), secondSub);

        m.Expect(early).ToBe(first);
        m.Expect(late).ToBe(second, new() { ['R'] = State.Refetching("a").Stale() });
        m.Expect(fetch.Calls).ToBe(calls);
    }

    [Fact]
    public void A_failed_attempt_is_repeated_after_a_growing_delay()
    {
        var fetch    = m.Fetcher("-#", "-#", "-(a|)");
        var expected =           "LF--G----a";              // F, G: still loading, after one and two failures
        var calls    = new[] {   "^!",
                                 "---^!",
                                 "--------^!" };
        var users    = Query.Define("users", fetch.AsTask).With(o => o with { Retry = RetryPolicy.Exponential(initialDelay: Frames(2)) });

        m.Expect(m.Client().Observe(users, "1")).ToBe(expected, new()
        {
            ['F'] = State.Loading<string>().Failing(1, Failure),
            ['G'] = State.Loading<string>().Failing(2, Failure),
        });
        m.Expect(fetch.Calls).ToBe(calls);
    }

    [Fact]
    public void When_the_retries_are_used_up_the_error_is_a_state()
    {
        var fetch    = m.Fetcher("--#");
        var expected =           "L-E";
        var users    = Query.Define("users", fetch.AsTask).With(o => o with { Retry = RetryPolicy.None });

        m.Expect(m.Client().Observe(users, "1")).ToBe(expected);
    }

    [Fact]
    public void Ten_subscribers_make_one_call()
    {
        var fetch    = m.Fetcher("---(a|)");
        var expected =           "L--a";
        var call     =           "^--!";
        var users    = Query.Define("users", fetch.AsTask);
        var client   = m.Client();

        var watchers = Enumerable.Range(0, 10).Select(_ => m.Record(client.Observe(users, "1"))).ToList();

        foreach (var watcher in watchers) m.Expect(watcher).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(call);
    }

    [Fact]
    public void The_last_subscriber_to_leave_cancels_the_fetch()
    {
        var fetch    = m.Fetcher("--------(a|)");
        var oneSub   =           "^-!";
        var one      =           "L--";
        var otherSub =           "-^---!";
        var other    =           "-L----";
        var call     =           "^----!";                  // the token is cancelled when the second one leaves
        var users    = Query.Define("users", fetch.AsTask);
        var client   = m.Client();

        var first  = m.Record(client.Observe(users, "1"), oneSub);
        var second = m.Record(client.Observe(users, "1"), otherSub);

        m.Expect(first).ToBe(one);
        m.Expect(second).ToBe(other);
        m.Expect(fetch.Calls).ToBe(call);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void A_live_query_shows_each_value_until_its_source_ends()
    {
        var prices    = m.Cold("--a--b--|");
        var expected  =        "L-A--B--b";                 // A, B: streaming
        var sourceSub =        "^-------!";
        var query     = Query.Define("prices", (string _) => (IObservable<string>)prices);

        m.Expect(m.Client().Observe(query, "ACME")).ToBe(expected, new() { ['A'] = State.Streaming("a"), ['B'] = State.Streaming("b") });
        m.Expect(prices.Subscriptions).ToBe(sourceSub);
    }

    [Fact]
    public void Without_a_connection_a_first_load_waits()
    {
        var online   = m.Hot(    "----t").Select(_ => true).StartWith(false);
        var fetch    = m.Fetcher("    --(a|)");
        var expected =           "P---L-a";
        var call     =           "----^-!";
        var users    = Query.Define("users", fetch.AsTask);
        var client   = m.Client(o => o with { Online = online });

        m.Expect(client.Observe(users, "1")).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(call);
    }

    private static TimeSpan Frames(int count) => TimeSpan.FromMilliseconds(count);
}
