using System.Runtime.CompilerServices;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>What a definition of a view-model's own leaves behind.</summary>
public class DefinitionLeakTests : ClientTest
{
    [Fact]
    public void A_definition_that_was_first_to_ask_again_leaves_nothing_behind_on_an_entry_that_lives_on()
    {
        var client = NewClient();
        var shared = Query.Define("shared", (int id) => Task.FromResult($"#{id}"));
        using var watching = client.Observe(shared, 1).Subscribe();
        var gone = AskRepeatedly(client);
        for (var i = 0; i < 5 && gone.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(gone.IsAlive);
        Assert.Equal("#1", client.GetState(shared, 1).Data);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference AskRepeatedly(QueryClient client)
    {
        var model = new Model();
        var own = Query.Define("shared", (int id) => Task.FromResult(model.Name + id));
        for (var i = 0; i < 4; i++)
            client.Observe(own, 1).Subscribe().Dispose();
        return new(model);
    }

    private sealed class Model
    {
        public string Name { get; } = "model";
    }
}
