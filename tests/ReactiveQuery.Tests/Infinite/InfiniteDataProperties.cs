using System.Runtime.CompilerServices;

namespace ReactiveQuery.Tests.Infinite;

/// <summary>Whatever is done to lists that share their pages, each shows what a plain copy of its own would show.</summary>
public class InfiniteDataProperties
{
    [Fact]
    public void Any_lists_made_from_each_other_show_what_plain_copies_show()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var made = new List<(InfiniteData<int, string> Data, List<(int, string)> Plain)> { (InfiniteData<int, string>.Empty, []) };
            for (var step = 0; step < 100; step++)
                made.Add(Grown(made[random.Next(made.Count)], random.Next(5), step));
            Assert.All(made, it => Assert.Equal(it.Plain, it.Data.Cursors.Zip(it.Data.Pages)));
        }
    }

    [Fact]
    public void Flattened_items_are_those_of_the_pages_for_any_sizes_of_pages()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var data = InfiniteData<int, int[]>.Empty;
            for (var page = random.Next(8); page > 0; page--)
                data = data.Append(page, [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next())]);
            var expected = data.Pages.SelectMany(page => page).ToList();
            var items = data.Flatten<int>(page => page);
            Assert.Equal(expected, items);
            Assert.Equal(expected, Enumerable.Range(0, items.Count).Select(i => items[i]));
        }
    }

    [Fact]
    public void A_page_more_copies_none_but_for_a_doubling_now_and_then()
    {
        // With a copy for each page, 2,000 pages would allocate 2,000 * 2,000 / 2 slots of 16 bytes: 32 MB. Shared, it is some hundred kilobytes.
        var data = InfiniteData<int, string>.Empty.Append(0, "first");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var page = 1; page < 2_000; page++)
            data = page % 3 == 0 ? data.Prepend(page, "page") : data.Append(page, "page");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1_000_000);
        Assert.Equal(2_000, data.Count);
    }

    [Fact]
    public void Threads_that_add_to_one_list_at_once_each_get_their_own_page()
    {
        for (var round = 0; round < 200; round++)
        {
            var shared = InfiniteData<int, int>.Empty.Append(0, -1).Append(1, -2);
            var results = new InfiniteData<int, int>[4];
            using var go = new Barrier(results.Length);
            var threads = Enumerable.Range(0, results.Length).Select(n => new Thread(() =>
            {
                go.SignalAndWait(TimeSpan.FromSeconds(10));
                results[n] = n % 2 == 0 ? shared.Append(2, n) : shared.Prepend(-1, n);
            })).ToList();
            threads.ForEach(thread => thread.Start());
            Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(10))));
            Assert.All(results.Index(), it => Assert.Equal(it.Item.Pages, it.Index % 2 == 0 ? [-1, -2, it.Index] : [it.Index, -1, -2]));
        }
    }

    [Fact]
    public void Pages_dropped_by_a_bound_are_let_go_of()
    {
        var (data, first) = Kept();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(first.IsAlive);
        Assert.Equal(2, data.Count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (InfiniteData<int, object> Data, WeakReference First) Kept()
    {
        var paging = new Paging<int, object>(0, (_, _) => 0, null, 2);
        var first = new object();
        var data = paging.Add(PageDirection.Next, InfiniteData<int, object>.Empty, 0, first);
        for (var page = 0; page < 20; page++)
            data = paging.Add(PageDirection.Next, data, page, new object());
        return (data, new WeakReference(first));
    }

    private static (InfiniteData<int, string> Data, List<(int Cursor, string Page)> Plain) Grown(
        (InfiniteData<int, string> Data, List<(int Cursor, string Page)> Plain) from, int operation, int step)
    {
        var (data, plain, page) = (from.Data, from.Plain, $"p{step}");
        return operation switch
        {
            0 or 1 => (data.Append(step, page), [.. plain, (step, page)]),
            2 => (data.Prepend(step, page), [(step, page), .. plain]),
            3 => (data.Last(Math.Max(0, data.Count - 1)), [.. plain.Skip(1)]),
            _ => (data.First(Math.Max(0, data.Count - 1)), [.. plain.Take(Math.Max(0, plain.Count - 1))]),
        };
    }
}
