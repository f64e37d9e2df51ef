namespace ReactiveQuery.Tests.Model;

/// <summary>What a write declares beside its patch; nothing: its patch is settled when it succeeds.</summary>
[Flags]
internal enum WriteEffects
{
    None = 0,
    Sets = 1,
    Invalidates = 2,
}

/// <summary>What a write is made with.</summary>
internal sealed record Write(int Id, TestKey Key, WriteEffects Effects, bool IsSerial, Behaviour Behaviour)
{
    public string Mark => $"+{Id}";
}

/// <summary>How a write stands.</summary>
internal sealed class ModelWrite(Write made, TestKey key, long patch)
{
    public int Id => made.Id;

    public Write Made => made;

    public (TestKey Key, long Id) Patch => (key, patch);

    public MutationStatus Status { get; set; }

    public bool IsRunning { get; set; }

    public bool IsSent { get; set; }

    public bool IsAnswered { get; set; }

    public bool IsOver { get; set; }

    public bool Insists { get; set; }
}
