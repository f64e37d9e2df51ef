using System.Runtime.CompilerServices;

namespace ReactiveQuery;

/// <summary>Which tasks belong to whom, for owners that have no <see cref="TaskScope"/> of their own.</summary>
/// <remarks>
/// <para>Owners are told apart by reference and not kept alive; when one is collected its tasks go on, and the registry knows nothing of them any more. A task that has ended is forgotten by
/// itself: there is nothing to clean up.</para>
/// <para>An instance knows only its own; nothing is global. Safe from any thread; no lock is held while tasks are aborted.</para>
/// </remarks>
public sealed class TaskRegistry
{
    private readonly ConditionalWeakTable<object, OwnedTasks> _owners = [];

    /// <summary>Notes that a task belongs to an owner. One that has ended is not noted; noting it again changes nothing.</summary>
    /// <param name="owner">Any object, such as a view-model; not a value type, which has no identity.</param>
    /// <param name="task">The task. It may belong to several owners.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="owner"/> is a value type.</exception>
    public void Register(object owner, TaskHandle task)
    {
        ThrowUnlessOwner(owner);
        ArgumentNullException.ThrowIfNull(task);
        var tasks = _owners.GetValue(owner, static _ => new OwnedTasks());
        if (tasks.Add(task)) task.WhenEnded(() => tasks.Remove(task));
    }

    /// <summary>Aborts the tasks of an owner that are running.</summary>
    /// <param name="owner">The owner; one that is not known has none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="owner"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="owner"/> is a value type.</exception>
    /// <remarks>Tasks that are registered meanwhile or later are not concerned.</remarks>
    public void CancelAll(object owner)
    {
        ThrowUnlessOwner(owner);
        if (!_owners.TryGetValue(owner, out var tasks)) return;
        foreach (var task in tasks.Snapshot()) task.Abort();
    }

    /// <summary>How many tasks of an owner are running.</summary>
    /// <param name="owner">The owner.</param>
    /// <returns>Zero or more.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="owner"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="owner"/> is a value type.</exception>
    public int Count(object owner)
    {
        ThrowUnlessOwner(owner);
        return _owners.TryGetValue(owner, out var tasks) ? tasks.Count : 0;
    }

    private static void ThrowUnlessOwner(object owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (owner is ValueType)
            throw new ArgumentException($"An owner of tasks is told apart by reference; a {owner.GetType()} is a value type and has none.", nameof(owner));
    }

    private sealed class OwnedTasks
    {
        private readonly object _gate = new();
        private readonly HashSet<TaskHandle> _tasks = [];

        public int Count
        {
            get { lock (_gate) return _tasks.Count; }
        }

        public bool Add(TaskHandle task)
        {
            lock (_gate) return _tasks.Add(task);
        }

        public void Remove(TaskHandle task)
        {
            lock (_gate) _tasks.Remove(task);
        }

        public TaskHandle[] Snapshot()
        {
            lock (_gate) return [.. _tasks];
        }
    }
}
