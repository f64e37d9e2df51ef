namespace ReactiveQuery.Tests.Storms;

/// <summary>Tests that keep all cores busy, or count threads: they run when the others have ended, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
