using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleExpectationTests
{
    private readonly Marbles m = new();

    [Fact]
    public void What_comes_is_what_the_diagram_says() => m.Expect(m.Cold("--a-(bc|)")).ToBe("--a-(bc|)");

    [Theory]
    [InlineData("--a---|", "another value")]
    [InlineData("-b----|", "another frame")]
    [InlineData("--b---", "no end")]
    [InlineData("--b---#", "an error instead of the end")]
    [InlineData("--b----|", "a late end")]
    [InlineData("------|", "no value")]
    [InlineData("--[bb]---|", "one value more")]
    public void Anything_else_fails(string marbles, string why)
    {
        Assert.NotEmpty(why);
        Assert.Throws<MarbleAssertionException>(() => m.Expect(m.Cold("--b---|")).ToBe(marbles));
    }

    [Fact]
    public void The_order_inside_a_frame_counts() =>
        Assert.Throws<MarbleAssertionException>(() => m.Expect(m.Cold("-(ab)")).ToBe("-(ba)"));

    [Fact]
    public void Only_whole_frames_count() =>
        m.Expect(Observable.Timer(TimeSpan.FromMilliseconds(2.7), m.Scheduler).Select(_ => 1)).ToBe("--(1|)");

    [Fact]
    public void A_failure_shows_both_diagrams_and_a_table_of_the_frames()
    {
        var error = Assert.Throws<MarbleAssertionException>(() => m.Expect(m.Cold("--a---b-c|")).ToBe("--a--(bc|)"));

        Assert.Equal(
            """
            The observable did not do what the diagram says.

              expected: --a--(bc|)
              actual:   --a---b-c|

              frame | expected | actual
                  2 | a        | a
            *     5 | b c |    |
            *     6 |          | b
            *     8 |          | c
            *     9 |          | |
            """,
            error.Message);
    }

    [Fact]
    public void A_failure_names_the_values_and_the_error()
    {
        var source = m.Cold<string>("-a-(xy)#", new() { ['x'] = "Ada", ['y'] = "Grace" }, new InvalidOperationException("boom"));

        var error = Assert.Throws<MarbleAssertionException>(() => m.Expect(source).ToBe("-a-u-|", new() { ['u'] = "Ada", ['a'] = "Mary" }));

        Assert.Equal(
            """
            The observable did not do what the diagram says.

              expected: -a-u-|
              actual:   -b-(uc)#

              frame | expected | actual
            *     1 | a        | b
            *     3 | u        | u c
            *     5 | |        |
            *     7 |          | #

              a = Mary
              u = Ada
              b = a
              c = Grace

              # = InvalidOperationException: boom
            """,
            error.Message);
    }

    [Fact]
    public void Columns_stay_aligned_where_values_share_a_frame_with_no_room_behind_them()
    {
        var error = Assert.Throws<MarbleAssertionException>(() => m.Expect(m.Cold("-[ab]cd|")).ToBe("-a-cd|"));

        Assert.Contains("  expected: -a   -cd|\n  actual:   -[ab]cd|\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_silence_is_printed_as_a_time()
    {
        var error = Assert.Throws<MarbleAssertionException>(() => m.Expect(m.Cold("-a 300ms b 2s c|")).ToBe("-a 300ms b 2001ms c|"));

        Assert.Contains("  expected: -a 300ms b 2s -c|\n  actual:   -a 300ms b 2s c|\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_late_subscription_is_pointed_out()
    {
        m.AdvanceTo(3);

        var error = Assert.Throws<MarbleAssertionException>(() => m.Expect(m.Cold("a|")).ToBe("a|"));

        Assert.EndsWith("  The subscription began in frame 3; frame 0 is the beginning of the test.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Subscription_marbles_say_when_to_listen()
    {
        var source    = m.Hot("-a--b--c--d--");
        var subsc     =       "----^-----!--";
        var expected  =       "----b--c-----";

        m.Expect(source, subsc).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(subsc);
        Assert.Throws<ArgumentException>("subscription", () => m.Expect(source, "---"));
    }

    [Fact]
    public void An_error_is_expected_as_any_or_as_a_given_one()
    {
        var boom = new InvalidOperationException("boom");

        m.Expect(m.Cold("#")).ToBe("#");
        new Marbles().Expect(Observable.Throw<string>(boom)).ToBe("#");
        new Marbles().Expect(Observable.Throw<string>(boom)).ToBe("#", error: boom);
        new Marbles().Expect(Observable.Throw<string>(boom)).ToBe("#", error: new InvalidOperationException("boom"));
        Assert.Throws<MarbleAssertionException>(() => new Marbles().Expect(Observable.Throw<string>(boom)).ToBe("#", error: new InvalidOperationException("bang")));
        Assert.Throws<MarbleAssertionException>(() => new Marbles().Expect(Observable.Throw<string>(boom)).ToBe("#", error: new ArgumentException("boom")));
    }

    [Fact]
    public void Values_come_from_a_map_a_function_or_the_character_itself()
    {
        m.Expect(m.Hot<int>("1-2")).ToBe("1-2");
        m.Expect(m.Cold("a-b", c => c - 'a')).ToBe("--0-1");
        new Marbles().Expect(Observable.Return('x')).ToBe("(x|)");
        new Marbles().Expect(Observable.Return(Unit.Default)).ToBe("(u|)");
        new Marbles().Expect(Observable.Return<int?>(7)).ToBe("(7|)");
        new Marbles().Expect(Observable.Return<int?>(null)).ToBe("(n|)", new() { ['n'] = null });
        new Marbles().Expect(Observable.Return(3)).ToBe("(c|)", c => c - 'a' + 1);
        new Marbles().Expect(Observable.Return(Guid.Empty)).ToBe("(g|)", new() { ['g'] = Guid.Empty });
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => m.Cold<Guid>("a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_are_compared_item_by_item_and_others_as_asked()
    {
        m.Expect(m.Cold("a-b-c|").ToList()).ToBe("-----(x|)", new() { ['x'] = ["a", "b", "c"] });
        Assert.Throws<MarbleAssertionException>(() => new Marbles().Expect(Observable.Return<string[]>(["a"])).ToBe("(x|)", new() { ['x'] = ["b"] }));
        new Marbles().Expect(Observable.Return("A")).ComparedBy(StringComparer.OrdinalIgnoreCase).ToBe("(a|)");
    }

    [Fact]
    public void What_comes_within_the_patience_after_the_diagram_fails_and_later_is_not_seen()
    {
        m.Expect(m.Cold("a 1001ms b")).ToBe("a");
        var other = new Marbles();
        Assert.Throws<MarbleAssertionException>(() => other.Expect(other.Cold("a 300ms b")).ToBe("a"));
        var patient = new Marbles { Patience = 2_000 };
        Assert.Throws<MarbleAssertionException>(() => patient.Expect(patient.Cold("a 1001ms b")).ToBe("a"));
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new Marbles { Patience = -1 });
    }

    [Fact]
    public void An_interval_without_end_is_cut_off()
    {
        var error = Assert.Throws<MarbleAssertionException>(() =>
            m.Expect(Observable.Interval(TimeSpan.FromMilliseconds(400), m.Scheduler)).ToBe("400ms 0"));

        Assert.Contains("  expected:  400ms 0\n  actual:    400ms 0 399ms 1 399ms 2\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_clock_stays_where_the_last_work_ran()
    {
        m.Expect(m.Cold("--a|")).ToBe("--a|");

        Assert.Equal(3, m.Frame);
    }

    [Fact]
    public void Several_observables_are_recorded_before_the_first_expectation_runs_them()
    {
        var left  = m.Record(m.Cold("-a|"));
        var right = m.Record(m.Cold("--b|"), "-^");

        m.Expect(left).ToBe("-a|");
        m.Expect(right).ToBe("---b|");
    }

    [Fact]
    public void A_failure_says_where_the_source_broke_the_observer_contract()
    {
        var source = new Undisposable();
        m.At(1, () => source.Observer!.OnNext("a"));
        m.At(3, () => source.Observer!.OnNext("b"));

        var error = Assert.Throws<MarbleAssertionException>(() => m.Expect(source, "^-!").ToBe("-a"));

        Assert.Contains("  actual:   -a-b\n", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            $"  Against the observer contract: OnNext(b) on thread {Environment.CurrentManagedThreadId} after the subscription was disposed.",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nulls_are_refused()
    {
        Assert.Throws<ArgumentNullException>("source", () => m.Expect((IObservable<int>)null!));
        Assert.Throws<ArgumentNullException>("recording", () => m.Expect((MarbleRecording<int>)null!));
        Assert.Throws<ArgumentNullException>("subscriptions", () => m.Expect((SubscriptionLog)null!));
        Assert.Throws<ArgumentNullException>("map", () => m.Cold("a", (Func<char, int>)null!));
        Assert.Throws<ArgumentNullException>("marbles", () => m.Hot(null!));
    }


    private sealed class Undisposable : IObservable<string>
    {
        public IObserver<string>? Observer { get; private set; }

        public IDisposable Subscribe(IObserver<string> observer)
        {
            Observer = observer;
            return Disposable.Empty;
        }
    }
}
