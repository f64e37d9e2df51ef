namespace ReactiveQuery.Testing;

/// <summary>Reads marble diagrams. Pure: text in, frames out. One character is one frame, one frame is one millisecond of virtual time.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>text</term><description>meaning</description></listheader>
/// <item><term><c>-</c></term><description>a frame in which nothing happens</description></item>
/// <item><term><c>a</c></term><description>any other character: a value, one frame long</description></item>
/// <item><term><c>|</c> <c>#</c></term><description>completion, error; only silence may follow</description></item>
/// <item><term><c>(ab|)</c></term><description>all in the frame of the parenthesis. Time then moves on by the length of the group as written, parentheses
/// included (<c>(ab|)-c</c>: <c>c</c> is in frame 6), so that what follows stays in its column. This is the rule of RxJS.</description></item>
/// <item><term><c>[ab]</c></term><description>the same in exactly one frame, whatever its length (<c>[ab]c</c>: <c>c</c> is in frame 1)</description></item>
/// <item><term><c>300ms</c> <c>1.5s</c> <c>2m</c></term><description>as many frames of silence, if a space or an end of the text is on either side</description></item>
/// <item><term>space</term><description>nothing: for alignment</description></item>
/// <item><term><c>^</c></term><description>in a hot diagram: frame 0; in a subscription diagram: the subscription</description></item>
/// <item><term><c>!</c></term><description>in a subscription diagram: the end of the subscription</description></item>
/// </list>
/// </remarks>
/// <threadsafety>Static and stateless: safe from any thread.</threadsafety>
public static class MarbleParser
{
    /// <summary>Reads the diagram of a source or of an expectation: values, <c>|</c>, <c>#</c>; no <c>^</c>, no <c>!</c>.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="marbles"/> is null.</exception>
    /// <exception cref="MarbleSyntaxException">The diagram cannot be read.</exception>
    public static MarbleDiagram Parse(string marbles) => ParseValues(marbles, hot: false);

    /// <summary>Reads the diagram of a hot source, in which one <c>^</c> may mark frame 0: what stands before it happened before the test began.</summary>
    /// <inheritdoc cref="Parse" path="/exception"/>
    public static MarbleDiagram ParseHot(string marbles) => ParseValues(marbles, hot: true);

    /// <summary>Reads a subscription diagram such as <c>-^--!</c>, <c>-^-</c> or <c>-(^!)</c>.</summary>
    /// <returns>The frames of <c>^</c> and <c>!</c>; null for a diagram without <c>^</c>: never subscribed.</returns>
    /// <inheritdoc cref="Parse" path="/exception"/>
    public static SubscriptionFrames? ParseSubscription(string marbles)
    {
        ArgumentNullException.ThrowIfNull(marbles);

        long? subscribed = null, unsubscribed = null;
        foreach (var mark in new MarbleReader(marbles).ReadToEnd().Marks)
        {
            var problem = mark.Symbol switch
            {
                '^' when subscribed is not null => "'^' may stand in a subscription diagram only once.",
                '!' when subscribed is null => "'!' must come after '^'.",
                '!' when unsubscribed is not null => "'!' may stand in a subscription diagram only once.",
                '^' or '!' => null,
                _ => $"'{mark.Symbol}' has no meaning in a subscription diagram: only '^', '!', '-', groups, times and spaces have."
            };
            if (problem is not null) throw new MarbleSyntaxException(marbles, mark.Position, problem);
            if (mark.Symbol == '^') subscribed = mark.Frame;
            else unsubscribed = mark.Frame;
        }

        return subscribed is { } frame ? new SubscriptionFrames(frame, unsubscribed) : null;
    }

    private static MarbleDiagram ParseValues(string marbles, bool hot)
    {
        ArgumentNullException.ThrowIfNull(marbles);

        var (read, length) = new MarbleReader(marbles).ReadToEnd();
        var marks = new List<MarbleMark>();
        MarbleMark? zero = null, end = null;
        foreach (var mark in read)
        {
            var problem = mark.Symbol switch
            {
                '!' => "'!' belongs in a subscription diagram.",
                '^' when !hot => "'^' belongs in a hot or a subscription diagram.",
                '^' when zero is not null => "'^' may stand in a hot diagram only once.",
                '^' => null,
                _ when end is { } last => $"Nothing may follow '{last.Symbol}'.",
                _ => null
            };
            if (problem is not null) throw new MarbleSyntaxException(marbles, mark.Position, problem);
            if (mark.Symbol == '^') zero = mark;
            else marks.Add(mark);
            if (mark.Symbol is '|' or '#') end = mark;
        }

        var start = zero?.Frame ?? 0;
        return new MarbleDiagram(marbles, [.. marks.Select(m => m with { Frame = m.Frame - start })], length - start);
    }
}
