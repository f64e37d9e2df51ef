using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleFetcherTests
{
    private readonly Marbles m = new();

    [Fact]
    public void Successive_calls_play_successive_scripts_and_the_last_one_repeats()
    {
        var ids      = m.Hot("-1---2---3-");
        var fetch    = m.Fetcher("--(a|)", "--(b|)");
        var first    =       "-^-!";
        var second   =       "-----^-!";
        var third    =       "---------^-!";
        var expected =       "---a---b---b";

        m.Expect(ids.SelectMany(id => Observable.FromAsync(ct => fetch.AsTask(id, ct), m.Scheduler))).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(first, second, third);
        Assert.Equal(3, fetch.CallCount);
        Assert.Equal([new("1", 1, null, 3), new("2", 5, null, 7), new FetchCall<string>("3", 9, null, 11)], fetch.History);
    }

    [Fact]
    public void A_superseded_call_is_cancelled()
    {
        var ids      = m.Hot("-1--2------");
        var fetch    = m.Fetcher("-----(a|)", "---(b|)");
        var first    =       "-^--!";
        var second   =       "----^--!";
        var expected =       "-------b";

        m.Expect(ids.Select(id => Observable.FromAsync(ct => fetch.AsTask(id, ct), m.Scheduler)).Switch()).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(first, second);
        Assert.Equal(new FetchCall<string>("1", 1, Cancelled: 4, Ended: 4), fetch.History[0]);
    }

    [Fact]
    public void Each_argument_can_have_scripts_of_its_own()
    {
        var fetch = m.Fetcher<int, int>("-(9|)").For(1, "-(1|)", "-(2|)").For(2, "-#").WithError(new InvalidOperationException("boom"));

        m.Expect(new[] { 1, 1, 1, 2, 3 }.ToObservable().Select(id => fetch.AsObservable(id).Catch((Exception e) => Observable.Return(e.Message.Length))).Concat())
            .ToBe("-1224(9|)");
    }

    [Fact]
    public void An_argument_without_a_script_is_refused()
    {
        var fetch = m.Fetcher<int, int>().For(1, "-(1|)");

        var error = Assert.Throws<InvalidOperationException>(() => { _ = fetch.FetchAsync(2); });

        Assert.Equal("The fetcher has no diagram for 2: add one by For.", error.Message);
        Assert.Equal(0, fetch.CallCount);
    }

    [Fact]
    public async Task A_task_has_the_last_value_or_the_error_of_its_diagram()
    {
        var boom = new InvalidOperationException("boom");
        var fetch = m.Fetcher<int, string>("-a-(b|)", "-#", "--|", "--a-").WithValues(new() { ['b'] = "Ada" }).WithError(boom);
        var tasks = Enumerable.Range(0, 4).Select(i => fetch.FetchAsync(i)).ToList();

        m.AdvanceTo(2);
        Assert.False(tasks[0].IsCompleted);
        m.Run();

        Assert.True(tasks[0].IsCompletedSuccessfully);
        Assert.Equal("Ada", await tasks[0]);
        Assert.Same(boom, Assert.Single(tasks[1].Exception!.InnerExceptions));
        Assert.Contains("without a value", Assert.Single(tasks[2].Exception!.InnerExceptions).Message, StringComparison.Ordinal);
        Assert.False(tasks[3].IsCompleted);
        m.Expect(fetch.Calls).ToBe("^--!", "^!", "^-!", "^");
    }

    [Fact]
    public void A_task_continues_on_the_tests_thread_in_the_frame_of_its_answer()
    {
        var fetch = m.Fetcher("--(a|)");
        var continued = (Frame: -1L, Thread: -1);

        _ = Await();
        m.Run();

        Assert.Equal((2, Environment.CurrentManagedThreadId), continued);

        async Task Await()
        {
            await fetch.FetchAsync("x").ConfigureAwait(false);
            continued = (m.Frame, Environment.CurrentManagedThreadId);
        }
    }

    [Fact]
    public void A_cancelled_task_carries_its_token()
    {
        using var source = new CancellationTokenSource();
        var task = m.Fetcher("--(a|)").FetchAsync("x", source.Token);
        m.At(1, source.Cancel);

        m.Run();

        Assert.Equal(source.Token, Assert.Throws<TaskCanceledException>(() => task.GetAwaiter().GetResult()).CancellationToken);
        Assert.Equal(1, m.Frame);
    }

    [Fact]
    public void A_token_that_is_cancelled_already_cancels_the_call_at_once()
    {
        var fetch = m.Fetcher("--(a|)");

        Assert.True(fetch.FetchAsync("x", new CancellationToken(canceled: true)).IsCanceled);
        m.Expect(fetch.Calls).ToBe("(^!)");
    }

    [Fact]
    public async Task A_fetcher_that_ignores_cancellation_answers_late()
    {
        using var source = new CancellationTokenSource();
        var fetch = m.Fetcher("---(a|)").IgnoringCancellation();
        var task = fetch.FetchAsync("x", source.Token);
        m.At(1, source.Cancel);

        m.Run();

        Assert.True(task.IsCompletedSuccessfully);
        Assert.Equal("a", await task);
        m.Expect(fetch.Calls).ToBe("^!");
        Assert.Equal([new FetchCall<string>("x", 0, Cancelled: 1, Ended: 3)], fetch.History);
    }

    [Fact]
    public void An_observable_that_ignores_its_disposal_goes_on_calling()
    {
        var fetch = m.Fetcher("-a-b|").IgnoringCancellation();
        var recording = m.Record(fetch.AsObservable("x"), "^-!");

        m.Run();

        Assert.Equal("-a-b|", recording.ToMarbles());
        Assert.Equal(2, recording.Contract.Violations.Count);
        m.Expect(fetch.Calls).ToBe("^-!");
    }

    [Fact]
    public void A_cancellation_from_a_foreign_thread_takes_effect_on_the_tests_thread()
    {
        using var source = new CancellationTokenSource();
        var fetch = m.Fetcher("--(a|)");
        var task = fetch.FetchAsync("x", source.Token);

        var thread = new Thread(source.Cancel);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));

        Assert.False(task.IsCompleted);
        m.Run();
        Assert.True(task.IsCanceled);
        Assert.Single(m.Leftovers.ForeignCompletions);
    }

    [Fact]
    public void A_sequence_yields_its_values_as_they_come()
    {
        var fetch = m.Fetcher("-a-(bc)-d---|");

        m.Expect(FromSequence(ct => fetch.AsSequence("x", ct))).ToBe("-a-(bc)-d---|");
        m.Expect(fetch.Calls).ToBe("^-----------!");
    }

    [Fact]
    public void A_sequence_fails_as_its_diagram_says()
    {
        var boom = new InvalidOperationException("boom");

        m.Expect(FromSequence(ct => m.Fetcher("-a-#").WithError(boom).AsSequence("x", ct))).ToBe("-a-#", error: boom);
    }

    [Fact]
    public void A_sequence_ends_when_its_token_is_cancelled()
    {
        var fetch    = m.Fetcher("-a-b-c|");
        var subsc    = "^---!";
        var expected = "-a-b";

        m.Expect(FromSequence(ct => fetch.AsSequence("x", ct)), subsc).ToBe(expected);
        m.Expect(fetch.Calls).ToBe(subsc);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void A_sequence_that_ignores_its_token_goes_on()
    {
        var fetch = m.Fetcher("-a-b|").IgnoringCancellation();
        using var source = new CancellationTokenSource();
        var seen = new List<string>();
        m.At(2, source.Cancel);

        m.Play(async () =>
        {
            await foreach (var value in fetch.AsSequence("x", source.Token)) seen.Add(value);
        });

        Assert.Equal(["a", "b"], seen);
        Assert.Equal([new FetchCall<string>("x", 0, Cancelled: 2, Ended: 4)], fetch.History);
    }

    [Fact]
    public void A_sequence_left_early_is_a_cancelled_call()
    {
        var fetch = m.Fetcher("-a-b|");

        m.Play(async () =>
        {
            await foreach (var value in fetch.AsSequence("x", default)) break;
        });

        m.Expect(fetch.Calls).ToBe("^!");
        Assert.Equal([new FetchCall<string>("x", 0, Cancelled: 1, Ended: 1)], fetch.History);
    }

    [Fact]
    public void Bad_arguments_are_refused_where_they_are_given()
    {
        Assert.Throws<MarbleSyntaxException>(() => m.Fetcher("-a", "-(a"));
        Assert.Throws<MarbleSyntaxException>(() => m.Fetcher().For("x", "^"));
        Assert.Throws<ArgumentException>("scripts", () => m.Fetcher().For("x"));
        Assert.Throws<ArgumentNullException>("parameter", () => m.Fetcher().For(null!, "a"));
        Assert.Throws<ArgumentNullException>("values", () => m.Fetcher().WithValues(null!));
        Assert.Throws<ArgumentNullException>("error", () => m.Fetcher().WithError(null!));
        Assert.Throws<ArgumentNullException>("scripts", () => m.Fetcher(null!));
    }

    private static IObservable<T> FromSequence<T>(Func<CancellationToken, IAsyncEnumerable<T>> sequence) => Observable.Create<T>(async (observer, ct) =>
    {
        await foreach (var value in sequence(ct)) observer.OnNext(value);
    });
}
