using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.Tests.Docs;

/// <summary>The C# of docs/mutations.md and docs/offline.md, compiled.</summary>
public class MutationsSnippets
{
    static readonly QueryDefinition<int, User> UserById = Query.Define("users", (int id, CancellationToken _) => Task.FromResult(new User(id, $"User {id}")));

    static readonly QueryDefinition<Unit, Note[]> AllNotes = Query.Define("notes", (CancellationToken _) => Task.FromResult<Note[]>([]));

    static readonly MutationDefinition<Rename, User> RenameUser =
        Mutation.Define("rename", (Rename r, CancellationToken ct) => Api.RenameAsync(r, ct),
            m => m.Optimistic(UserById, r => r.Id, (user, r) => user with { Name = r.Name })   // shown at once
                  .SetsData(UserById, (r, user) => r.Id)                                       // the response is the user's new data
                  .Invalidates(QueryKey.Of("lists")));                                         // what is watched below "lists" is refetched

    [Fact]
    public async Task A_mutation_runs()
    {
        var shown = "";
        void Show(string text) => shown = text;
        using var client = new QueryClient();
        Mutation<Rename, User> rename = client.CreateMutation(RenameUser);
        using var states = rename.Subscribe(state => Show(state.Match(
            idle: () => "",
            pending: () => "saving…",
            success: user => $"saved {user.Name}",
            error: error => error.Message)));

        MutationHandle<Rename, User> call = rename.Start(new Rename(42, "Ada"));
        User saved = await call;

        Assert.Equal(("saved Ada", "Ada", "Ada"), (shown, saved.Name, client.GetState(UserById, 42).Data!.Name));
    }

    [Fact]
    public void A_mutation_of_the_optimistic_page_runs()
    {
        using var client = new QueryClient();
        client.SetData(UserById, 42, new User(42, "Bob"));
        Mutation<Rename, User> rename = client.CreateMutation(
            (Rename r, CancellationToken ct) => Api.RenameAsync(r, ct),
            m => m.Optimistic(UserById, r => r.Id, (user, r) => user with { Name = r.Name })
                  .Invalidates(UserById, r => r.Id));

        rename.Start(new Rename(42, "Ada"));

        Assert.Equal("Ada", client.GetState(UserById, 42).Data!.Name);
    }

    [Fact]
    public void Executions_are_observables()
    {
        using var client = new QueryClient();
        using var names = new Subject<string>();
        var rename = client.CreateMutation(RenameUser);
        var scheduler = new ReactiveQuery.Testing.MarbleScheduler();
        IObservable<User> saves = names
            .Throttle(TimeSpan.FromMilliseconds(500), scheduler)
            .Select(name => rename.Execute(new Rename(42, name)))
            .Switch();

        List<string> saved = [];
        using var subscription = saves.Subscribe(user => saved.Add(user.Name));
        names.OnNext("A");
        names.OnNext("Ada");
        scheduler.AdvanceBy(TimeSpan.FromMilliseconds(500));
        Assert.Equal(["Ada"], saved);
    }

    [Fact]
    public async Task A_scope_from_the_arguments_runs()
    {
        using var client = new QueryClient();
        var move = client.CreateMutation((Move m, CancellationToken ct) => Api.MoveAsync(m, ct),
            m => m.InScope(move => QueryKey.Of("board", move.BoardId)));   // one move per board at a time

        Assert.Equal(Unit.Default, await move.Start(new Move(1)));
    }

    [Fact]
    public void Callbacks_of_client_and_call_run()
    {
        List<string> log = [];
        void Toast(string text) => log.Add(text);
        void Close() => log.Add("closed");
        var client = new QueryClient(new QueryClientOptions
        {
            Mutations = new MutationDefaults().OnError((error, call) => Toast($"{call.Name}: {error.Message}")),
        });
        var rename = client.CreateMutation(RenameUser);
        rename.Start(new Rename(42, "Ada"), m => m.OnSuccess((user, call) => Close()));
        client.CreateMutation((int n) => Task.FromException(new InvalidOperationException("no")), name: "doomed").Start(1);

        Assert.Equal(["closed", "doomed: no"], log);
        client.Dispose();
    }

    [Fact]
    public void All_calls_of_a_client_are_seen()
    {
        using var client = new QueryClient();
        client.CreateMutation(RenameUser).Start(new Rename(42, "Ada"));
        IObservable<int> busy = client.IsMutating();
        IObservable<IReadOnlyList<MutationEntry>> failed = client.MutationStates(new MutationFilter { Status = MutationStatus.Error });

        foreach (MutationEntry entry in client.FindMutations(RenameUser))
            entry.Handle.Retry();

        Assert.Equal(0, busy.FirstAsync().Wait());
        Assert.Empty(failed.FirstAsync().Wait());
    }

    [Fact]
    public void Writes_wait_for_the_connection()
    {
        using var connectivity = new BehaviorSubject<bool>(false);
        var client = new QueryClient(new QueryClientOptions { Online = connectivity });   // IObservable<bool>
        var addNote = client.CreateMutation((Note note, CancellationToken ct) => Api.AddAsync(note, ct),
            m => m.InScope("notes")                                                       // in order
                  .Optimistic(AllNotes, (notes, note) => [.. notes, note])                // shown at once, also offline
                  .Invalidates(AllNotes));

        addNote.Start(new Note("milk"));
        addNote.Start(new Note("bread"));

        client.SetData(AllNotes, Unit.Default, []);
        Assert.Equal(2, client.GetState(AllNotes, Unit.Default).Data!.Length);
        Assert.Equal(2, client.IsMutating().FirstAsync().Wait());

        IObservable<int> unsent = client.IsMutating(new MutationFilter { Status = MutationStatus.Paused });

        foreach (MutationEntry entry in client.FindMutations(new MutationFilter { Scope = QueryKey.Of("notes"), Status = MutationStatus.Paused }))
            entry.Handle.Cancel();

        Assert.Equal(0, unsent.FirstAsync().Wait());
        Assert.Empty(client.GetState(AllNotes, Unit.Default).Data!);
        client.Dispose();
    }

    internal sealed record User(int Id, string Name);

    internal sealed record Rename(int Id, string Name);

    internal sealed record Move(int BoardId);

    internal sealed record Note(string Text);

    private static class Api
    {
        public static Task<User> RenameAsync(Rename rename, CancellationToken ct) =>
            Task.FromResult(new User(rename.Id, ct.IsCancellationRequested ? "" : rename.Name));

        public static Task MoveAsync(Move move, CancellationToken ct) => ct.IsCancellationRequested ? Task.FromCanceled(ct) : Task.FromResult(move);

        public static Task AddAsync(Note note, CancellationToken ct) => ct.IsCancellationRequested ? Task.FromCanceled(ct) : Task.FromResult(note);
    }
}
