namespace ReactiveQuery.Tests.Model;

/// <content>Patches, writes and pages.</content>
internal sealed partial record Step
{
    public static Step Mutate(int id, TestKey key) => new(
        $"var p{id} = client.Mutate({key}, data => data + \"+{id}\")", m => m.Mutate(id, key), e => e.Writes.Mutate(id, key));

    public static Step Commit(int id) => new($"p{id}.Commit()", m => m.Commit(id), e => e.Writes.Commit(id));

    /// <summary>The server answers with what it has, and the write in it; written down by the model, which comes second.</summary>
    public static Step CommitValue(int id, TestKey key)
    {
        var data = "";
        return new($"p{id}.Commit({key} + \"+{id}\")", m => m.Commit(id, data), e => e.Writes.Commit(id, data = e.Model.Included(key, id)));
    }

    public static Step Rollback(int id) => new($"p{id}.Rollback()", m => m.Rollback(id), e => e.Writes.Rollback(id));

    public static Step RollbackAll(TestKey key) => new(
        $"client.RollbackAll({key})", m => m.RollbackAll(key), e => e.Query(key).RollbackAll());

    public static Step Make(Write write) => new(
        $"var m{write.Id} = mutation.Start({write.Key}, {write.Effects}{(write.IsSerial ? ", in the scope" : "")}, {write.Behaviour})",
        m => m.Make(write),
        e => e.Writes.Make(write))
    {
        MayFlash = write.Behaviour == Behaviour.Fails,
    };

    public static Step CancelWrite(int id) => new($"m{id}.Cancel()", m => m.CancelWrite(id), e => e.Writes.Cancel(id));

    public static Step InsistOnWrite(int id) => new($"if (m{id} is paused) m{id}.Retry()", m => m.InsistOnWrite(id), e => e.Writes.Insist(id));

    public static Step AnswerWrite(bool newest, bool succeeds)
    {
        int? chosen = null;
        return new(
            $"the {(newest ? "newest" : "oldest")} open write {(succeeds ? "succeeds" : "fails")}",
            m =>
            {
                if (chosen is { } id) m.AnswerWrite(id, succeeds);
            },
            e =>
            {
                var open = e.Model.Writes.Values.Where(w => w is { IsSent: true, IsAnswered: false }).Select(w => (int?)w.Id).ToList();
                chosen = newest ? open.LastOrDefault() : open.FirstOrDefault();
                if (chosen is { } id) e.Writes.Answer(id, succeeds);
            });
    }

    public static Step FetchPage(TestKey key, PageDirection direction) => new(
        $"client.Fetch{direction}Page({key})", m => m.FetchPage(key, direction, null), e => ((PagesFace)e.Query(key)).FetchPage(direction));

    public static Step FetchPageAsync(int id, TestKey key, PageDirection direction) => new(
        $"var w{id} = client.Fetch{direction}PageAsync({key})",
        m => m.FetchPage(key, direction, id),
        e => e.Await(id, ((PagesFace)e.Query(key)).FetchPageAsync(direction)));

    public static Step Resize(TestKey key, ServerList list) => new(
        $"the server's {key} goes from page {list.First} to page {list.Last}", m => m.Resize(key, list), _ => { });
}
