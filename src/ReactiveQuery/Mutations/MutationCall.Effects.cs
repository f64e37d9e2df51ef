namespace ReactiveQuery;

/// <content>What the call does to the cache.</content>
internal sealed partial class MutationCall<TArgs, T>
{
    private readonly List<OptimisticHandle> _patches = [];
    private List<Task>? _refetches;

    /// <summary>Lays the patches; once for each call, however often the connection comes and goes.</summary>
    private bool TryPatch(out Exception? error)
    {
        error = null;
        try
        {
            foreach (var effect in Options.Effects)
            {
                var laid = effect.Patch(Client, _context.Variables);
                lock (_patches)
                    _patches.AddRange(laid);
            }

            return true;
        }
        catch (Exception thrown)
        {
            error = thrown;
            return false;
        }
    }

    private void AffectCache(MutationEvent outcome, MutationOptions<TArgs, T> options)
    {
        if (outcome is CallSucceeded<T> succeeded)
            Respond(succeeded.Data, options, Patches());
        else
            RollBackPatches();
        if (_attempts > 0)
            Invalidate(options);
    }

    private void Respond(T result, MutationOptions<TArgs, T> options, OptimisticHandle[] patches)
    {
        foreach (var effect in options.Effects)
            Guarded(() => effect.Respond(Client, _context.Variables, result, patches));
        foreach (var patch in patches)
            patch.Commit();
    }

    private void RollBackPatches()
    {
        foreach (var patch in Patches())
            patch.Rollback();
    }

    private OptimisticHandle[] Patches()
    {
        lock (_patches)
            return [.. _patches];
    }

    private void Invalidate(MutationOptions<TArgs, T> options)
    {
        foreach (var effect in options.Effects)
            Guarded(() =>
            {
                if (effect.Invalidates(_context.Variables) is not { } filter) return;
                if (options.AwaitRefetches)
                    (_refetches ??= []).Add(Client.InvalidateAsync(filter));
                else
                    Client.Invalidate(filter);
            });
    }

    /// <summary>One effect that throws keeps no other from happening. A client that is disposed meanwhile has no cache to affect.</summary>
    private void Guarded(Action effect)
    {
        try
        {
            effect();
        }
        catch (ObjectDisposedException) when (Client.IsDisposed)
        {
        }
        catch (Exception error)
        {
            ReportCallback(error);
        }
    }
}
