using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>Patch functions that do what they should not.</summary>
public class PatchTests : ClientTest
{
    private static readonly QueryDefinition<int, int> Number = Query.Define("number", (int id, CancellationToken _) => Task.FromResult(id));

    [Fact]
    public void A_patch_that_reads_its_own_query_sees_it_without_patches_and_is_called_once()
    {
        var client = NewClient();
        client.SetData(Number, 1, 5);
        var calls = 0;
        int? read = null;
        client.Mutate(Number, 1, data =>
        {
            if (calls++ < 50) read = client.GetState(Number, 1).Data; // Bounded, for without the guard the stack would end first.
            return data + 1;
        });
        Assert.Equal(6, client.GetState(Number, 1).Data);
        Assert.Equal((1, 5), (calls, read));
    }
}
