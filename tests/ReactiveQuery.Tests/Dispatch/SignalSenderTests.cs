using System.Reactive;
using System.Reactive.Subjects;
using ReactiveQuery.Testing;
using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Dispatch;

public sealed class SignalSenderTests : IDisposable
{
    private static readonly InvalidOperationException Boom = new("boom");
    private readonly List<UnobservedError> _unobserved = [];
    private readonly UiDispatchQueue _ui;
    private readonly List<string> _seen = [];
    private int _property;

    public SignalSenderTests() => _ui = new UiDispatchQueue(new() { Scheduler = new MarbleScheduler(), OnUnobservedError = _unobserved.Add });

    public void Dispose() => _ui.Dispose();

    [Fact]
    public void A_value_arrives_when_the_loop_drains()
    {
        var sender = ToProperty();
        sender.Set(1);
        Assert.Equal((0, true), (_property, sender.IsPending));
        _ui.Drain();
        Assert.Equal((1, false), (_property, sender.IsPending));
    }

    [Fact]
    public void A_drain_with_a_budget_delivers_one_value_though_more_is_sent_during_it()
    {
        List<int> seen = [];
        SignalSender<int>? sender = null;
        sender = SignalSender.To<int>(value => { seen.Add(value); sender!.Set(value + 1); }, getter: null, _ui, _unobserved.Add);
        sender.Set(1);
        Assert.Equal(1, _ui.Drain(maxItems: 100));
        Assert.Equal(1, _ui.Count);
        Assert.Equal(1, _ui.Drain(TimeSpan.FromSeconds(1)));
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public void A_drain_inside_an_item_is_a_drain_of_its_own()
    {
        var sender = ToProperty();
        _ui.Dispatch(() =>
        {
            sender.Set(9);
            _ui.Drain();
            Assert.Equal(9, _property);
        });
        _ui.Drain();
        Assert.Equal(9, _property);
        Assert.Empty(_unobserved);
    }

    [Fact]
    public void A_value_sent_during_a_drain_wakes_the_loop_again_and_goes_with_the_queue()
    {
        var wakes = 0;
        using var subscription = _ui.WakeUps.Subscribe(_ => wakes++);
        var sender = ToProperty();
        _ui.Dispatch(() => sender.Set(9));
        _ui.Drain(maxItems: 100);
        Assert.Equal((0, 2), (_property, wakes));
        _ui.Dispose();
        Assert.Equal(0, _ui.Count);
    }

    [Fact]
    public void However_much_is_sent_between_two_drains_the_target_gets_the_last_once()
    {
        using var subject = new BehaviorSubject<int>(0);
        List<int> seen = [];
        using var subscription = subject.Subscribe(seen.Add);
        var sender = SignalSender.To(subject, _ui, _unobserved.Add);
        for (var i = 1; i <= 1_000; i++) sender.Set(i);
        Assert.Equal(1, _ui.Count);
        Assert.Equal(1, _ui.Drain());
        sender.Set(7);
        _ui.Drain();
        Assert.Equal([0, 1_000, 7], seen);
    }

    [Fact]
    public void A_value_has_the_place_of_the_first_that_was_sent_since_the_last_delivery()
    {
        var sender = SignalSender.To<string>(_seen.Add, null, _ui);
        _ui.Dispatch(() => _seen.Add("before"));
        sender.Set("a");
        _ui.Dispatch(() => _seen.Add("after"));
        sender.Set("b");
        _ui.Drain();
        Assert.Equal(["before", "b", "after"], _seen);
    }

    [Fact]
    public void What_the_target_sends_comes_in_the_next_drain()
    {
        SignalSender<int> sender = null!;
        sender = SignalSender.To<int>(value => { _property = value; if (value < 3) sender.Set(value + 1); }, null, _ui);
        sender.Set(1);
        Assert.Equal((1, 1), (_ui.Drain(), _property));
        Assert.Equal((1, 2), (_ui.Drain(), _property));
    }

    [Fact]
    public void An_update_works_on_the_pending_value_at_once()
    {
        var sender = ToProperty();
        sender.Set(5);
        var calls = 0;
        sender.Update(value => { calls++; return value * 2; });
        Assert.Equal(1, calls);
        _ui.Drain();
        Assert.Equal(10, _property);
    }

    [Fact]
    public void Updates_without_a_pending_value_work_in_order_on_what_the_target_holds_when_their_turn_comes()
    {
        var sender = ToProperty();
        sender.Update(value => value + 1);
        sender.Update(value => value * 10);
        _property = 4; // Written by the user interface meanwhile.
        _ui.Drain();
        Assert.Equal(50, _property);
    }

    [Fact]
    public void A_value_replaces_pending_updates()
    {
        var sender = ToProperty();
        sender.Update(_ => throw Boom);
        sender.Set(3);
        _ui.Drain();
        Assert.Equal(3, _property);
        Assert.Empty(_unobserved);
    }

    [Fact]
    public void No_update_is_lost_between_threads_and_drains()
    {
        const int Threads = 4;
        const int Each = 2_000;
        using var counter = new BehaviorSubject<int>(0);
        var sender = SignalSender.To(counter, _ui, _unobserved.Add);
        var running = Threads;

        void Count()
        {
            for (var i = 0; i < Each; i++) sender.Update(value => value + 1);
            Interlocked.Decrement(ref running);
        }

        void Loop()
        {
            while (Volatile.Read(ref running) > 0 || !_ui.IsEmpty) _ui.Drain();
        }

        Race.Run([Loop, .. Enumerable.Repeat<Action>(Count, Threads)]);
        Assert.Equal(Threads * Each, counter.Value);
        Assert.Empty(_unobserved);
    }

    [Fact]
    public void An_update_of_a_pending_value_that_loses_a_race_is_applied_anew()
    {
        var sender = ToProperty();
        sender.Set(1);
        var calls = 0;
        sender.Update(value =>
        {
            if (++calls == 1) sender.Set(100);
            return value + 1;
        });
        _ui.Drain();
        Assert.Equal((101, 2), (_property, calls));
    }

    [Fact]
    public void A_query_gets_one_write_for_each_drain()
    {
        using var client = new QueryClient(new() { Scheduler = new MarbleScheduler(), OnUnobservedError = _unobserved.Add });
        var query = Query.Define("price", (string _, CancellationToken _) => new TaskCompletionSource<int>().Task);
        var sender = SignalSender.To(client, query, "ACME", _ui);
        sender.Update(price => price + 1); // No data to update.
        _ui.Drain();
        Assert.False(client.TryGetData(query, "ACME", out _));

        using var subscription = client.Observe(query, "ACME").Subscribe(state => _seen.Add($"{state.Data}"));
        sender.Set(10);
        sender.Set(20);
        sender.Update(price => price + 1);
        _ui.Drain();
        sender.Update(price => price + 1);
        _ui.Drain();
        Assert.Equal(["0", "21", "22"], _seen);
        client.Dispose();
        sender.Set(1);
        _ui.Drain();
        Assert.Empty(_unobserved);
    }

    [Fact]
    public void A_target_that_throws_is_reported_and_the_next_value_arrives()
    {
        var sender = SignalSender.To<int>(value => _property = value == 1 ? throw Boom : value, () => _property, _ui, _unobserved.Add);
        sender.Set(1);
        _ui.Drain();
        sender.Update(_ => throw Boom);
        _ui.Drain();
        sender.Set(2);
        _ui.Drain();
        Assert.Equal(2, _property);
        Assert.Equal([(Boom, UnobservedErrorOrigin.Callback), (Boom, UnobservedErrorOrigin.Callback)], _unobserved.Select(error => (error.Exception, error.Origin)));
    }

    [Fact]
    public void An_update_that_throws_on_the_pending_value_throws_to_its_caller_and_changes_nothing()
    {
        var sender = ToProperty();
        sender.Set(1);
        Assert.Same(Boom, Assert.Throws<InvalidOperationException>(() => sender.Update(_ => throw Boom)));
        _ui.Drain();
        Assert.Equal(1, _property);
    }

    [Fact]
    public void A_scheduler_that_refuses_work_is_reported_and_tried_again()
    {
        var scheduler = new CountingScheduler { IsDead = true };
        var sender = SignalSender.To<int>(value => _property = value, null, scheduler, _unobserved.Add);
        sender.Set(1);
        Assert.Equal(UnobservedErrorOrigin.Scheduler, Assert.Single(_unobserved).Origin);
        scheduler.IsDead = false;
        sender.Set(2);
        scheduler.RunAll();
        Assert.Equal(2, _property);
    }

    [Fact]
    public void A_target_that_cannot_be_read_refuses_updates()
    {
        var sender = SignalSender.To(Observer.Create<int>(value => _property = value), _ui);
        Assert.Contains("getter", Assert.Throws<InvalidOperationException>(() => sender.Update(value => value)).Message, StringComparison.Ordinal);
        sender.Set(3);
        _ui.Drain();
        Assert.Equal(3, _property);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Assert.Equal("target", Assert.Throws<ArgumentNullException>(() => SignalSender.To((IObserver<int>)null!, _ui)).ParamName);
        Assert.Equal("target", Assert.Throws<ArgumentNullException>(() => SignalSender.To((BehaviorSubject<int>)null!, _ui)).ParamName);
        Assert.Equal("setter", Assert.Throws<ArgumentNullException>(() => SignalSender.To<int>(null!, null, _ui)).ParamName);
        Assert.Equal("scheduler", Assert.Throws<ArgumentNullException>(() => SignalSender.To<int>(_ => { }, null, null!)).ParamName);
        Assert.Equal("update", Assert.Throws<ArgumentNullException>(() => ToProperty().Update(null!)).ParamName);
    }

    private SignalSender<int> ToProperty() => SignalSender.To(value => _property = value, () => _property, _ui, _unobserved.Add);
}
