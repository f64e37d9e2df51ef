namespace ReactiveQuery;

/// <summary>Calls in the order in which they were added. A call stands in one list at a time and carries its place itself, so that coming and going cost nothing that grows.</summary>
/// <remarks>Not synchronized: guarded by the ledger's lock.</remarks>
internal sealed class CallList(CallPlace place)
{
    private MutationCall? _last;

    public MutationCall? First { get; private set; }

    public int Count { get; private set; }

    public void Add(MutationCall call)
    {
        (call.Place, call.Previous, call.Next) = (place, _last, null);
        if (_last is null)
            First = call;
        else
            _last.Next = call;
        _last = call;
        Count++;
    }

    public void Remove(MutationCall call)
    {
        var (previous, next) = (call.Previous, call.Next);
        if (previous is null && next is null)
            (First, _last) = (null, null); // As with most calls under way. To write down what is null is cheap where it is known to be.
        else
            Unlink(previous, next);
        (call.Place, call.Previous, call.Next) = (CallPlace.None, null, null);
        Count--;
    }

    public void CopyTo(List<MutationCall> calls)
    {
        for (var call = First; call is not null; call = call.Next)
            calls.Add(call);
    }

    private void Unlink(MutationCall? previous, MutationCall? next)
    {
        if (previous is null)
            First = next;
        else
            previous.Next = next;
        if (next is null)
            _last = previous;
        else
            next.Previous = previous;
    }
}
