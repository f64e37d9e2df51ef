using System.Globalization;

namespace ReactiveQuery.Tests.Model;

/// <summary>One line of a program. What it refers to may be missing after shrinking: then it does nothing.</summary>
/// <param name="Code">The line as a reader would write it.</param>
/// <param name="Model">What it does to the reference model.</param>
/// <param name="Engine">What it does to the client, given the model <em>before</em> the step.</param>
internal sealed partial record Step(string Code, Action<ReferenceModel> Model, Action<EngineDriver> Engine)
{
    /// <summary>Whether the step takes data away by its nature; otherwise no observer that has data may see it missing, not even for a moment.</summary>
    public bool MayLoseData { get; init; }

    /// <summary>Whether data may go and come back within the step; otherwise no observer may see it flash up.</summary>
    public bool MayFlash { get; init; }

    public override string ToString() => Code;

    public static Step Subscribe(int id, TestKey key, ObserverSetup setup) => new(
        $"var o{id} = observe({key}{Text(setup)})",
        m => m.Subscribe(id, key, setup),
        e => e.Subscribe(id, key, setup));

    public static Step Unsubscribe(int id) => new($"o{id}.Dispose()", m => m.Unsubscribe(id), e => e.Unsubscribe(id));

    public static Step Enable(int id, bool isEnabled) => new(
        $"o{id}.enabled = {Text(isEnabled)}", m => m.Enable(id, isEnabled), e => e.Enable(id, isEnabled));

    public static Step Refetch(TestKey key) => new(
        $"client.Refetch({key})", m => m.Refetch(key, null), e => e.Query(key).Refetch());

    public static Step RefetchAsync(int id, TestKey key) => new(
        $"var w{id} = client.RefetchAsync({key})", m => m.Refetch(key, id), e => e.Await(id, e.Query(key).RefetchAsync()));

    public static Step Fetch(int id, TestKey key, bool any, bool hasToken) => new(
        $"var w{id} = client.{(any ? "EnsureAsync" : "FetchAsync")}({key}{(hasToken ? $", token{id}" : "")})",
        m => m.Fetch(id, key, any),
        e => e.Fetch(id, key, any, hasToken));

    public static Step GiveUp(int id) => new($"token{id}.Cancel()", m => m.GiveUp(id), e => e.GiveUp(id));

    public static Step Set(TestKey key, string data) => new(
        $"client.SetData({key}, \"{data}\")", m => m.Set(key, data), e => e.Query(key).Set(data));

    public static Step Update(TestKey key, string suffix) => new(
        $"client.UpdateData({key}, data => data + \"{suffix}\")",
        m => m.Update(key, suffix),
        e => e.Query(key).Update(suffix));

    public static Step Invalidate(TestKey key) => new(
        $"client.Invalidate({key})", m => m.Invalidate(key.Equals, null), e => e.Query(key).Invalidate());

    public static Step InvalidateAsync(int id, TestKey key) => new(
        $"var w{id} = client.InvalidateAsync({key})",
        m => m.Invalidate(key.Equals, id),
        e => e.Await(id, e.Query(key).InvalidateAsync()));

    public static Step Invalidate(string prefix) => new(
        $"client.Invalidate(\"{prefix}\")", m => m.Invalidate(Under(prefix), null), e => e.Client.Invalidate(QueryKey.Of(prefix)));

    public static Step InvalidateAll() => new("client.InvalidateAll()", m => m.Invalidate(_ => true, null), e => e.Client.InvalidateAll());

    public static Step Refetch(string prefix) => new(
        $"client.Refetch(\"{prefix}\")", m => m.RefetchAll(Under(prefix)), e => e.Client.Refetch(QueryKey.Of(prefix)));

    public static Step Cancel(TestKey key) => new(
        $"client.Cancel({key})", m => m.Cancel(key.Equals), e => e.Query(key).Cancel());

    public static Step Cancel(string prefix) => new(
        $"client.Cancel(\"{prefix}\")", m => m.Cancel(Under(prefix)), e => e.Client.Cancel(QueryKey.Of(prefix)));

    public static Step Reset(TestKey key) => new(
        $"client.Reset({key})", m => m.Drop(key.Equals, resets: true), e => e.Query(key).Reset())
    {
        MayLoseData = true,
    };

    public static Step Remove(TestKey key) => new(
        $"client.Remove({key})", m => m.Drop(key.Equals), e => e.Query(key).Remove())
    {
        MayLoseData = true,
    };

    public static Step Remove(string prefix) => new(
        $"client.Remove(\"{prefix}\")", m => m.Drop(Under(prefix)), e => e.Client.Remove(QueryKey.Of(prefix)))
    {
        MayLoseData = true,
    };

    public static Step Clear() => new("client.Clear()", m => m.Drop(_ => true), e => e.Client.Clear())
    {
        MayLoseData = true,
    };

    public static Step Focus(bool isFocused) => new(
        $"focus = {Text(isFocused)}", m => m.Focus(isFocused), e => e.Focus.OnNext(isFocused));

    public static Step Online(bool isOnline) => new(
        $"online = {Text(isOnline)}", m => m.Online(isOnline), e => e.Online.OnNext(isOnline));

    public static Step Advance(int milliseconds) => new(
        string.Create(CultureInfo.InvariantCulture, $"advance {milliseconds} ms"), m => m.Advance(milliseconds), e => e.Advance(milliseconds));

    public static Step Read(TestKey key) => new($"client.GetState({key})", m => m.Read(key), e => _ = e.Query(key).State);

    public static Step Behave(TestKey key, Behaviour behaviour) => new(
        $"calls of {key}: {behaviour}", m => m.Behave(key, behaviour), e => e.Behave(key, behaviour));

    /// <summary>Answers an open call: the newest, or the oldest, which may have been superseded long ago and have ignored its token.</summary>
    public static Step Answer(TestKey key, bool newest, AnswerKind kind)
    {
        // Chosen by the model, which comes second, so that both answer the same call in the same way.
        (int Call, string? Data)? chosen = null;
        return new(
            $"the {(newest ? "newest" : "oldest")} open call of {key}: {kind}",
            m =>
            {
                if (chosen is var (call, data)) m.Answer(key, call, kind, data, Answers.Error(key, call));
            },
            e =>
            {
                chosen = Choose(e.Model);
                if (chosen is var (call, data)) e.Answer(key, call, data, kind);
            });

        (int Call, string? Data)? Choose(ReferenceModel model)
        {
            var open = model.Calls(key).Where(c => !c.IsAnswered).ToList();
            if (open.Count == 0) return null;
            var chosen = newest ? open[^1] : open[0];
            return (chosen.Index, kind switch
            {
                AnswerKind.Succeeds => NewData(model, chosen),
                AnswerKind.SucceedsAsBefore => OldData(model, chosen) ?? NewData(model, chosen),
                AnswerKind.Ends when !key.IsLive => NewData(model, chosen),
                _ => null,
            });
        }

        string NewData(ReferenceModel model, ModelCall call) =>
            call.Cursor is { } cursor ? PageText.Page(cursor, call.Index, model.List(key))
            : key.IsLive ? Answers.Value(key, call.Index, call.Values) : Answers.Data(key, call.Index);

        string? OldData(ReferenceModel model, ModelCall call) =>
            call.Cursor is { } cursor ? PageText.Pages(model.BaseData(key)).Find(page => PageText.Cursor(page) == cursor) : model.BaseData(key);
    }

    private static Func<TestKey, bool> Under(string prefix) => key => key.Name == prefix;

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(ObserverSetup setup)
    {
        List<string> parts = ["", $"StaleTime {Setup.Text(setup.StaleTime)}"];
        if (!setup.Enabled) parts.Add("disabled");
        if (setup.OnMount != RefetchPolicy.IfStale) parts.Add($"OnMount {setup.OnMount}");
        if (setup.OnFocus != RefetchPolicy.IfStale) parts.Add($"OnFocus {setup.OnFocus}");
        if (setup.OnReconnect != RefetchPolicy.IfStale) parts.Add($"OnReconnect {setup.OnReconnect}");
        if (setup.Interval != Setup.Never) parts.Add($"every {setup.Interval} ms{(setup.InBackground ? ", also in background" : "")}");
        return string.Join(", ", parts);
    }
}

internal enum AnswerKind
{
    Succeeds,
    SucceedsAsBefore,
    Ends,
    Fails,
    IsCancelledByOthers,
}
