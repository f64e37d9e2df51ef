using System.Reactive.Linq;

namespace ReactiveQuery.MarbleTests;

/// <summary>The errors of many queries in one place, by their number.</summary>
public sealed class ErrorBoundary : Promise
{
    [Fact]
    public void It_counts_what_has_failed_and_a_reset_fetches_just_that_again()
    {
        var fetch    = m.Fetcher()
            .For("1",           "--#", "--(a|)")
            .For("2",           "---#", "-#")
            .For("3",           "-(c|)");
        var failures =          "0-12----[10]1--";   // reset in frame 8: both load; 2 fails again

        var client   = Client();
        var users    = Query.Define("users", fetch.AsTask);
        var boundary = client.CreateErrorBoundary(QueryKey.Of("users"));
        var counts   = m.Record(boundary.Select(failed => $"{failed.Count}"));
        var views    = new[] { "1", "2", "3" }.Select(id => m.Record(client.Observe(users, id))).ToList();
        m.At(8, boundary.Reset);
        Assert.Equal(3, views.Count);
        Expect(failures, counts);
    }
}
