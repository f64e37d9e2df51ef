using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>The server's answer to a write and the patches of that write.</summary>
public class WriteAnswerTests : ClientTest
{
    private static readonly QueryDefinition<int, int> Number = Query.Define("number", (int id, CancellationToken _) => Task.FromResult(id));

    [Fact]
    public void Two_patches_of_one_call_go_with_its_answer_in_one_state()
    {
        var client = NewClient();
        client.SetData(Number, 1, 0);
        List<int> shown = [];
        using var watching = client.Observe(Number, 1).Subscribe(state => shown.Add(state.Data));
        client.CreateMutation((int _) => Task.FromResult(11), m => m
            .Optimistic(Number, _ => 1, (data, _) => data + 1)
            .Optimistic(Number, _ => 1, (data, _) => data + 10)
            .SetsData(Number, (_, _) => 1)).Start(1);
        Assert.Equal([0, 1, 11], shown.Distinct());
        Assert.Empty(client.GetPatches(Number, 1));
    }

    [Fact]
    public void An_answer_is_written_though_its_patch_was_rolled_back_meanwhile()
    {
        var client = NewClient();
        client.SetData(Number, 1, 0);
        client.CreateMutation((int _) => Task.FromResult(11), m => m
            .Optimistic(Number, _ => 1, (data, _) => data + 1)
            .SetsData(Number, (_, _) => 1, (int _, int _, int result) =>
            {
                client.RollbackAll(Number, 1);
                return result;
            })).Start(1);
        Assert.Equal(11, client.GetState(Number, 1).Data);
    }
}
