using System.Reactive.Disposables;

namespace ReactiveQuery.Tests.Operators;

public class DisposableSlotTests
{
    private readonly BooleanDisposable _first = new();
    private readonly BooleanDisposable _second = new();

    [Fact]
    public void What_was_put_in_last_is_disposed_with_the_slot_and_what_comes_later_at_once()
    {
        var slot = new DisposableSlot();
        slot.Put(_first);
        slot.Put(_second);
        slot.Dispose();
        Assert.Equal((false, true, true), (_first.IsDisposed, _second.IsDisposed, slot.IsDisposed));
        slot.Put(_first);
        Assert.True(_first.IsDisposed);
    }

    [Fact]
    public void What_is_put_in_unless_the_place_is_taken_leaves_the_other_there()
    {
        var slot = new DisposableSlot();
        slot.Put(_first);
        slot.PutUnlessTaken(_second);
        slot.Dispose();
        Assert.Equal((true, false), (_first.IsDisposed, _second.IsDisposed));
    }

    [Fact]
    public void What_is_put_in_unless_the_place_is_taken_is_disposed_with_the_slot_or_at_once_when_that_is()
    {
        var slot = new DisposableSlot();
        slot.PutUnlessTaken(_first);
        Assert.False(_first.IsDisposed);
        slot.Dispose();
        slot.PutUnlessTaken(_second);
        Assert.Equal((true, true), (_first.IsDisposed, _second.IsDisposed));
    }
}
