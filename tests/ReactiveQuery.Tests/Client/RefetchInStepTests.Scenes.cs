using System.Reactive.Concurrency;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Client;

/// <content>The scenes that are played on both ways.</content>
public partial class RefetchInStepTests
{
    private static readonly Dictionary<string, Action<Scene>> Plays = new()
    {
        ["answered at once"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
            scene.Wait(5);
            scene.Refetch();
            scene.Wait(20);
        },
        ["answered later"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Wait(3);
            scene.Answer(0, "answer");
            scene.Refetch();
            scene.Answer(1, "answer");
            scene.Wait(20);
        },
        ["equal data"] = scene =>
        {
            scene.AnswerAtOnce = _ => Task.FromResult(new string("data"));
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
        },
        ["null is data"] = scene =>
        {
            scene.AnswerAtOnce = _ => Task.FromResult<string>(null!);
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
        },
        ["fails at once"] = scene =>
        {
            scene.AnswerAtOnce = call => call == 0 ? Task.FromException<string>(Boom) : Task.FromResult("answer");
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
        },
        ["throws"] = scene =>
        {
            scene.AnswerAtOnce = _ => throw Boom;
            scene.Watch();
            scene.Refetch();
        },
        ["gives no task"] = scene =>
        {
            scene.AnswerAtOnce = _ => null;
            scene.Watch();
            scene.Refetch();
        },
        ["fails later"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Fail(0, Boom);
            scene.Refetch();
            scene.Answer(1, "answer");
        },
        ["is cancelled by itself"] = scene =>
        {
            scene.AnswerAtOnce = _ => Task.FromCanceled<string>(new(canceled: true));
            scene.Watch();
            scene.Refetch();
        },
        ["is tried again at once"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { Retry = RetryPolicy.Default with { MaxRetries = 2, InitialDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero } });
            scene.AnswerAtOnce = call => call < 2 ? Task.FromException<string>(Boom) : Task.FromResult("answer");
            scene.Watch();
            scene.Refetch();
        },
        ["is tried again at once, and the next is cancelled"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { Retry = RetryPolicy.Default with { MaxRetries = 1, InitialDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero } });
            scene.AnswerAtOnce = call => call == 0 ? Task.FromException<string>(Boom) : Task.FromResult("answer");
            scene.Watch();
            scene.Refetch();
            scene.AnswerAtOnce = null;
            scene.Refetch();
            scene.Client.Cancel(scene.Query, 1);
            scene.Note("cancelled");
        },
        ["answered at once, and the next later"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch();
            scene.Refetch();
            scene.AnswerAtOnce = null;
            scene.Refetch();
            scene.Refetch();
            scene.Answer(2, "later");
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Refetch();
        },
        ["answered at once, and the next has no value"] = scene =>
        {
            scene.AnswerAtOnce = call => call == 1 ? throw Boom : Task.FromResult($"answer {call}");
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
            scene.Refetch();
        },
        ["a write from within, and the next is answered later"] = scene =>
            AnswerAtOnceAndLater(scene, () => scene.Client.SetData(scene.Query, 1, "written")),
        ["asked for again by the observer who is shown the answer"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch(onNext: state =>
            {
                if (state is { IsFetching: false, Data: "answer 0" or "answer 2" }) scene.Refetch();
            });
            scene.Refetch();
            scene.Refetch();
            scene.Refetch();
        },
        ["invalidated between two that are answered at once"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch();
            scene.Refetch();
            scene.Client.Invalidate(scene.Query, 1);
            scene.Refetch();
            scene.Refetch();
            scene.Note($"{scene.Client.GetState(scene.Query, 1)}");
        },
        ["answered at once when nobody watches any more, and the next is left alone"] = scene =>
        {
            IDisposable? watching = null;
            scene.Query = scene.Query.With(o => o with { CancelDelay = TimeSpan.FromMilliseconds(5) });
            scene.AnswerAtOnce = call =>
            {
                watching!.Dispose();
                return Task.FromResult($"answer {call}");
            };
            watching = scene.Watch();
            scene.Refetch();
            scene.AnswerAtOnce = null;
            scene.Wait(20);
            watching = scene.Watch();
            scene.Refetch();
            watching.Dispose();
            scene.Wait(3);
            scene.Note("still runs");
            scene.Wait(3);
            scene.Note("is over");
        },
        ["joined from within, and the next is answered later"] = scene =>
            AnswerAtOnceAndLater(scene, () => _ = scene.Client.FetchAsync(scene.Query.With(o => o with { StaleTime = TimeSpan.Zero }), 1)),
        ["cancelled from within, and asked for again"] = scene =>
        {
            scene.AnswerAtOnce = call =>
            {
                if (call == 0) scene.Client.Cancel(scene.Query, 1);
                return Task.FromResult($"answer {call}");
            };
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
        },
        ["answered at once, and the next is watched by another"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { OnSuccess = (data, _) => scene.Note($"hook {data}") });
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch();
            scene.Refetch();
            scene.AnswerAtOnce = null;
            scene.Refetch();
            scene.WatchOnly();
            scene.Answer(1, "later");
        },
        ["each begins with its first attempt"] = scene =>
        {
            scene.Query = Query.Define("attempted", (int _, QueryContext context) => Task.FromResult($"attempt {context.Attempt}")).With(o => o with { Enabled = false });
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
        },
        ["is tried again later"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { Retry = RetryPolicy.Default with { MaxRetries = 1, InitialDelay = TimeSpan.FromMilliseconds(2), UseJitter = false } });
            scene.Watch();
            scene.Refetch();
            scene.Fail(0, Boom);
            scene.Wait(2);
            scene.Answer(1, "answer");
        },
        ["a first load is tried again, and invalidated meanwhile"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { Enabled = true, Retry = RetryPolicy.Default with { MaxRetries = 1, InitialDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero } });
            scene.WatchOnly();
            scene.HaveCompany();
            scene.Fail(0, Boom);
            scene.Client.Invalidate(scene.Query, 1);
            scene.Answer(1, "late");
            scene.Answer(2, "answer");
        },
        ["another is asked for meanwhile"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
            scene.Answer(0, "late");
            scene.Answer(1, "answer");
        },
        ["three are asked for, and the last fails"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Client.Refetch(scene.Query, 1);
            scene.Refetch();
            scene.Fail(0, Boom);
            scene.Fail(2, Boom);
        },
        ["cancelled"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Client.Cancel(scene.Query, 1);
            scene.Note("cancelled");
            scene.Answer(0, "late");
        },
        ["cancelled by the observer who is shown that it begins"] = scene =>
        {
            scene.Watch(onNext: state =>
            {
                if (state.IsFetching) scene.Client.Cancel(scene.Query, 1);
            });
            scene.Refetch();
            scene.Refetch();
        },
        ["the observer leaves"] = scene =>
        {
            var watching = scene.Watch();
            scene.Refetch();
            watching.Dispose();
            scene.Note("left");
            scene.Wait(50);
            scene.Answer(0, "answer");
            scene.WatchOnly();
        },
        ["the observer leaves when it is shown that it begins"] = scene =>
        {
            IDisposable? watching = null;
            watching = scene.Watch(onNext: state =>
            {
                if (state.IsFetching) watching!.Dispose();
            });
            scene.Refetch();
            scene.Answer(0, "answer");
            scene.Wait(2_000);
            scene.Note("over");
        },
        ["the observer leaves when it is shown the end"] = scene =>
        {
            IDisposable? watching = null;
            watching = scene.Watch(onNext: state =>
            {
                if (state.Data == "answer") watching!.Dispose();
            });
            scene.Refetch();
            scene.Answer(0, "answer");
            scene.Refetch();
        },
        ["another observer comes meanwhile"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.WatchOnly();
            scene.Answer(0, "answer");
            scene.Refetch();
            scene.Answer(1, "another");
        },
        ["another observer comes when the first is shown that it begins"] = scene =>
        {
            var isFirst = true;
            scene.Watch(onNext: state =>
            {
                if (!state.IsFetching || !isFirst) return;
                isFirst = false;
                scene.WatchOnly();
            });
            scene.Refetch();
            scene.Answer(0, "answer");
        },
        ["somebody awaits it meanwhile"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            var awaited = scene.Client.FetchAsync(scene.Query, 1);
            scene.Answer(0, "answer");
            scene.Note($"{awaited.IsCompletedSuccessfully}");
        },
        ["invalidated meanwhile"] = scene =>
        {
            scene.Watch(o => o with { Enabled = true, StaleTime = TimeSpan.FromMinutes(1) });
            scene.Refetch();
            scene.Client.Invalidate(scene.Query, 1);
            scene.Note("invalidated");
            scene.Answer(0, "late");
            scene.Answer(1, "answer");
        },
        ["invalidated meanwhile, and not enabled"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Client.Invalidate(scene.Query, 1);
            scene.Note("invalidated");
            scene.Answer(0, "answer");
            scene.Note("answered");
        },
        ["invalidated before"] = scene =>
        {
            scene.Watch();
            scene.Client.Invalidate(scene.Query, 1);
            scene.Refetch();
            scene.Answer(0, "answer");
        },
        ["written meanwhile"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Client.SetData(scene.Query, 1, "written");
            scene.Answer(0, "answer");
            scene.Refetch();
            scene.Client.SetData(scene.Query, 1, "written again");
            scene.Client.Cancel(scene.Query, 1);
            scene.Note("cancelled");
        },
        ["written by the observer who is shown that it begins"] = scene =>
        {
            scene.Watch(onNext: state =>
            {
                if (state is { IsFetching: true, Data: "data" }) scene.Client.SetData(scene.Query, 1, "written");
            });
            scene.Refetch();
            scene.Answer(0, "answer");
        },
        ["refetched by the observer who is shown the end"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch(onNext: state =>
            {
                if (state is { IsFetching: false, Data: "answer 0" }) scene.Refetch();
            });
            scene.Refetch();
        },
        ["refetched by the observer who is shown that it begins"] = scene =>
        {
            var isFirst = true;
            scene.Watch(onNext: state =>
            {
                if (!state.IsFetching || !isFirst) return;
                isFirst = false;
                scene.Refetch();
            });
            scene.Refetch();
            scene.Answer(0, "answer");
        },
        ["patched meanwhile"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            var patch = scene.Client.Mutate(scene.Query, 1, text => text + "?");
            scene.Answer(0, "answer");
            patch.Rollback();
            scene.Refetch();
            scene.Answer(1, "another");
        },
        ["confirmed by a write's answer meanwhile"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Client.Mutate(scene.Query, 1, text => text + "?").Commit("confirmed");
            scene.Note("confirmed");
            scene.Answer(0, "late");
            scene.Answer(1, "answer");
        },
        ["confirmed by a write's answer when the observer has left"] = scene =>
        {
            var watching = scene.Watch();
            scene.Refetch();
            watching.Dispose();
            scene.Client.Mutate(scene.Query, 1, text => text + "?").Commit("confirmed");
            scene.Note("confirmed");
            scene.Answer(1, "answer");
            scene.Wait(5_000);
            scene.Note("over");
        },
        ["patched before"] = scene =>
        {
            scene.Watch();
            var patch = scene.Client.Mutate(scene.Query, 1, text => text + "?");
            scene.Refetch();
            patch.Commit();
            scene.Answer(0, "answer");
            scene.Refetch();
            scene.Answer(1, "another");
        },
        ["taken out meanwhile"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Client.Remove(scene.Query, 1);
            scene.Note("taken out");
            scene.Answer(0, "late");
            scene.Refetch();
            scene.Answer(1, "answer");
        },
        ["put back meanwhile"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Client.Reset(scene.Query, 1);
            scene.Note("put back");
        },
        ["the client ends meanwhile"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Client.Dispose();
            scene.Note("disposed");
            scene.Answer(0, "late");
        },
        ["the client ends when the observer is shown that it begins"] = scene =>
        {
            scene.Watch(onNext: state =>
            {
                if (state.IsFetching) scene.Client.Dispose();
            });
            scene.Refetch();
        },
        ["stale data"] = scene =>
        {
            scene.Watch();
            scene.Wait(15);
            scene.Refetch();
            scene.Wait(1);
            scene.Answer(0, "answer");
            scene.Wait(15);
        },
        ["data that turns stale at this instant"] = scene =>
        {
            scene.Watch();
            scene.Client.Options.Scheduler.Schedule(TimeSpan.FromMilliseconds(10), scene.Refetch);
            scene.Wait(10);
            scene.Answer(0, "answer");
        },
        ["data that turns stale at this instant, before the timer has come"] = scene =>
        {
            scene.Client.Options.Scheduler.Schedule(TimeSpan.FromMilliseconds(10), scene.Refetch);
            scene.Watch();
            scene.Wait(10);
            scene.Answer(0, "answer");
        },
        ["somebody found it stale at once before"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Client.SetData(scene.Query, 1, "before");
            scene.WatchOnly(o => o with { StaleTime = TimeSpan.Zero }).Dispose();
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
        },
        ["stale at once"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch(o => o with { StaleTime = TimeSpan.Zero });
            scene.Refetch();
            scene.Wait(1);
            scene.Refetch();
        },
        ["turns stale while it is fetched"] = scene =>
        {
            scene.Watch();
            scene.Refetch();
            scene.Wait(15);
            scene.Answer(0, "answer");
            scene.Wait(15);
        },
        ["a selection"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call / 2}");
            scene.Watch();
            scene.Client.Observe(scene.Query, 1).SelectData(text => text.Length).Subscribe(state => scene.Note($"length {state}")).Dispose();
            scene.Refetch();
            scene.Refetch();
            scene.Refetch();
        },
        ["hooks"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { OnSuccess = (text, _) => scene.Note($"success {text}"), OnError = (_, _) => scene.Note("error") });
            scene.AnswerAtOnce = call => call == 1 ? Task.FromException<string>(Boom) : Task.FromResult($"answer {call}");
            scene.Watch();
            scene.Refetch();
            scene.Refetch();
        },
        ["an interval"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch(o => o with { Enabled = true, StaleTime = TimeSpan.FromMinutes(1), RefetchInterval = TimeSpan.FromMilliseconds(4) });
            scene.Wait(3);
            scene.Refetch();
            scene.Wait(9);
        },
        ["a scheduler of its own"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { FetchScheduler = scene.Client.Options.Scheduler });
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch();
            scene.Refetch();
            scene.Wait(1);
            scene.Note("waited");
        },
        ["a timeout"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { Timeout = TimeSpan.FromMilliseconds(5) });
            scene.Watch();
            scene.Refetch();
            scene.Wait(5);
            scene.Note("waited");
            scene.Refetch();
            scene.Answer(1, "answer");
        },
        ["a live query that ended"] = scene =>
        {
            Subject<string>? source = null;
            scene.Query = Query.Define("live", (int _) => (IObservable<string>)(source = new Subject<string>())).With(o => o with { Enabled = false });
            scene.Watch();
            scene.Refetch();
            source!.OnNext("value");
            scene.Note("value");
            source.OnCompleted();
            scene.Note("end");
        },
        ["initial data that is not needed"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { InitialData = () => "initial" });
            scene.Watch();
            scene.Refetch();
            scene.Answer(0, "answer");
        },
        ["a comparer that throws"] = scene =>
        {
            scene.Query = scene.Query.With(o => o with { ShareData = (_, _) => throw Boom });
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch();
            scene.Refetch();
        },
        ["a comparer that writes"] = scene =>
        {
            var isFirst = true;
            scene.Query = scene.Query.With(o => o with
            {
                ShareData = (_, text) =>
                {
                    if (text != "answer" || !isFirst) return text;
                    isFirst = false;
                    scene.Client.SetData(scene.Query, 1, "written");
                    return text;
                },
            });
            scene.Watch();
            scene.Refetch();
            scene.Answer(0, "answer");
        },
        ["an observer that throws"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch(onNext: state =>
            {
                if (state.IsFetching || state.Data == "answer 0") throw Boom;
            });
            scene.Refetch();
            scene.Refetch();
        },
        ["followed"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch();
            using var following = scene.Client.Cache.Events.Subscribe(e => scene.Note($"{e.Kind} {e.UpdateCause} {e.Entry.FetchStatus} {e.Entry.Data}"));
            using var counting = scene.Client.IsFetching().Subscribe(count => scene.Note($"{count} fetching"));
            scene.Refetch();
        },
        ["asked through another definition with other options"] = scene =>
        {
            scene.AnswerAtOnce = call => Task.FromResult($"answer {call}");
            scene.Watch();
            var asked = scene.Client.RefetchAsync(scene.Query.With(o => o with { GcTime = TimeSpan.FromSeconds(5) }), 1);
            scene.Dispose();
            scene.Wait(3_000);
            scene.Note($"{asked.IsCompleted} {scene.Client.GetState(scene.Query, 1)}");
        },
    };

    private static void AnswerAtOnceAndLater(Scene scene, Action within)
    {
        scene.AnswerAtOnce = call =>
        {
            within();
            return Task.FromResult($"answer {call}");
        };
        scene.Watch();
        scene.Refetch();
        scene.AnswerAtOnce = null;
        scene.Refetch();
        scene.Answer(1, "later");
    }
}
