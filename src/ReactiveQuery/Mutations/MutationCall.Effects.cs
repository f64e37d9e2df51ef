namespace ReactiveQuery;

/// <content>What the call does to the cache.</content>
internal sealed partial class MutationCall<TArgs, T>
{
    private OptimisticHandle? _patches;
    private bool _isPatched;

    /// <summary>Lays the patches; once for each call, however often the connection comes and goes.</summary>
    private bool TryPatch(ref OptimisticHandle? patches, out Exception? error)
    {
        error = null;
        try
        {
            foreach (var effect in Rules!.Effects)
            {
                if (effect.Patch(Client, _args) is not { } laid) continue;
                if (patches is null)
                    Volatile.Write(ref _patches, patches = laid);
                else
                    patches.Append(laid);
            }

            Volatile.Write(ref _isPatched, true);
            return true;
        }
        catch (Exception thrown)
        {
            error = thrown;
            return false;
        }
    }

    private void AffectCache(MutationOutcome<T> outcome, MutationRules<TArgs, T> rules)
    {
        // Either this sees the patches, or whoever lays them just now that the call is settled. They need no fence of their own for it, which every call would pay
        // (W9 in benchmarks/WORKLOADS.md): few calls are settled before their patches lie.
        if (!Volatile.Read(ref _isPatched))
            Interlocked.MemoryBarrierProcessWide();
        if (outcome.IsSuccess)
            Respond(outcome.Data!, rules.Effects, Volatile.Read(ref _patches));
        else
            RollBack(Volatile.Read(ref _patches));
        if (_isSent && rules.HasInvalidations)
            Invalidate(rules.Options);
    }

    private void Respond(T result, MutationEffect<TArgs, T>[] effects, OptimisticHandle? patches)
    {
        foreach (var effect in effects)
        {
            try
            {
                effect.Respond(Client, _args, result, patches);
            }
            catch (Exception error)
            {
                EffectThrew(error);
            }
        }

        for (var patch = patches; patch is not null; patch = patch.Next)
            patch.Commit();
    }

    private static void RollBack(OptimisticHandle? patches)
    {
        for (var patch = patches; patch is not null; patch = patch.Next)
            patch.Rollback();
    }

    private void Invalidate(MutationOptions<TArgs, T> options)
    {
        foreach (var effect in options.Effects)
        {
            try
            {
                if (effect.Invalidates(_args) is not { } filter) continue;
                if (options.AwaitRefetches)
                    (ExtrasMade.Refetches ??= []).Add(Client.InvalidateAsync(filter));
                else
                    Client.Invalidate(filter);
            }
            catch (Exception error)
            {
                EffectThrew(error);
            }
        }
    }

    /// <summary>One effect that throws keeps no other from happening. A client that is disposed meanwhile has no cache to affect.</summary>
    private void EffectThrew(Exception error)
    {
        if (error is not ObjectDisposedException || !Client.IsDisposed)
            ReportCallback(error);
    }
}
