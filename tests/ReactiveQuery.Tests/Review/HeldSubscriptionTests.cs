using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Runtime.CompilerServices;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>A subscription that is disposed, but still held, keeps nothing of a view-model: not by its definition, its selector, its comparer, or what a selector threw.</summary>
public class HeldSubscriptionTests : ClientTest
{
    private static readonly QueryDefinition<int, string> Shared =
        Query.Define("shared", (int id) => Task.FromResult($"#{id}")).With(o => o with { StaleTime = Timeout.InfiniteTimeSpan });

    private readonly QueryClient _client;
    private readonly BehaviorSubject<int> _key = new(1);

    public HeldSubscriptionTests()
    {
        _client = NewClient();
        _client.Observe(Shared, 1).Subscribe(); // The entry lasts, with options of its own.
    }

    [Fact]
    public void Of_a_plain_subscription() => Check(model => _client.Observe(Own(model), 1).Subscribe());

    [Fact]
    public void Of_a_selection() => Check(model => _client.Observe(Own(model), 1).SelectData(text => model.Name + text).Subscribe(_ => model.Touch()));

    [Fact]
    public void Of_a_selection_with_a_comparer() => Check(model => _client.Observe(Shared, 1).SelectData(text => text, new ModelComparer(model)).Subscribe());

    [Fact]
    public void Of_a_selection_behind_an_operator() =>
        Check(model => _client.Observe(Shared, 1).KeepPreviousData().SelectData(text => text, new ModelComparer(model)).Subscribe());

    [Fact]
    public void Of_a_selection_that_failed() => Check(model => _client.Observe(Shared, 1).SelectData<string, string>(_ => throw new ModelException(model)).Subscribe());

    [Fact]
    public void Of_a_selection_that_was_left_within_its_selector() => Check(model =>
    {
        var subscription = new System.Reactive.Disposables.SingleAssignmentDisposable();
        subscription.Disposable = _client.Observe(Shared, 1).KeepPreviousData().SelectData(text =>
        {
            subscription.Dispose();
            return (text, model);
        }).Subscribe();
        _client.SetData(Shared, 1, "next");
        return subscription.Disposable;
    });

    [Fact]
    public void Of_a_switch() => Check(model => _key.ObserveQuery(_client, Own(model)).Subscribe(_ => model.Touch()));

    [Fact]
    public void Of_a_switch_in_which_a_value_had_to_wait() => Check(model =>
    {
        var subscription = _key.ObserveQuery(_client, Own(model)).Subscribe(state =>
        {
            model.Touch();
            if (state.Data == "go") _key.OnNext(2);
        });
        _client.SetData(Shared, 1, "go");
        return subscription;
    });

    private static QueryDefinition<int, string> Own(Model model) =>
        Query.Define("shared", (int id) => Task.FromResult(model.Name + id)).With(o => o with { StaleTime = Timeout.InfiniteTimeSpan });

    private void Check(Func<Model, IDisposable> subscribe)
    {
        var (model, held) = Make(subscribe);
        for (var i = 0; i < 8 && model.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(model.IsAlive);
        GC.KeepAlive(held);
        GC.KeepAlive(_client);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Model, IDisposable Held) Make(Func<Model, IDisposable> subscribe)
    {
        var model = new Model();
        var held = subscribe(model);
        held.Dispose();
        return (new(model), held);
    }

    private sealed class Model
    {
        public string Name { get; } = "model";

        public void Touch()
        {
        }
    }

    private sealed class ModelException(Model model) : Exception
    {
        public Model Model { get; } = model;
    }

    private sealed class ModelComparer(Model model) : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x == y && model.Name.Length > 0;

        public int GetHashCode(string obj) => obj.GetHashCode(StringComparison.Ordinal);
    }
}
