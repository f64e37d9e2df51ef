using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace ReactiveQuery.MarbleTests;

/// <summary>An event loop that drains a dispatch queue every four frames.</summary>
public sealed class Dispatching : Promise
{
    private readonly UiDispatchQueue _queue;

    public Dispatching() => _queue = new UiDispatchQueue(new() { Scheduler = m.Scheduler });

    [Fact]
    public void What_was_queued_since_the_last_drain_comes_in_order()
    {
        var source   = m.Hot("-ab-c-----d---");
        var expected =       "----(abc)---d-";

        DrainEvery(4, until: 12);
        m.Expect(source.ObserveOn(_queue)).ToBe(expected);
    }

    [Fact]
    public void A_screen_that_conflates_gets_the_first_at_once_and_then_the_latest_of_each_drain()
    {
        var cached   = Observable.Return("a").Concat(m.Cold("-bc--d-e--"));
        var expected =                                      "a---c---e-";

        DrainEvery(4, until: 8);
        m.Expect(cached.ObserveOnUi(_queue, DispatchMode.LatestState)).ToBe(expected);
    }

    [Fact]
    public void A_drain_of_one_item_leaves_the_rest_for_the_next()
    {
        var source   = m.Hot("-abc-----------");
        var expected =       "----a---b---c--";

        DrainEvery(4, until: 12, maxItems: 1);
        m.Expect(source.ObserveOn(_queue)).ToBe(expected);
    }

    [Fact]
    public void What_is_due_later_waits_on_the_clock_and_then_for_the_drain()
    {
        var expected = "--------(x|)--";

        DrainEvery(4, until: 12);
        m.Expect(Observable.Timer(Frames(5), _queue).Select(_ => "x")).ToBe(expected);
    }

    [Fact]
    public void The_loop_is_woken_once_for_each_drain()
    {
        var source   = m.Hot("-ab-c----d----");
        var expected =       "-w-------w----";

        using var subscription = source.Subscribe(_ => _queue.Dispatch(() => { }));
        DrainEvery(4, until: 12);
        m.Expect(_queue.WakeUps.Select(_ => "w")).ToBe(expected);
    }

    [Fact]
    public void A_sender_delivers_the_last_value_of_each_drain()
    {
        var source   = m.Hot("-abc---d------");
        var expected =       "----c---d-----";

        using var target = new Subject<string>();
        var sender = SignalSender.To((IObserver<string>)target, _queue);
        using var sending = source.Subscribe(sender.Set);
        DrainEvery(4, until: 12);
        m.Expect(target).ToBe(expected);
    }

    [Fact]
    public void Updates_add_up()
    {
        var clicks   = m.Hot("-++-+--+------");
        var expected =       "0---3---4-----";

        using var count = new BehaviorSubject<int>(0);
        var sender = SignalSender.To(count, _queue);
        using var sending = clicks.Subscribe(_ => sender.Update(value => value + 1));
        DrainEvery(4, until: 12);
        m.Expect(count.Select(value => $"{value}")).ToBe(expected);
    }

    private void DrainEvery(int frames, int until, int? maxItems = null)
    {
        for (var frame = frames; frame <= until; frame += frames) m.At(frame, () => _queue.Drain(maxItems ?? 100));
    }
}
