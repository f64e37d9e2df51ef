using System.Globalization;

namespace ReactiveQuery.Benchmarks;

/// <summary>
/// A million sends from a background thread into a loop that drains a dispatch queue at 60 frames a second: how many values are delivered, how many are
/// conflated, and what is kept in memory meanwhile. Its counts are checked, its time is only told.
/// </summary>
public static class DispatchFlood
{
    private const int Sends = 1_000_000;
    private const double MostGrowthInMegabytes = 1;
    private static readonly TimeSpan Frame = TimeSpan.FromSeconds(1.0 / 60);
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(4);

    public static int Run()
    {
        using var queue = new UiDispatchQueue();
        var (delivered, last, isOrdered) = (0, 0, true);
        var sender = SignalSender.To<int>(
            value =>
            {
                isOrdered &= value > last;
                (delivered, last) = (delivered + 1, value);
            },
            getter: null,
            queue);
        using var hasSent = new ManualResetEventSlim();
        var before = LiveMegabytes();
        var growth = 0.0;
        var producer = new Thread(() =>
        {
            for (var value = 1; value <= Sends; value++) sender.Set(value);
            growth = LiveMegabytes() - before;
            hasSent.Set();
        });

        var (drains, largest) = (0, 0);
        producer.Start();
        while (!hasSent.IsSet || !queue.IsEmpty)
        {
            largest = Math.Max(largest, queue.Count);
            queue.Drain(Budget);
            drains++;
            hasSent.Wait(Frame);
        }

        producer.Join();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"dispatch: {Sends} sent, {delivered} delivered, {Sends - delivered} conflated, {drains} drains, {largest} waiting at the most, live heap grown by {growth:0.00} MB"));
        var isRight = last == Sends && isOrdered && delivered <= drains && largest <= 1 && growth < MostGrowthInMegabytes;
        if (!isRight) Console.Error.WriteLine("dispatch: the last value is missing, values came out of order, twice a drain, or memory grew");
        return isRight ? 0 : 1;
    }

    private static double LiveMegabytes() => GC.GetTotalMemory(forceFullCollection: true) / 1048576.0;
}
