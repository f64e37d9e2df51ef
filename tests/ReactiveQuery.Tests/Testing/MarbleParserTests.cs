using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleParserTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("---", "", 3)]
    [InlineData("a", "0a", 1)]
    [InlineData("--a--b|", "2a 5b 6|", 7)]
    [InlineData("--#", "2#", 3)]
    [InlineData("|--", "0|", 3)]
    [InlineData("  - - a  ", "2a", 3)]
    [InlineData("\t-a\n-b", "1a 3b", 4)]
    [InlineData("(ab|)", "0a 0b 0|", 5)]
    [InlineData("-(ab)-c", "1a 1b 6c", 7)]
    [InlineData("-( a b )-c", "1a 1b 6c", 7)]
    [InlineData("-[ab]c", "1a 1b 2c", 3)]
    [InlineData("a 300ms b", "0a 301b", 302)]
    [InlineData("a 2s |", "0a 2001|", 2002)]
    [InlineData("1m a", "60000a", 60001)]
    [InlineData("1.5s a", "1500a", 1501)]
    [InlineData("a 10ms", "0a", 11)]
    [InlineData("10ms 10ms a", "20a", 21)]
    [InlineData("-1s", "11 2s", 3)]
    [InlineData("1sa", "01 1s 2a", 3)]
    [InlineData("1 s", "01 1s", 2)]
    [InlineData("1-2", "01 22", 3)]
    [InlineData("(1s )", "01 0s", 4)]
    public void A_diagram_says_what_happens_in_which_frame(string marbles, string marks, long length)
    {
        var diagram = MarbleParser.Parse(marbles);

        Assert.Equal(marks, string.Join(' ', diagram.Marks.Select(m => $"{m.Frame}{m.Symbol}")));
        Assert.Equal(length, diagram.Length);
        Assert.Equal(marbles, diagram.Text);
        Assert.All(diagram.Marks, m => Assert.Equal(m.Symbol, marbles[m.Position]));
    }

    [Theory]
    [InlineData("-a-^-b|", "-2a 2b 3|", 4)]
    [InlineData("^a", "1a", 2)]
    [InlineData("-a", "1a", 2)]
    [InlineData("a(^b)", "-1a 0b", 4)]
    public void In_a_hot_diagram_the_caret_is_frame_zero(string marbles, string marks, long length)
    {
        var diagram = MarbleParser.ParseHot(marbles);

        Assert.Equal(marks, string.Join(' ', diagram.Marks.Select(m => $"{m.Frame}{m.Symbol}")));
        Assert.Equal(length, diagram.Length);
    }

    [Theory]
    [InlineData("^", 0, null)]
    [InlineData("-^--!", 1, 4)]
    [InlineData("-^-", 1, null)]
    [InlineData("--(^!)--", 2, 2)]
    [InlineData("  ^ 1s !", 0, 1001)]
    public void A_subscription_diagram_says_when_it_begins_and_ends(string marbles, int subscribed, int? unsubscribed) =>
        Assert.Equal(new SubscriptionFrames(subscribed, unsubscribed), MarbleParser.ParseSubscription(marbles));

    [Theory]
    [InlineData("")]
    [InlineData("-----")]
    public void A_subscription_diagram_without_a_caret_means_never(string marbles) =>
        Assert.Null(MarbleParser.ParseSubscription(marbles));

    [Theory]
    [InlineData("-a)-", 2, "')' closes a group that was never opened.")]
    [InlineData("-(a]", 3, "']' closes a group that was never opened.")]
    [InlineData("--(ab", 2, "The group is never closed: ')' is missing.")]
    [InlineData("--[ab", 2, "The group is never closed: ']' is missing.")]
    [InlineData("(a(b))", 2, "Groups cannot be nested: '(' stands inside the group opened at position 0.")]
    [InlineData("(a-b)", 2, "Time cannot pass inside a group: '-' has no place here.")]
    [InlineData("-()", 2, "The group is empty.")]
    [InlineData("a|-b", 3, "Nothing may follow '|'.")]
    [InlineData("a#|", 2, "Nothing may follow '#'.")]
    [InlineData("-^a", 1, "'^' belongs in a hot or a subscription diagram.")]
    [InlineData("-a!", 2, "'!' belongs in a subscription diagram.")]
    [InlineData("a 0.5ms b", 2, "'0.5ms' is not a whole number of frames (1 frame = 1 ms).")]
    [InlineData("99999999999999m", 0, "'99999999999999m' is longer than a diagram can be (3162240000000 ms).")]
    [InlineData("99999999999999999999999999999999999m", 0, "'99999999999999999999999999999999999m' is longer than a diagram can be (3162240000000 ms).")]
    public void A_diagram_that_cannot_be_read_is_refused_with_its_position(string marbles, int position, string problem)
    {
        var error = Assert.Throws<MarbleSyntaxException>(() => MarbleParser.Parse(marbles));

        Assert.Equal(position, error.Position);
        Assert.Equal(marbles, error.Marbles);
        Assert.Equal($"{problem} (position {position})\n  {marbles}\n  {new string(' ', position)}^", error.Message);
    }

    [Theory]
    [InlineData("^-^", 2, "'^' may stand in a subscription diagram only once.")]
    [InlineData("^!!", 2, "'!' may stand in a subscription diagram only once.")]
    [InlineData("-!^", 1, "'!' must come after '^'.")]
    [InlineData("^-a", 2, "'a' has no meaning in a subscription diagram: only '^', '!', '-', groups, times and spaces have.")]
    public void A_subscription_diagram_that_cannot_be_read_is_refused_with_its_position(string marbles, int position, string problem)
    {
        var error = Assert.Throws<MarbleSyntaxException>(() => MarbleParser.ParseSubscription(marbles));

        Assert.Equal(position, error.Position);
        Assert.StartsWith(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hot_diagram_has_one_caret() =>
        Assert.Equal(2, Assert.Throws<MarbleSyntaxException>(() => MarbleParser.ParseHot("^-^")).Position);

    [Fact]
    public void Null_is_refused()
    {
        Assert.Throws<ArgumentNullException>("marbles", () => MarbleParser.Parse(null!));
        Assert.Throws<ArgumentNullException>("marbles", () => MarbleParser.ParseHot(null!));
        Assert.Throws<ArgumentNullException>("marbles", () => MarbleParser.ParseSubscription(null!));
    }
}
