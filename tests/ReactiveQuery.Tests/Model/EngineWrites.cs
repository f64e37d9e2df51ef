using System.Reactive.Disposables;

namespace ReactiveQuery.Tests.Model;

/// <summary>Patches and writes of a real client, and what it tells of them.</summary>
internal sealed class EngineWrites : IDisposable
{
    private readonly EngineDriver _engine;
    private readonly Mutation<Write, string> _mutation;
    private readonly Dictionary<int, (Face Query, OptimisticHandle Handle)> _patches = [];
    private readonly Dictionary<int, MutationHandle<Write, string>> _handles = [];
    private readonly Dictionary<int, TaskCompletionSource<string>> _calls = [];
    private readonly CompositeDisposable _watching;

    public EngineWrites(EngineDriver engine, Setup setup)
    {
        _engine = engine;
        _mutation = engine.Client.CreateMutation((Write write) => Call(write), m => (m with { NetworkMode = setup.NetworkMode, GcTime = Timeout.InfiniteTimeSpan })
            .InScope(write => write.IsSerial ? QueryKey.Of("serial") : null)
            .OnError((_, _) => { }) // Handled: else a failure that nobody looks at is reported.
            .OnSettled((state, call) => Log.Add($"{call.Variables.Id} {state.Status}")));
        _watching = new(
            _mutation.Subscribe(state => Latest = Show(state)),
            engine.Client.IsMutating().Subscribe(count => Count = count));
    }

    public List<string> Log { get; } = [];

    public int Count { get; private set; }

    /// <summary>What the mutation shows: its latest call.</summary>
    public string Latest { get; private set; } = "";

    public string Listed => string.Join(" ", _engine.Client.FindMutations().Select(entry => $"{((Write)entry.Variables!).Id}:{entry.Status}"));

    public string Show(int id) => Show(_handles[id].State);

    public void Mutate(int id, TestKey key) => _patches[id] = (_engine.Query(key), _engine.Query(key).Mutate($"+{id}"));

    public void Commit(int id)
    {
        if (_patches.TryGetValue(id, out var patch)) patch.Handle.Commit();
    }

    public void Commit(int id, string data)
    {
        if (_patches.TryGetValue(id, out var patch)) patch.Query.Commit(patch.Handle, data);
    }

    public void Rollback(int id)
    {
        if (_patches.TryGetValue(id, out var patch)) patch.Handle.Rollback();
    }

    public void Make(Write write) => _handles[write.Id] = _mutation.Start(write, m => _engine.Query(write.Key).Declare(write.Effects, m));

    public void Answer(int id, bool succeeds)
    {
        if (succeeds) _calls[id].SetResult($"r{id}");
        else _calls[id].SetException(new InvalidOperationException(Answers.WriteError(id)));
    }

    public void Cancel(int id)
    {
        if (_handles.TryGetValue(id, out var handle)) handle.Cancel();
    }

    public void Insist(int id)
    {
        if (_handles.TryGetValue(id, out var handle) && handle.State.IsPaused) handle.Retry();
    }

    public void Dispose() => _watching.Dispose();

    private static string Show(MutationState<Write, string> state) =>
        state.IsIdle ? "Idle" : $"{state.Variables!.Id} {state.Status}{state.Data}{(state.Error is { } error ? $" {error.Message}" : "")}";

    private Task<string> Call(Write write)
    {
        Log.Add($"{write.Id} sent");
        _calls[write.Id] = new TaskCompletionSource<string>();
        if (write.Behaviour != Behaviour.Waits) Answer(write.Id, write.Behaviour == Behaviour.Succeeds);
        return _calls[write.Id].Task;
    }
}
