using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.MarbleTests;

/// <summary>What is spawned in a scope, by the time it takes; unsubscribing (<c>!</c>) is unmounting.</summary>
public sealed class TasksOfAScope : Promise
{
    [Fact]
    public void An_interval_ticks_at_once_and_at_every_multiple_until_it_is_unmounted()
    {
        var mounted  = "^--------!---";
        var expected = "t--t--t------";

        m.Expect(In((scope, show) => scope.SpawnInterval(Frames(3), _ => Shown(show, "t"))), mounted).ToBe(expected);
    }

    [Fact]
    public void A_tick_skips_those_it_outlasts_and_nothing_drifts()
    {
        var mounted  = "^------------!";
        var expected = "b--eb--eb--eb-";   // begins and ends; every two frames would be its turn

        m.Expect(In((scope, show) => scope.SpawnInterval(Frames(2), token => Busy(show, 3, token))), mounted).ToBe(expected);
    }

    [Fact]
    public void A_pause_skips_ticks_and_keeps_the_beat()
    {
        var pauses   = m.Hot("----p---r-----");
        var mounted  =       "^------------!";
        var expected =       "t--t-----t--t-";

        using var paused = new BehaviorSubject<bool>(false);
        using var switching = pauses.Subscribe(mark => paused.OnNext(mark == "p"));
        m.Expect(In((scope, show) => scope.SpawnInterval(Frames(3), _ => Shown(show, "t"), paused: paused)), mounted).ToBe(expected);
    }

    [Fact]
    public void A_debounced_call_waits_for_quiet()
    {
        var typing   = m.Hot("-a-b-----c-----");
        var mounted  =       "^-------------!";
        var expected =       "------b-----c--";

        m.Expect(In((scope, show) =>
        {
            var search = scope.SpawnDebounced<string>(Frames(3), (text, _) => Shown(show, text));
            scope.OnCleanup(typing.Subscribe(search.Call).Dispose);
        }), mounted).ToBe(expected);
    }

    [Fact]
    public void A_throttled_call_runs_at_both_edges()
    {
        var typing   = m.Hot("-abc----------d-");
        var mounted  =       "^--------------!";
        var expected =       "-a---c--------d-";

        m.Expect(In((scope, show) =>
        {
            var save = scope.SpawnThrottled<string>(Frames(4), (text, _) => Shown(show, text));
            scope.OnCleanup(typing.Subscribe(save.Call).Dispose);
        }), mounted).ToBe(expected);
    }

    [Fact]
    public void A_result_comes_when_the_work_has_ended_and_never_after_unmounting()
    {
        var work     = m.Fetcher("---(a|)");
        var expected =           "---a---";
        var tooEarly =           "^-!    ";
        var nothing  =           "-------";

        m.Expect(In((scope, show) => scope.Spawn(token => work.AsTask("x", token), show.OnNext))).ToBe(expected);
        m.Expect(In((scope, show) => scope.Spawn(token => work.AsTask("x", token), show.OnNext)), tooEarly).ToBe(nothing);
    }

    [Fact]
    public void A_handle_tells_its_end()
    {
        var work     = m.Fetcher("---(a|)", "---(a|)", "--#");
        var success  =           "---(u|)";
        var aborted  =           "-|     ";
        var failure  =           "--#    ";

        using var scope = NewScope();
        var handles  = Enumerable.Range(0, 3).Select(_ => scope.Spawn(token => work.AsTask("x", token))).ToList();
        var ends     = handles.Select(handle => m.Record(handle.Ended.Select(_ => "u"))).ToList();
        m.At(1, handles[1].Abort);
        Expect(success, ends[0]);
        Expect(aborted, ends[1]);
        Expect(failure, ends[2]);
    }

    /// <summary>A scope that is mounted by subscribing and shows something.</summary>
    private IObservable<string> In(Action<TaskScope, IObserver<string>> mount) => Observable.Create<string>(show =>
    {
        var scope = NewScope();
        mount(scope, show);
        return scope;
    });

    private TaskScope NewScope() => new(new() { Scheduler = m.Scheduler });

    private static Task Shown(IObserver<string> show, string text)
    {
        show.OnNext(text);
        return Task.CompletedTask;
    }

    private Task Busy(IObserver<string> show, int frames, CancellationToken token)
    {
        show.OnNext("b");
        return m.Delay(frames).ContinueWith(
            _ =>
            {
                if (!token.IsCancellationRequested) show.OnNext("e");
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
