namespace ReactiveQuery.MarbleTests;

/// <summary>Equal content keeps the old reference and emits no new data.</summary>
public class Sharing : Promise
{
    [Fact]
    public void A_refetch_with_equal_content_emits_no_new_data()
    {
        var client   = Client();
        var answers  = new Queue<int[]>([[1, 2], [1, 2], [1, 3]]);
        var query    = Query.Define("q", (string _) => Task.FromResult(answers.Dequeue()));

        m.At(2, () => client.Refetch(query, "1"));
        m.At(4, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").DistinctData()).ToBe("a---b", new() { ['a'] = [1, 2], ['b'] = [1, 3] });
    }

    [Fact]
    public void A_write_of_equal_content_to_data_at_rest_emits_nothing()
    {
        var client   = Client();
        var query    = Query.Define("q", (string _) => Task.FromResult(new List<string> { "x" }));

        m.At(2, () => client.SetData(query, "1", ["x"]));
        m.Expect(client.Observe(query, "1").States()).ToBe("[La]---", new() { ['a'] = "System.Collections.Generic.List`1[System.String]" });
    }

    [Fact]
    public void Without_structural_sharing_every_fetch_brings_new_data()
    {
        var client   = Client();
        var query    = Query.Define("q", (string _) => Task.FromResult(new[] { 1 })).With(o => o with { StructuralSharing = false });

        m.At(2, () => client.Refetch(query, "1"));
        m.Expect(client.Observe(query, "1").DistinctData()).ToBe("a-b", new() { ['a'] = [1], ['b'] = [1] });
    }
}
