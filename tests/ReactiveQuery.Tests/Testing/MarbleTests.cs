using System.Reactive.Linq;
using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

/// <summary>The tests a user writes.</summary>
public class MarbleTests
{
    private readonly Marbles m = new();

    [Fact]
    public void A_new_parameter_abandons_the_fetch_of_the_old_one()
    {
        var ids       = m.Hot(" -1--2------");
        var first     = m.Cold(" -----a|   ");   // starts at frame 1, would answer at 6
        var firstSub  =        "-^--!------";
        var second    = m.Cold("    ---b|  ");
        var secondSub =        "----^---!--";
        var expected  =        "-L--L--S---";    // L: loading   S: success(b)

        m.Expect(Observe(ids, first, second)).ToBe(expected);
        m.Expect(first.Subscriptions).ToBe(firstSub);
        m.Expect(second.Subscriptions).ToBe(secondSub);
    }

    private static IObservable<string> Observe(IObservable<string> ids, IObservable<string> first, IObservable<string> second) =>
        ids.Select(id => (id == "1" ? first : second).Select(_ => "S").StartWith("L")).Switch();
}
