using System.Reactive.Linq;

namespace ReactiveQuery.Tests.Client;

public class ArgumentTests : ClientTest
{
    private static readonly QueryDefinition<string, string> Names = Query.Define("names", (string id) => Task.FromResult(id));

    private static void Refused(string parameter, Action call) => Assert.Equal(parameter, Assert.Throws<ArgumentNullException>(call).ParamName);

    [Fact]
    public void A_definition_needs_a_name_and_a_fetcher()
    {
        Refused("name", () => Query.Define(null!, (int id) => Task.FromResult(id)));
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => Query.Define("", (int id) => Task.FromResult(id))).ParamName);
        Refused("fetcher", () => Query.Define("q", (Func<int, CancellationToken, Task<int>>)null!));
        Refused("fetcher", () => Query.Define("q", (Func<int, Task<int>>)null!));
        Refused("fetcher", () => Query.Define("q", (Func<int, QueryContext, Task<int>>)null!));
        Refused("fetcher", () => Query.Define("q", (Func<int, IObservable<int>>)null!));
        Refused("fetcher", () => Query.Define("q", (Func<int, CancellationToken, IAsyncEnumerable<int>>)null!));
        Refused("fetcher", () => Query.Define("q", (Func<CancellationToken, Task<int>>)null!));
        Refused("fetcher", () => Query.Define("q", (Func<Task<int>>)null!));
        Refused("fetcher", () => Query.Define("q", (Func<IObservable<int>>)null!));
        Refused("fetcher", () => Query.Define("q", (Func<CancellationToken, IAsyncEnumerable<int>>)null!));
        Refused("configure", () => Names.With(null!));
        Refused("keyOf", () => Names.WithKey(null!));
    }

    [Fact]
    public void Functions_that_return_null_are_refused_by_the_definitions_name()
    {
        Assert.Contains("names", Assert.Throws<InvalidOperationException>(() => Names.With(_ => null!)).Message, StringComparison.Ordinal);
        Assert.Contains("names", Assert.Throws<InvalidOperationException>(() => Names.WithKey(_ => null!).KeyOf("1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_call_refuses_a_missing_definition()
    {
        using var client = NewClient();
        QueryDefinition<string, string> none = null!;
        Refused("definition", () => client.Observe(none, "1"));
        Refused("definition", () => { _ = client.FetchAsync(none, "1"); });
        Refused("definition", () => { _ = client.EnsureAsync(none, "1"); });
        Refused("definition", () => { _ = client.PrefetchAsync(none, "1"); });
        Refused("definition", () => client.TryGetData(none, "1", out _));
        Refused("definition", () => client.GetState(none, "1"));
        Refused("definition", () => client.SetData(none, "1", "a"));
        Refused("definition", () => client.UpdateData(none, "1", data => data));
        Refused("definition", () => client.Invalidate(none, "1"));
        Refused("definition", () => { _ = client.InvalidateAsync(none, "1"); });
        Refused("definition", () => client.Refetch(none, "1"));
        Refused("definition", () => { _ = client.RefetchAsync(none, "1"); });
        Refused("definition", () => client.Cancel(none, "1"));
        Refused("definition", () => client.Remove(none, "1"));
        Refused("definition", () => client.Reset(none, "1"));
        Refused("definition", () => Observable.Return("1").ObserveQuery(client, none));
    }

    [Fact]
    public void Every_call_refuses_missing_parameters()
    {
        using var client = NewClient();
        Refused("parameters", () => client.Observe(Names, null!));
        Refused("parameters", () => { _ = client.FetchAsync(Names, null!); });
        Refused("parameters", () => client.TryGetData(Names, null!, out _));
        Refused("parameters", () => client.SetData(Names, null!, "a"));
        Refused("parameters", () => client.Invalidate(Names, null!));
        Refused("parameters", () => client.Refetch(Names, null!));
        Refused("parameters", () => ((IObservable<string>)null!).ObserveQuery(client, Names));
        Refused("client", () => Observable.Return("1").ObserveQuery(null!, Names));
    }

    [Fact]
    public void Filters_functions_and_options_are_refused_when_missing()
    {
        using var client = NewClient();
        Refused("filter", () => client.Invalidate((QueryFilter)null!));
        Refused("filter", () => client.Refetch((QueryFilter)null!));
        Refused("filter", () => client.Cancel((QueryFilter)null!));
        Refused("filter", () => client.Remove((QueryFilter)null!));
        Refused("filter", () => client.Reset((QueryFilter)null!));
        Refused("update", () => client.UpdateData(Names, "1", null!));
        Refused("prefix", () => client.SetDefaults(null!, new()));
        Refused("options", () => client.SetDefaults(QueryKey.Of("a"), null!));
        Refused("options", () => { using var none = new QueryClient(null!); });
        Refused("Scheduler", () => _ = new QueryClientOptions { Scheduler = null! });
        Refused("Defaults", () => _ = new QueryClientOptions { Defaults = null! });
        Refused("observer", () => client.Observe(Names, "1").Subscribe((IObserver<QueryState<string>>)null!));
    }

    [Fact]
    public void One_key_used_with_two_data_types_is_refused_at_once_naming_key_and_both_types()
    {
        using var client = NewClient();
        var numbers = Query.Define("names", (string _) => Task.FromResult(7));
        client.SetData(Names, "1", "a");

        foreach (var call in new Action[]
        {
            () => client.Observe(numbers, "1"),
            () => { _ = client.FetchAsync(numbers, "1"); },
            () => client.SetData(numbers, "1", 8),
            () => client.UpdateData(numbers, "1", n => n),
            () => client.TryGetData(numbers, "1", out _),
            () => client.GetState(numbers, "1"),
            () => client.Refetch(numbers, "1"),
        })
        {
            var message = Assert.Throws<InvalidOperationException>(call).Message;
            Assert.Contains(numbers.KeyOf("1").ToString(), message, StringComparison.Ordinal);
            Assert.Contains("System.String", message, StringComparison.Ordinal);
            Assert.Contains("System.Int32", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_clash_of_types_that_arises_later_is_thrown_at_subscription_and_an_error_state_of_a_driven_query()
    {
        using var client = NewClient();
        var numbers = Query.Define("names", (string _) => Task.FromResult(7));
        var states = client.Observe(numbers, "1");
        client.SetData(Names, "1", "a");

        Assert.Throws<InvalidOperationException>(() => states.Subscribe());
        List<QueryState<int>> seen = [];
        Observable.Return("1").ObserveQuery(client, numbers).Subscribe(seen.Add);
        Assert.IsType<InvalidOperationException>(Assert.Single(seen).Error);
    }

    [Fact]
    public void Two_definitions_of_one_name_and_type_are_the_same_query_and_whoever_starts_a_fetch_brings_the_fetcher()
    {
        using var client = NewClient();
        var first = Query.Define("names", (string _) => Task.FromResult("first"));
        var second = Query.Define("names", (string _) => Task.FromResult("second"));
        List<string?> seen = [];
        client.Observe(first, "1").Subscribe(state => { if (!state.IsFetching) seen.Add(state.Data); });

        Assert.True(client.TryGetData(second, "1", out var data));
        client.Refetch(second, "1");

        Assert.Equal("first", data);
        Assert.Equal(["first", "second"], seen);
    }

    [Fact]
    public void A_parameter_without_value_equality_is_refused()
    {
        using var client = NewClient();
        var query = Query.Define("objects", (object _) => Task.FromResult(1));
        Assert.Throws<ArgumentException>(() => client.Observe(query, new object()));
    }
}
