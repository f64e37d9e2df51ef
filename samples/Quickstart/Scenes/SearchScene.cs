using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Quickstart.Scenes;

internal sealed class SearchScene : IScene
{
    private const string Hopeless = "/products?search=tea";

    public string Name => "search";

    public string Explanation => "A search box asks when typing pauses, drops what was superseded, keeps old hits meanwhile.";

    public async Task PlayAsync(Stage stage)
    {
        stage.Server.Faults.Slow(Hopeless, TimeSpan.FromSeconds(30));
        var productsNamed = Query.Define("search", (string text, CancellationToken token) => stage.Api.Search(text, token));
        using var client = new QueryClient();

        // Keys and throttle share the thread of the user interface: they run in the order of their due times, however busy the machine is.
        using var ui = new EventLoopScheduler();
        using var text = new Subject<string>();
        var hits = stage.Watch("hits", text
            .Throttle(150.Ms(), ui)
            .ObserveQuery(client, productsNamed, o => o with { KeepPreviousData = true }));

        using var _ = text.Subscribe(typed => stage.Recorder.Note(Lane.User, "typed", typed[^1]));
        Type("t", "te", "tea");
        await Stage.Until(() => stage.Server.Log.Count(Hopeless) == 1);
        Type("teap", "teapo", "teapot");
        await Stage.Until(() => hits.Latest.IsSuccess);
        Type("l", "la", "lam", "lamp");
        await Stage.Until(() => Shown("Lamp", hits.Latest) > 0 && !hits.Latest.IsFetching);
        await Stage.Until(() => stage.Server.Log.Count(RequestOutcome.Aborted) == 1);

        stage.Promise("requests for ten keystrokes", 3, stage.Server.Log.Requests.Count);
        stage.Promise("aborted at the server", Hopeless, stage.Server.Log.Requests.Single(it => it.Outcome == RequestOutcome.Aborted).Path);
        stage.Promise("what the hits showed", "LSPS", hits.Letters);
        stage.Promise("hits kept while the lamps load", 5, Shown("Teapot", hits.States.Single(state => state.IsPlaceholder)));

        static int Shown(string name, QueryState<IReadOnlyList<Product>> state) =>
            state.Data?.Count(it => it.Name.Contains(name, StringComparison.Ordinal)) ?? 0;

        void Type(params string[] texts)
        {
            foreach (var (n, typed) in texts.Index())
                ui.Schedule((40 * n).Ms(), () => text.OnNext(typed));
        }
    }
}
