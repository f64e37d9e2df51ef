using System.Globalization;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Mutations;

/// <summary>
/// Random interleavings of patches, commits, rollbacks, failures, refetches and invalidations on several keys: what is shown is the fold that a plain model
/// works out, after every step; when everything has settled it is the server's value.
/// </summary>
public class OptimisticProperties : ClientTest
{
    private const int Keys = 3;

    [Fact]
    public void What_is_shown_is_the_fold_at_every_step_and_the_servers_value_at_rest()
    {
        for (var seed = 1; seed <= 1_500; seed++)
            RunProgram(seed, steps: 40);
    }

    [Fact]
    public void So_it_is_in_long_programs()
    {
        for (var seed = 100_000; seed < 100_020; seed++)
            RunProgram(seed, steps: 2_000);
    }

    private void RunProgram(int seed, int steps)
    {
        var random = new Random(seed);
        var client = NewClient();
        var calls = new Dictionary<int, List<TaskCompletionSource<string>>>();
        var query = Query.Define("q", (int key) =>
        {
            var call = new TaskCompletionSource<string>();
            calls[key].Add(call);
            return call.Task;
        });
        var models = Enumerable.Range(0, Keys).Select(_ => new Model()).ToArray();
        var handles = new Dictionary<char, OptimisticHandle<string>>();
        var shown = new QueryState<string>[Keys];
        List<string> told = [];
        for (var key = 0; key < Keys; key++)
        {
            var k = key;
            calls[k] = [];
            client.Observe(query, k).Subscribe(state => shown[k] = state);
            models[k].Fetch();
        }

        for (var step = 0; step < steps; step++)
        {
            var key = random.Next(Keys);
            Do(random.Next(11), key);
            for (var k = 0; k < Keys; k++)
                Agree(k);
        }

        for (var key = 0; key < Keys; key++)
        {
            foreach (var patch in models[key].Patches.FindAll(p => p.SettledAfter is null))
                Do(random.Next(2) == 0 ? 1 : 3, key);
            Do(5, key);
            while (models[key].Flight is not null)
                Do(6, key);
            Agree(key);
            Assert.True(models[key].Server == shown[key].Data, Message("at rest", key));
            Assert.False(shown[key].IsOptimistic, Message("optimistic at rest", key));
        }

        client.Dispose();

        void Do(int what, int key)
        {
            var model = models[key];
            var pending = model.Patches.FindAll(p => p.SettledAfter is null);
            var patch = pending.Count > 0 ? pending[random.Next(pending.Count)] : default;
            switch (what)
            {
                case 0 or 10:
                    var letter = (char)('A' + handles.Count % 50);
                    letter = (char)(letter + (handles.Count / 50 * 64));
                    told.Add(FormattableString.Invariant($"patch {key} {letter}"));
                    handles[letter] = client.Mutate(query, key, data => data + letter);
                    model.Patches.Add(new(letter, null));
                    break;
                case 1 when patch.Letter != 0: // The server takes the write; its answer says nothing.
                    told.Add(FormattableString.Invariant($"commit {key} {patch.Letter}"));
                    model.Server += patch.Letter;
                    handles[patch.Letter].Commit();
                    model.Settle(patch.Letter);
                    break;
                case 2 when patch.Letter != 0: // The server takes the write and answers with the new value.
                    told.Add(FormattableString.Invariant($"commit {key} {patch.Letter} with the value"));
                    model.Server += patch.Letter;
                    handles[patch.Letter].Commit(model.Server);
                    model.Respond(patch.Letter);
                    break;
                case 3 when patch.Letter != 0: // The server refuses it.
                    told.Add(FormattableString.Invariant($"roll back {key} {patch.Letter}"));
                    handles[patch.Letter].Rollback();
                    model.Patches.RemoveAll(p => p.Letter == patch.Letter);
                    break;
                case 4:
                    told.Add(FormattableString.Invariant($"refetch {key}"));
                    client.Refetch(query, key);
                    model.Fetch();
                    break;
                case 5:
                    told.Add(FormattableString.Invariant($"invalidate {key}"));
                    client.Invalidate(query, key);
                    model.Invalidate();
                    break;
                case 6 or 7 when model.Flight is not null:
                    told.Add(FormattableString.Invariant($"answer {key}"));
                    var answer = model.Flight!.Value.Value;
                    var running = calls[key][^1];
                    model.Land();
                    running.SetResult(answer);
                    break;
                case 8 when model.Flight is not null:
                    told.Add(FormattableString.Invariant($"fail {key}"));
                    running = calls[key][^1];
                    model.Fail();
                    running.SetException(Boom);
                    break;
                case 9 when random.Next(4) == 0:
                    told.Add(FormattableString.Invariant($"roll back all of {key}"));
                    client.RollbackAll(query, key);
                    model.Patches.RemoveAll(p => p.SettledAfter is null);
                    break;
            }
        }

        void Agree(int key)
        {
            var model = models[key];
            Assert.True(model.Calls == calls[key].Count, Message($"expected {model.Calls} calls, saw {calls[key].Count}", key));
            Assert.True(model.Shown == shown[key].Data, Message($"expected {model.Shown}, saw {shown[key].Data}", key));
            Assert.True(shown[key].Equals(client.GetState(query, key)), Message("the observer is behind the cache", key));
            Assert.True(model.Patches.Exists(p => p.SettledAfter is null) == shown[key].IsOptimistic, Message("IsOptimistic", key));
            var hasBase = client.TryGetBaseData(query, key, out var data);
            Assert.True((hasBase ? data : null) == model.Base, Message($"expected base {model.Base}, saw {data}", key));
        }

        string Message(string what, int key) =>
            string.Create(CultureInfo.InvariantCulture, $"seed {seed}, key {key}: {what}\n{string.Join('\n', told)}");
    }

    private readonly record struct Patch(char Letter, int? SettledAfter);

    /// <summary>One key: the server's value, and what a client of it knows.</summary>
    private sealed class Model
    {
        private int _epoch;

        public string Server { get; set; } = "";

        public string? Base { get; private set; }

        public List<Patch> Patches { get; } = [];

        public int Calls { get; private set; }

        /// <summary>The fetch that runs: what the server said when it was asked, and in which epoch that was.</summary>
        public (string Value, int Epoch)? Flight { get; private set; }

        public string? Shown => Base is null ? null : Patches.Aggregate(Base, (data, patch) => data + patch.Letter);

        public void Fetch()
        {
            if (Flight is not null && Base is null) return;
            Calls++;
            Flight = (Server, _epoch);
        }

        public void Invalidate()
        {
            _epoch++;
            Fetch();
        }

        public void Settle(char letter)
        {
            var at = Patches.FindIndex(p => p.Letter == letter);
            Patches[at] = Patches[at] with { SettledAfter = Calls };
        }

        public void Respond(char letter)
        {
            Patches.RemoveAll(p => p.Letter == letter);
            _epoch++;
            Base = Server;
            if (Flight is not null) Fetch();
        }

        public void Land()
        {
            Base = Flight!.Value.Value;
            Patches.RemoveAll(p => p.SettledAfter < Calls);
            End();
        }

        public void Fail() => End();

        private void End()
        {
            var isOld = Flight!.Value.Epoch < _epoch;
            Flight = null;
            if (isOld) Fetch();
        }
    }
}
