using System.Reactive.Linq;
using ReactiveQuery.Testing;
using static ReactiveQuery.MarbleTests.Operators.Given;

namespace ReactiveQuery.MarbleTests.Operators;

public class PauseWhileMarbles
{
    private readonly Marbles m = new();

    [Fact]
    public void Online_the_source_starts_at_once_and_the_connection_is_no_longer_listened_to()
    {
        var source    = m.Cold("--a-|   ");
        var offline   = Hot   ("---y----");      // y: offline, n: online
        var sub       =        "^---!   ";
        var listening =        "(^!)    ";
        var expected  =        "--a-|   ";

        m.Expect(source.PauseWhile(offline.StartWith(false))).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(sub);
        m.Expect(offline.Subscriptions).ToBe(listening);
    }

    [Fact]
    public void Offline_the_source_waits_for_the_connection()
    {
        var source    = m.Cold("     -a-|");
        var offline   = Hot   ("-----n---");
        var sub       =        "-----^--!";
        var listening =        "^----!   ";
        var expected  =        "------a-|";

        m.Expect(source.PauseWhile(offline.StartWith(true))).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(sub);
        m.Expect(offline.Subscriptions).ToBe(listening);
        m.VerifyNoLeftovers();
    }

    [Fact]
    public void A_flapping_connection_starts_it_once_and_does_not_interrupt_it()
    {
        var source   = m.Cold("   -a--b--|");
        var offline  = Hot   ("---n-yny---");
        var sub      =        "---^------!";
        var expected =        "----a--b--|";

        m.Expect(source.PauseWhile(offline.StartWith(true))).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(sub);
    }

    [Fact]
    public void A_connection_that_says_nothing_holds_nothing_back()
    {
        var source   = m.Cold("--a|");
        var offline  = Hot   ("----");
        var expected =        "--a|";

        m.Expect(source.PauseWhile(offline)).ToBe(expected);
    }

    [Fact]
    public void A_connection_that_completes_counts_as_online()
    {
        var source   = m.Cold("   -a|");
        var offline  = Hot   ("---|  ");
        var expected =        "----a|";

        m.Expect(source.PauseWhile(offline.StartWith(true))).ToBe(expected);
    }

    [Fact]
    public void A_connection_that_fails_while_it_is_waited_for_ends_the_stream()
    {
        var source   = m.Cold("-a|");
        var offline  = Hot   ("---#");
        var expected =        "---#";

        m.Expect(source.PauseWhile(offline.StartWith(true))).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe();
    }

    [Fact]
    public void Leaving_while_it_waits_starts_nothing()
    {
        var source    = m.Cold("-a|    ");
        var offline   = Hot   ("-----n-");
        var sub       =        "^--!   ";
        var listening =        "^--!   ";

        m.Expect(source.PauseWhile(offline.StartWith(true)), sub).ToBe("-------");
        m.Expect(source.Subscriptions).ToBe();
        m.Expect(offline.Subscriptions).ToBe(listening);
    }

    [Fact]
    public void Before_RetryWithBackoff_every_attempt_starts_at_the_later_of_backoff_and_online()
    {
        var source   = m.Cold("-#              ");
        var offline  = Hot   ("-y---n---y----n-");
        var first    =        "^!              ";
        var second   =        "-----^!         ";    // the backoff ended in frame 3, offline until 5
        var third    =        "--------^!      ";    // online until the backoff ended in frame 8
        var expected =        "---------#      ";

        var latest = offline.StartWith(false).Replay(1);
        using var connection = latest.Connect();
        var attempts = source.PauseWhile(latest).RetryWithBackoff(RetryPolicy.Fixed(Frames(2), maxRetries: 2), m.Scheduler);
        m.Expect(attempts).ToBe(expected);
        m.Expect(source.Subscriptions).ToBe(first, second, third);
    }

    private HotMarbles<bool> Hot(string marbles) => m.Hot(marbles, symbol => symbol == 'y');
}
