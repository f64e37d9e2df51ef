namespace ReactiveQuery.Tests.Cache;

/// <summary>An entry that only counts what is asked of it.</summary>
internal sealed class FakeEntry(QueryKey key) : QueryEntry(key, new RememberedOptions("fake", default, default, default, true, false))
{
    public Action? Due { get; set; }

    public bool Died { set => IsDead = value; }

    public override Type DataType => typeof(int);

    public override int ObserverCount => 0;

    public override bool IsFetching => false;

    public override bool IsAwaited => false;

    public bool Departs { get; set; }

    public override void OnDeadline() => Due?.Invoke();

    public override bool TryDepart(TimeSpan now) => Departs;

    public override void Cancel() => throw new InvalidOperationException();

    public override void Close() => throw new InvalidOperationException();

    public override QueryCacheEntry Describe() => throw new InvalidOperationException();

    public override void Drop(DropMode mode) => throw new InvalidOperationException();

    public override Task? Invalidate(Invalidated happened, bool isAwaited) => throw new InvalidOperationException();

    public override void OnTrigger(RefetchTrigger trigger) => throw new InvalidOperationException();

    public override Task? Refetch(bool isAwaited) => throw new InvalidOperationException();

    public override IReadOnlyList<OptimisticPatch> Patches() => throw new InvalidOperationException();

    public override void RollbackAll() => throw new InvalidOperationException();

    public override bool TryEvict() => throw new InvalidOperationException();
}
