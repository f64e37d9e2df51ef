using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <summary>One pending optimistic patch: commit it when the server has accepted the write, roll it back when not.</summary>
/// <remarks>
/// <para>Whichever comes first holds; everything after it does nothing, and neither does anything once the entry was removed, cleared or disposed with its client.
/// Disposal rolls back, so that <c>using var patch = store.Mutate(…)</c> takes the patch away on every path that did not commit it.</para>
/// <para>Safe from any thread. The state that follows is delivered on the thread of the call, before it returns to the caller.</para>
/// </remarks>
[SuppressMessage("Design", "CA1063", Justification = "There is nothing to finalize, and nobody outside derives from it.")]
[SuppressMessage("Usage", "CA1816", Justification = "There is nothing to finalize, and nobody outside derives from it.")]
public abstract class OptimisticHandle : IDisposable
{
    private protected OptimisticHandle()
    {
    }

    /// <summary>The query that the patch lies on.</summary>
    public QueryKey Key => EntryKey;

    /// <summary>Identifies the patch in its client; see <see cref="OptimisticPatch.Id"/>. Later patches have higher ones.</summary>
    public long Id { get; private protected set; }

    /// <summary>The patch that the same call of a mutation laid after this one; null for the last, and for those laid by hand.</summary>
    internal OptimisticHandle? Next { get; private set; }

    private protected abstract QueryKey EntryKey { get; }

    /// <summary>Whether the patch still awaits its confirmation: not committed, not rolled back, its entry not removed.</summary>
    public abstract bool IsPending { get; }

    /// <summary>
    /// The server accepted the write. The patch is settled: it keeps its place until data comes from a fetch started after this call, or from
    /// <see cref="QueryClient.SetData"/>, so that the old value does not flash up in between.
    /// </summary>
    public abstract void Commit();

    /// <summary>Takes the patch away. The other patches are applied anew to what the server last said.</summary>
    public abstract void Rollback();

    /// <summary>Adds patches behind the last of the chain that begins here.</summary>
    internal void Append(OptimisticHandle patches)
    {
        var last = this;
        while (last.Next is { } next)
            last = next;
        last.Next = patches;
    }

    /// <summary>Rolls back what was not committed.</summary>
    public void Dispose() => Rollback();
}

/// <summary>One pending optimistic patch over data of a known type.</summary>
/// <typeparam name="T">The type of the data.</typeparam>
/// <inheritdoc/>
public sealed class OptimisticHandle<T> : OptimisticHandle
{
    private const int Unsettled = -1;

    // The handle is the patch itself as it lies on the query: one object for each write, not three (W9 in benchmarks/WORKLOADS.md).
    private readonly PatchFunction<T>? _function;
    private readonly object? _args; // Of the function; where there is none, a function of the data alone.
    private readonly int _settledAfter = Unsettled;
    private short _appliedOffset;
    private long _appliedTicks;
    private IPatchedEntry<T> _entry = null!; // Set as it is laid on, before anybody sees it.

    /// <param name="update">What it makes of the data. User code, pure.</param>
    internal OptimisticHandle(Func<T, T> update) => _args = update;

    /// <param name="function">What all calls of a mutation make of the data. User code, pure.</param>
    /// <param name="args">The arguments of the one.</param>
    internal OptimisticHandle(PatchFunction<T> function, object? args) => (_function, _args) = (function, args);

    private OptimisticHandle(OptimisticHandle<T> pending, int settledAfter)
    {
        (Id, _function, _args, _entry) = (pending.Id, pending._function, pending._args, pending._entry);
        (_appliedTicks, _appliedOffset) = (pending._appliedTicks, pending._appliedOffset);
        _settledAfter = settledAfter;
    }

    /// <summary>Whether it was committed.</summary>
    internal bool IsSettled => _settledAfter != Unsettled;

    /// <summary>Null while unsettled; else the number of the last fetch begun before it was committed.</summary>
    internal int? SettledAfter => IsSettled ? _settledAfter : null;

    /// <inheritdoc/>
    public override bool IsPending => _entry.IsPending(Id);

    private protected override QueryKey EntryKey => _entry.Key;

    /// <inheritdoc/>
    public override void Commit() => _entry.Commit(Id);

    /// <summary>
    /// The server accepted the write and answered with the new data: in one state it becomes the base and the patch goes. A fetch that began before
    /// cannot bring anything newer; it is started again if anybody waits for it, otherwise ended.
    /// </summary>
    /// <param name="data">What the server says now; null is data.</param>
    public void Commit(T data) => _entry.Commit(Id, data);

    /// <inheritdoc/>
    public override void Rollback() => _entry.Rollback(Id);

    /// <summary>Gives it its place, its number and its instant, as it is laid on; before anybody sees it.</summary>
    internal OptimisticHandle<T> Laid(IPatchedEntry<T> entry, long id, in QueryInstant at)
    {
        (_entry, Id) = (entry, id);
        (_appliedTicks, _appliedOffset) = (at.WallTicks, at.WallOffset);
        return this;
    }

    /// <summary>The same patch as it lies there once it was committed; this one, which its owner holds, stays as it is.</summary>
    internal OptimisticHandle<T> Settled(int fetchesBegun) => new(this, fetchesBegun);

    internal T Apply(T data) => _function is { } function ? function.Apply(data, _args) : ((Func<T, T>)_args!)(data);

    internal OptimisticPatch Describe() => new(Id, PackedInstant.Unpack(_appliedTicks, _appliedOffset).GetValueOrDefault(), IsSettled);
}

/// <summary>The function of a mutation's patches, which all its calls share.</summary>
internal abstract class PatchFunction<T>
{
    public abstract T Apply(T data, object? args);
}

/// <inheritdoc/>
internal sealed class PatchFunction<T, TArgs>(Func<T, TArgs, T> update) : PatchFunction<T>
{
    public override T Apply(T data, object? args) => update(data, (TArgs)args!);
}

/// <summary>A patch on a query, as it stood when it was asked for.</summary>
/// <param name="Id">Identifies it; see <see cref="OptimisticHandle.Id"/>.</param>
/// <param name="AppliedAt">When it was applied, by the client's scheduler.</param>
/// <param name="IsSettled">Whether it was committed and waits for data that includes it.</param>
public sealed record OptimisticPatch(long Id, DateTimeOffset AppliedAt, bool IsSettled);
