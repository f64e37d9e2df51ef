namespace ReactiveQuery;

/// <summary>
/// The life of a part of the user interface: what is spawned in it ends with it. Making it is mounting, disposing it is unmounting.
/// </summary>
/// <remarks>
/// <para>
/// Unmounting goes in this order, each step to its end even if something in it throws (which is reported): the scope's own tasks are aborted; its cleanups run,
/// the last registered first; its children are unmounted in the same way, in the order in which they were made. It happens once, on the thread that disposes first;
/// other calls return at once. It waits for nobody: work that ignores its token ends later, unheard.
/// </para>
/// <list type="table">
/// <listheader><term>after unmounting</term><description>behaviour</description></listheader>
/// <item><term><c>Spawn…</c></term><description>the work is not called; the handle is aborted</description></item>
/// <item><term><see cref="OnCleanup"/></term><description>the cleanup runs at once</description></item>
/// <item><term><see cref="CreateChild"/></term><description>gives a scope that is unmounted</description></item>
/// </list>
/// <para>Safe from any thread, and from inside its tasks and cleanups; no lock is held while user code runs. A scope that has been disposed keeps nothing alive; a child is kept
/// by its parent until one of them is disposed.</para>
/// <example>
/// <code>
/// using var scope = client.CreateScope(ui: queue);
/// scope.Spawn(token => Api.LoadAsync(token), result => Show(result));
/// scope.SpawnInterval(TimeSpan.FromSeconds(30), token => Api.PingAsync(token));
/// scope.OnCleanup(() => player.Stop());
/// </code>
/// </example>
/// </remarks>
public sealed partial class TaskScope : IDisposable
{
    private static readonly AsyncLocal<WeakReference<TaskScope>?> s_current = new();

    private readonly object _gate = new();
    private readonly WeakReference<TaskScope> _weakSelf;
    private readonly UnobservedErrors _errors;
    private readonly HashSet<TaskHandle> _tasks = [];
    private readonly Stack<Action> _cleanups = new();
    private readonly List<Action> _ends = [];
    private readonly LinkedList<TaskScope> _children = [];
    private TaskScope? _parent;
    private bool _isDisposed;

    /// <summary>A scope in real time whose errors go to the trace listeners.</summary>
    public TaskScope()
        : this(new TaskScopeOptions())
    {
    }

    /// <summary>Makes a scope.</summary>
    /// <param name="options">Its time, the place of its results, its hook.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    public TaskScope(TaskScopeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _errors = new UnobservedErrors(options.OnUnobservedError);
        _weakSelf = new WeakReference<TaskScope>(this);
    }

    /// <summary>The scope whose code is running: set in <see cref="Run(Action)"/>, in spawned work and in cleanups, also behind their awaits; else null.</summary>
    /// <remarks>Flows weakly: work in flight does not keep a scope alive.</remarks>
    public static TaskScope? Current => s_current.Value is { } weak && weak.TryGetTarget(out var scope) ? scope : null;

    /// <summary>The scope whose code is running: <c>TaskScope.Required.OnCleanup(…)</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static TaskScope Required => Current ?? throw new InvalidOperationException(
        "This code runs outside any TaskScope. Call it in TaskScope.Run, in spawned work or in a cleanup, or pass it the scope.");

    /// <summary>What the scope was made of.</summary>
    public TaskScopeOptions Options { get; }

    /// <summary>Whether the scope was unmounted.</summary>
    public bool IsDisposed
    {
        get { lock (_gate) return _isDisposed; }
    }

    /// <summary>How many of its own tasks are running, not those of its children. An interval counts as one.</summary>
    public int TaskCount
    {
        get { lock (_gate) return _tasks.Count; }
    }

    /// <summary>Registers what is to be undone at unmounting.</summary>
    /// <param name="cleanup">Runs once, on the thread that unmounts; the last registered runs first. At once if the scope is unmounted. What it throws is reported.</param>
    /// <exception cref="ArgumentNullException"><paramref name="cleanup"/> is null.</exception>
    public void OnCleanup(Action cleanup)
    {
        ArgumentNullException.ThrowIfNull(cleanup);
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _cleanups.Push(cleanup);
                return;
            }
        }

        CleanUp(cleanup);
    }

    /// <summary>A scope inside this one, with the same options, that is unmounted with it at the latest.</summary>
    /// <returns>The child.</returns>
    public TaskScope CreateChild()
    {
        var child = new TaskScope(Options);
        lock (_gate)
        {
            if (!_isDisposed)
            {
                child._parent = this;
                _children.AddLast(child);
                return child;
            }
        }

        child.Dispose();
        return child;
    }

    /// <summary>Runs code in the scope, so that <see cref="Current"/> is this one.</summary>
    /// <param name="code">Called now; what it throws is thrown to the caller.</param>
    /// <exception cref="ArgumentNullException"><paramref name="code"/> is null.</exception>
    public void Run(Action code)
    {
        ArgumentNullException.ThrowIfNull(code);
        Run(() => { code(); return 0; });
    }

    /// <summary>Runs code in the scope, so that <see cref="Current"/> is this one.</summary>
    /// <typeparam name="TResult">What the code returns.</typeparam>
    /// <param name="code">Called now; what it throws is thrown to the caller. If it is asynchronous, the scope is current behind its awaits too.</param>
    /// <returns>What <paramref name="code"/> returned.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="code"/> is null.</exception>
    public TResult Run<TResult>(Func<TResult> code)
    {
        ArgumentNullException.ThrowIfNull(code);
        var before = s_current.Value;
        s_current.Value = _weakSelf;
        try
        {
            return code();
        }
        finally
        {
            s_current.Value = before;
        }
    }

    /// <summary>Unmounts the scope; see the remarks of the type. Again: does nothing.</summary>
    public void Dispose()
    {
        List<TaskHandle> tasks;
        List<Action> cleanups, ends;
        List<TaskScope> children;
        TaskScope? parent;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            (tasks, ends, cleanups, children) = ([.. _tasks], [.. _ends], [.. _cleanups], [.. _children]);
            _tasks.Clear();
            _ends.Clear();
            _cleanups.Clear();
            _children.Clear();
            (parent, _parent) = (_parent, null);
        }

        parent?.Forget(this);
        foreach (var end in ends) end();
        foreach (var task in tasks) task.Abort();
        foreach (var cleanup in cleanups) CleanUp(cleanup);
        foreach (var child in children) child.Dispose();
    }

    /// <summary>Has something of the library's own end with the scope; at once if it is unmounted. Must not throw.</summary>
    internal void EndWith(Action end)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _ends.Add(end);
                return;
            }
        }

        end();
    }

    private void CleanUp(Action cleanup)
    {
        try
        {
            Run(cleanup);
        }
        catch (Exception error)
        {
            _errors.Report(error, UnobservedErrorOrigin.Cleanup);
        }
    }

    private void Forget(TaskScope child)
    {
        lock (_gate) _children.Remove(child);
    }
}
