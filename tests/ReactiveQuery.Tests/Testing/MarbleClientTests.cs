using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleClientTests
{
    private readonly Marbles m = new();

    [Fact]
    public void A_client_lives_in_the_time_of_the_test()
    {
        var fetch = m.Fetcher("--(a|)");
        var client = m.Client();

        m.Expect(client.Observe(Query.Define("n", fetch.AsTask), "1")).ToBe("L-a");

        Assert.Same(m.Scheduler, client.Options.Scheduler);
        m.Expect(fetch.Calls).ToBe("^-!");
    }

    [Fact]
    public void The_test_configures_what_the_client_is_made_of()
    {
        Assert.Equal(7, m.Client(o => o with { CacheCapacity = 7 }).Options.CacheCapacity);
        Assert.Throws<InvalidOperationException>(() => m.Client(_ => null!));
    }

    [Fact]
    public void Jitter_is_half_of_its_bound()
    {
        var fetch = m.Fetcher("#", "(a|)");
        var query = Query.Define("n", fetch.AsTask)
            .With(o => o with { Retry = RetryPolicy.ExponentialWithJitter(TimeSpan.FromMilliseconds(8)) });

        m.Expect(m.Client().Observe(query, "1")).ToBe("[LF]---a", new() { ['F'] = State.Loading<string>().Failing(1, new MarbleErrorException()) });
    }

    [Fact]
    public void Errors_that_nobody_could_be_handed_are_collected_and_left_over()
    {
        List<UnobservedError> seen = [];
        var client = m.Client(o => o with { OnUnobservedError = seen.Add });
        var boom = new InvalidOperationException("boom");

        client.Observe(Query.Define("n", (int id) => Task.FromResult(id)), 7).Subscribe(_ => throw boom);

        Assert.Same(boom, Assert.Single(m.UnobservedErrors.DistinctBy(e => e.Exception)).Exception);
        Assert.Equal(m.UnobservedErrors, seen);
        Assert.Equal(m.UnobservedErrors, m.Leftovers.UnobservedErrors);
        Assert.Contains("threw System.InvalidOperationException: boom", Assert.Throws<MarbleAssertionException>(m.VerifyNoLeftovers).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_timers_of_a_living_client_are_no_leftovers()
    {
        var client = m.Client();
        m.Expect(client.Observe(Query.Define("n", m.Fetcher("--(a|)").AsTask), "1")).ToBe("L-a");
        Assert.NotEmpty(m.Leftovers.Timers);

        m.VerifyNoLeftovers();
        client.Dispose();

        Assert.Empty(m.Leftovers.Timers);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void Timers_count_once_the_clients_are_disposed()
    {
        m.Client().Dispose();
        using var timer = Observable.Timer(TimeSpan.FromHours(1), m.Scheduler).Subscribe();

        Assert.Throws<MarbleAssertionException>(m.VerifyNoLeftovers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_result_from_a_foreign_thread_waits_for_the_tests_thread_and_is_reported(bool onAnotherScheduler)
    {
        var marbles = onAnotherScheduler ? new Marbles(new TickLaterScheduler()) : m;
        var answer = new TaskCompletionSource<string>();
        var states = marbles.Client().Observe(Query.Define("n", (string _, CancellationToken _) => answer.Task), "1");
        List<int> threads = [];
        var recording = marbles.Record(states.Do(_ => threads.Add(Environment.CurrentManagedThreadId)));

        OnForeignThread(() => answer.SetResult("a"));

        Assert.Equal("L", recording.ToMarbles());
        marbles.AdvanceTo(2);
        Assert.Equal("(La)", recording.ToMarbles());
        Assert.Equal([Environment.CurrentManagedThreadId, Environment.CurrentManagedThreadId], threads);
        Assert.NotEmpty(marbles.Leftovers.ForeignCompletions);
        Assert.All(marbles.Leftovers.ForeignCompletions, foreign => Assert.Equal("worker", foreign.ThreadName));
    }

    [Fact]
    public void Awaits_give_the_same_diagram_each_time()
    {
        var diagrams = Enumerable.Range(0, 200).Select(_ => DependentFetches()).Distinct();

        Assert.Equal(["L----a | L------b | 0"], diagrams);
    }

    private static string DependentFetches()
    {
        var m = new Marbles();
        var client = m.Client();
        var first = Query.Define("first", async (string id, CancellationToken _) =>
        {
            await m.Delay(2).ConfigureAwait(false);
            await m.Delay(3).ConfigureAwait(false);
            return id;
        });
        var second = Query.Define("second", async (string id, CancellationToken token) =>
        {
            var data = await client.FetchAsync(first, id, token).ConfigureAwait(false);
            await m.Delay(2).ConfigureAwait(false);
            return data == "a" ? "b" : "?";
        });

        var other = m.Record(client.Observe(second, "a"));
        var one = m.Record(client.Observe(first, "a"));
        m.AdvanceTo(20);
        return $"{one} | {other} | {m.Leftovers.ForeignCompletions.Count}";
    }

    private static void OnForeignThread(Action action)
    {
        var thread = new Thread(() => action()) { Name = "worker" };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
    }
}
