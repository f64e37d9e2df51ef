using System.Globalization;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Client;

/// <content>The scenes that are played on both ways.</content>
public partial class OverwriteTests
{
    private static readonly Dictionary<string, Action<Scene>> Plays = new()
    {
        ["writes in a row"] = scene =>
        {
            scene.Watch();
            scene.Write("a", "b", "c");
        },
        ["equal data"] = scene =>
        {
            scene.Watch();
            scene.Write("a", new string('a', 1), "b", "b", "c");
        },
        ["null is data"] = scene =>
        {
            scene.Watch();
            scene.Write("a", null!, null!, "b");
        },
        ["updates"] = scene =>
        {
            scene.Watch();
            scene.Write("a");
            for (var i = 0; i < 3; i++)
                scene.Update(text => text + "!");
        },
        ["time goes by between"] = scene =>
        {
            scene.Watch();
            scene.Write("a", "b");
            scene.Wait(1);
            scene.Write("c", "d");
            scene.Wait(9);
            scene.Note("nobody finds it stale yet");
            scene.Wait(1);
            scene.Write("e", "f");
            scene.Wait(20);
        },
        ["stale at once"] = scene =>
        {
            scene.Watch(o => o with { StaleTime = TimeSpan.Zero });
            scene.Write("a", "b", "c");
            scene.Wait(1);
            scene.Write("d", "e");
        },
        ["dated back"] = scene =>
        {
            scene.Watch();
            scene.Write("a");
            scene.Client.SetData(scene.Query, 1, "old", scene.Client.Options.Scheduler.Now - TimeSpan.FromMilliseconds(9));
            scene.Write("b", "c");
            scene.Client.SetData(scene.Query, 1, "older", scene.Client.Options.Scheduler.Now - TimeSpan.FromMilliseconds(30));
            scene.Wait(20);
        },
        ["invalidated between"] = scene =>
        {
            scene.Watch();
            scene.Write("a", "b");
            scene.Client.Invalidate(scene.Query, 1);
            scene.Write("c", "d");
            scene.Wait(20);
        },
        ["patched between"] = scene =>
        {
            scene.Watch();
            scene.Write("a");
            var patch = scene.Client.Mutate(scene.Query, 1, text => text + "?");
            scene.Write("b", "c");
            patch.Rollback();
            scene.Write("d", "e");
            var other = scene.Client.Mutate(scene.Query, 1, text => text + "?");
            other.Commit("f");
            scene.Write("g", "h");
            scene.Client.Mutate(scene.Query, 1, text => text + "?").Commit();
            scene.Write("i", "j");
            scene.Client.Invalidate(scene.Query, 1);
        },
        ["fetched between"] = scene =>
        {
            scene.Watch();
            scene.Write("a", "b");
            scene.Note(scene.Client.FetchAsync(scene.Query, 1).Result);
            scene.Client.Invalidate(scene.Query, 1);
            scene.Note(scene.Client.FetchAsync(scene.Query, 1).Result);
            scene.Write("c", "d");
            scene.Note(scene.Client.FetchAsync(scene.Query, 1).Result);
        },
        ["awaited between"] = scene =>
        {
            scene.Watch();
            foreach (var text in (string[])["a", "b", "c"])
            {
                scene.Write(text);
                scene.Note(scene.Client.FetchAsync(scene.Query, 1).Result);
                scene.Note(scene.Client.FetchAsync(scene.Query, 1).Result);
            }
        },
        ["while a fetch runs"] = scene =>
        {
            var answer = new TaskCompletionSource<string>();
            var slow = Query.Define("written", (int _) => answer.Task).With(o => o with { StaleTime = TimeSpan.FromMilliseconds(10) });
            scene.Watch();
            scene.Write("a");
            scene.Client.Invalidate(scene.Query, 1);
            using (scene.Client.Observe(slow, 1).Subscribe(scene.Show))
            {
                scene.Write("b", "c");
                answer.SetResult("landed");
                scene.Write("d", "e");
            }

            scene.Write("f", "g");
        },
        ["while its own fetch runs"] = scene =>
        {
            var answer = new TaskCompletionSource<string>();
            var slow = Query.Define("written", (int _) => answer.Task).With(o => o with { StaleTime = TimeSpan.Zero });
            scene.Write("a");
            using var watching = scene.Client.Observe(slow, 1).Subscribe(scene.Show);
            scene.Write("b", "c");
            answer.SetResult("landed");
            scene.Write("d", "e");
        },
        ["while a value streams"] = scene =>
        {
            using var values = new Subject<string>();
            var live = Query.Define("written", (int _) => values);
            using var watching = scene.Client.Observe(live, 1).Subscribe(scene.Show);
            values.OnNext("1");
            scene.Write("a", "b");
            values.OnNext("2");
            values.OnCompleted();
            scene.Write("c", "d");
        },
        ["after a failure"] = scene =>
        {
            var failing = Query.Define("written", (int _) => Task.FromException<string>(Boom)).With(o => o with { StaleTime = TimeSpan.FromMilliseconds(10) });
            using var watching = scene.Client.Observe(failing, 1).Subscribe(scene.Show);
            scene.Write("a", "b");
            _ = scene.Client.RefetchAsync(failing, 1);
            scene.Write("b", "c");
            scene.Note(scene.Client.GetState(failing, 1).ErrorUpdatedAt is not null);
        },
        ["a comparer writes"] = scene =>
        {
            var isWritten = false;
            var comparing = scene.Query.With(o => o with { ShareData = (_, text) => Compared(text) });
            scene.Watch();
            foreach (var text in (string[])["a", "b", "c"])
                scene.Write(comparing, text);

            string Compared(string text)
            {
                scene.Note("compares " + text);
                if (text == "b" && !isWritten)
                {
                    isWritten = true;
                    scene.Write("written meanwhile");
                }

                return text;
            }
        },
        ["observers come and go"] = scene =>
        {
            var first = scene.Watch();
            scene.Write("a", "b");
            var second = scene.Watch();
            scene.Write("c", "d");
            first.Dispose();
            scene.Write("e", "f");
            second.Dispose();
            scene.Write("g", "h");
            scene.Watch();
            scene.Write("i", "j");
        },
        ["an observer leaves from within"] = scene =>
        {
            IDisposable? watching = null;
            watching = scene.Watch(onNext: state =>
            {
                if (state.Data == "b") watching!.Dispose();
            });
            scene.Write("a", "b", "c", "d");
        },
        ["an observer writes from within"] = scene =>
        {
            scene.Watch(onNext: state =>
            {
                if (state.Data is "b" or "c") scene.Write("more than " + state.Data);
            });
            scene.Write("a", "b", "c", "d", "e");
        },
        ["an observer comes from within"] = scene =>
        {
            scene.Watch(onNext: state =>
            {
                if (state.Data == "b") scene.Watch();
            });
            scene.Write("a", "b", "c", "d");
        },
        ["an observer throws"] = scene =>
        {
            scene.Watch(onNext: state =>
            {
                if (state.Data == "b") throw Boom;
            });
            scene.Write("a", "b", "c", "d");
        },
        ["selections"] = scene =>
        {
            using var lengths = scene.Client.Observe(scene.Query, 1).SelectData(text => text.Length).Subscribe(state => scene.Note(state));
            scene.Write("a", "b", "cc", "dd", "e");
        },
        ["removed and reset between"] = scene =>
        {
            scene.Watch();
            scene.Write("a", "b");
            scene.Client.Remove(scene.Query, 1);
            scene.Write("c", "d");
            scene.Client.Reset(new QueryFilter { Prefix = scene.Query.KeyOf(1) });
            scene.Write("e", "f");
        },
        ["written by another who wants it kept longer"] = scene =>
        {
            var longer = scene.Query.With(o => o with { GcTime = TimeSpan.FromSeconds(3) });
            var watching = scene.Watch();
            scene.Write("a", "b");
            scene.Write(longer, "c");
            watching.Dispose();
            scene.Wait(2_000);
            scene.Note(scene.Client.Cache.Count);
            scene.Wait(2_000);
            scene.Note(scene.Client.Cache.Count);
        },
        ["the client ends"] = scene =>
        {
            scene.Watch();
            scene.Write("a", "b");
            scene.Client.Dispose();
            scene.Note(Assert.Throws<ObjectDisposedException>(() => scene.Write("c")).GetType());
        },
    };

    private sealed class Scene(QueryClient client, MarbleScheduler scheduler, QueryDefinition<int, string> query, List<UnobservedError> unobserved, bool isDated) : IDisposable
    {
        private readonly DateTimeOffset _start = scheduler.Now;
        private readonly List<IDisposable> _watching = [];
        private int _watchers;

        public QueryClient Client => client;

        public QueryDefinition<int, string> Query => query;

        public List<string> Seen { get; } = [];

        public IDisposable Watch(Func<QueryOptions<string>, QueryOptions<string>>? configure = null, Action<QueryState<string>>? onNext = null)
        {
            var name = $"{++_watchers}: ";
            var watching = client.Observe(query, 1, configure).Subscribe(
                state =>
                {
                    Note(name + Text(state));
                    onNext?.Invoke(state);
                },
                () => Note(name + "end"));
            _watching.Add(watching);
            return watching;
        }

        public void Show(QueryState<string> state) => Note(Text(state));

        public void Write(params string[] texts)
        {
            foreach (var text in texts)
                Write(query, text);
        }

        public void Write(QueryDefinition<int, string> definition, string text)
        {
            client.SetData(definition, 1, text, isDated ? scheduler.Now : null);
            Note($"{Text(client.GetState(query, 1))}, {unobserved.Count} errors");
        }

        public void Update(Func<string, string> update)
        {
            if (isDated)
                client.SetData(query, 1, update(client.GetState(query, 1).Data!), scheduler.Now);
            else
                Assert.True(client.UpdateData(query, 1, update));
        }

        public void Wait(int milliseconds) => scheduler.AdvanceBy(TimeSpan.FromMilliseconds(milliseconds));

        public void Note(object what) => Seen.Add(string.Create(CultureInfo.InvariantCulture, $"{(scheduler.Now - _start).TotalMilliseconds} ms {what}"));

        public void Dispose() => _watching.ForEach(watching => watching.Dispose());

        private string Text(QueryState<string> state) => $"{state} of {(state.DataUpdatedAt - _start)?.TotalMilliseconds} ms";
    }
}
