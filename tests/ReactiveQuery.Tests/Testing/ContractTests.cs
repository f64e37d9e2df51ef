using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class ContractTests
{
    private readonly ContractChecker _contract = new();
    private readonly Source _source = new();

    [Fact]
    public void A_source_that_keeps_the_contract_passes_unchanged()
    {
        var m = new Marbles();

        m.Expect(m.Cold("-a-(bc|)").Checked(_contract)).ToBe("-a-(bc|)");

        _contract.Verify();
        Assert.Empty(_contract.Violations);
    }

    [Fact]
    public void A_call_from_inside_a_call_is_a_violation()
    {
        var seen = new List<string>();
        using var subscription = Subscribe(value =>
        {
            seen.Add(value);
            if (value == "a") _source.Observer.OnNext("b");
        });

        _source.Observer.OnNext("a");

        AssertOne(ContractRule.Reentrant, "OnNext(b)");
        Assert.Equal(["a", "b"], seen);
    }

    [Fact]
    public void A_call_while_another_thread_is_in_a_call_is_a_violation()
    {
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        using var subscription = Subscribe(value =>
        {
            if (value != "a") return;
            inside.Set();
            Assert.True(leave.Wait(TimeSpan.FromSeconds(10)));
        });
        var thread = new Thread(() => _source.Observer.OnNext("a"));
        thread.Start();
        Assert.True(inside.Wait(TimeSpan.FromSeconds(10)));

        _source.Observer.OnNext("b");
        leave.Set();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
        _source.Observer.OnNext("c");

        AssertOne(ContractRule.Overlapping, "OnNext(b)");
    }

    [Fact]
    public void A_call_that_threw_is_over()
    {
        using var subscription = _source.Checked(_contract).Subscribe(new Throwing());
        Assert.Throws<InvalidTimeZoneException>(() => _source.Observer.OnNext("a"));
        Assert.Throws<InvalidTimeZoneException>(() => _source.Observer.OnNext("b"));

        Assert.Empty(_contract.Violations);
    }

    [Fact]
    public void Every_call_after_the_end_is_a_violation()
    {
        using var subscription = Subscribe(_ => { });
        _source.Observer.OnCompleted();
        Assert.Empty(_contract.Violations);

        _source.Observer.OnNext("a");
        _source.Observer.OnError(new InvalidOperationException("boom"));
        _source.Observer.OnCompleted();

        Assert.Equal(
            [(ContractRule.AfterEnd, "OnNext(a)"), (ContractRule.AfterEnd, "OnError(InvalidOperationException: boom)"), (ContractRule.AfterEnd, "OnCompleted()")],
            _contract.Violations.Select(v => (v.Rule, v.Call)));
    }

    [Fact]
    public void A_call_on_the_disposing_thread_after_or_during_dispose_is_a_violation()
    {
        _source.OnDispose = () => _source.Observer.OnNext("a");
        Subscribe(_ => { }).Dispose();

        AssertOne(ContractRule.AfterDispose, "OnNext(a)");
    }

    [Fact]
    public void Another_thread_may_be_on_its_way_with_one_call_when_dispose_returns()
    {
        Subscribe(_ => { }).Dispose();
        var thread = new Thread(() =>
        {
            _source.Observer.OnNext("a");
            _source.Observer.OnNext("b");
        });
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));

        AssertOne(ContractRule.AfterDispose, "OnNext(b)");
    }

    [Fact]
    public void Another_thread_may_go_on_until_dispose_returns()
    {
        _source.OnDispose = () =>
        {
            var thread = new Thread(() =>
            {
                _source.Observer.OnNext("a");
                _source.Observer.OnNext("b");
            });
            thread.Start();
            Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
        };
        Subscribe(_ => { }).Dispose();

        Assert.Empty(_contract.Violations);
    }

    [Fact]
    public void Verify_lists_every_violation()
    {
        using var subscription = Subscribe(_ => { });
        _source.Observer.OnCompleted();
        _source.Observer.OnNext("a");

        var error = Assert.Throws<ContractViolationException>(_contract.Verify);

        Assert.Equal(_contract.Violations, error.Violations);
        Assert.Equal($"The observer contract was broken 1 time(s):\n  OnNext(a) on thread {Environment.CurrentManagedThreadId} after the end", error.Message);
    }

    [Fact]
    public void A_callback_hears_of_a_violation_before_the_call_is_passed_on()
    {
        var log = new List<string>();
        using var subscription = _source.Checked(v => log.Add($"{v.Rule}")).Subscribe(new Logging(log));
        _source.Observer.OnCompleted();
        _source.Observer.OnNext("a");

        Assert.Equal(["|", "AfterEnd", "a"], log);
    }

    [Fact]
    public void Nulls_are_refused()
    {
        Assert.Throws<ArgumentNullException>("source", () => ((IObservable<int>)null!).Checked(_contract));
        Assert.Throws<ArgumentNullException>("checker", () => _source.Checked((ContractChecker)null!));
        Assert.Throws<ArgumentNullException>("onViolation", () => _source.Checked((Action<ContractViolation>)null!));
    }

    private IDisposable Subscribe(Action<string> onNext) => _source.Checked(_contract).Subscribe(new Calling(onNext));

    private void AssertOne(ContractRule rule, string call)
    {
        var violation = Assert.Single(_contract.Violations);
        Assert.Equal((rule, call), (violation.Rule, violation.Call));
    }

    private sealed class Source : IObservable<string>
    {
        public IObserver<string> Observer { get; private set; } = null!;

        public Action OnDispose { get; set; } = () => { };

        public IDisposable Subscribe(IObserver<string> observer)
        {
            Observer = observer;
            return Disposable.Create(() => OnDispose());
        }
    }

    private class Calling(Action<string> onNext) : IObserver<string>
    {
        public void OnNext(string value) => onNext(value);

        public virtual void OnError(Exception error)
        {
        }

        public virtual void OnCompleted()
        {
        }
    }

    private sealed class Throwing() : Calling(_ => throw new InvalidTimeZoneException());

    private sealed class Logging(List<string> log) : Calling(log.Add)
    {
        public override void OnCompleted() => log.Add("|");
    }
}
