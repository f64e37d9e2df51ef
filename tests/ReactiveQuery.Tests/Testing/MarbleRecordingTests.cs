using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleRecordingTests
{
    private readonly Marbles m = new();

    [Theory]
    [InlineData("")]
    [InlineData("--a")]
    [InlineData("--a--b|")]
    [InlineData("-#")]
    [InlineData("-(ab)-c|")]
    [InlineData("-[ab]c|")]
    [InlineData("-[ab]-c|")]
    [InlineData("-(ab)c|")]
    [InlineData("(ab|)")]
    [InlineData("--------------------a")]
    [InlineData(" 21ms a")]
    [InlineData("a 300ms b 2s c 3m (d|)")]
    public void A_recording_is_printed_as_it_would_be_written(string marbles)
    {
        var recording = m.Record(m.Cold(marbles));
        m.Run();

        Assert.Equal(marbles, recording.ToMarbles());
        Assert.Equal(marbles, recording.ToString());
    }

    [Fact]
    public void Values_are_named_by_the_test_by_themselves_or_by_a_free_letter()
    {
        var recording = m.Record(m.Cold<string>("-a-b-c-d-a|", new() { ['a'] = "Ada", ['b'] = "-", ['d'] = "Grace" }));
        m.Run();

        Assert.Equal("-a-b-c-d-a|", recording.ToMarbles());
        Assert.Equal("-X-a-c-b-X|", recording.ToMarbles(new() { ['X'] = "Ada" }));
    }

    [Fact]
    public void The_events_have_their_frames()
    {
        var recording = m.Record(m.Cold("-a-|"));
        m.Run();

        Assert.Equal(["1 OnNext(a)", "3 OnCompleted()"], recording.Events.Select(e => $"{e.Frame} {e.Notification}"));
    }

    [Fact]
    public void A_disposed_recording_keeps_what_it_has()
    {
        var source = m.Hot("-a-b");
        var recording = m.Record(source);
        m.AdvanceTo(2);

        recording.Dispose();
        m.Run();

        Assert.Equal("-a", recording.ToMarbles());
        m.Expect(source.Subscriptions).ToBe("^-!");
    }

    [Fact]
    public void A_recording_disposed_before_its_subscription_never_subscribes()
    {
        var source = m.Cold("a");
        m.Record(source, "--^").Dispose();

        m.Run();

        m.Expect(source.Subscriptions).ToBe();
        m.Expect(source.Subscriptions).ToBe("-----");
    }

    [Fact]
    public void Subscriptions_are_printed_in_aligned_columns()
    {
        var source = m.Cold("a");
        foreach (var frames in (string[])["-^--!", "---(^!)", "----^ 300ms !"]) m.Record(source, frames);
        m.Run();

        Assert.Equal(["-^--!", "---(^!)", "----^-- 298ms !"], source.Subscriptions.ToMarbles());
    }

    [Fact]
    public void Unexpected_subscriptions_are_shown_beside_the_expected_ones()
    {
        var source = m.Cold("a");
        m.Record(source, "-^--!");
        m.Record(source, "--^");
        m.Run();

        var error = Assert.Throws<MarbleAssertionException>(() => m.Expect(source.Subscriptions).ToBe("-^---!"));

        Assert.Equal(
            """
            The subscriptions of cold "a" are not those of the diagrams: 1 expected, 2 seen.

              expected 1: -^---!
              actual 1:   -^--!
              expected 2:
              actual 2:   --^

              frame | expected | actual
                  1 | ^1       | ^1
            *     2 |          | ^2
            *     4 |          | !1
            *     5 | !1       |
            """,
            error.Message);
    }

    [Fact]
    public void A_missing_subscription_fails_and_so_does_another_end()
    {
        var source = m.Cold("a");
        Assert.Throws<MarbleAssertionException>(() => m.Expect(source.Subscriptions).ToBe("^"));

        m.Record(source, "^-!");
        m.Run();

        Assert.Throws<MarbleAssertionException>(() => m.Expect(source.Subscriptions).ToBe("^"));
        Assert.Throws<MarbleAssertionException>(() => m.Expect(source.Subscriptions).ToBe());
        Assert.Throws<ArgumentNullException>("marbles", () => m.Expect(source.Subscriptions).ToBe(null!));
    }
}
