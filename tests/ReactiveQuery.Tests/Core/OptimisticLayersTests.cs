namespace ReactiveQuery.Tests.Core;

public class OptimisticLayersTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;

    [Fact]
    public void The_fold_applies_the_patches_in_order()
    {
        Assert.Equal("axy", Fold("a", Stack((1, "x"), (2, "y"))));
        Assert.Equal("ay", Fold("a", Stack((1, "x"), (2, "y")).Without(1)));
        Assert.Equal("a", Fold("a", OptimisticLayers<string>.None));
    }

    [Fact]
    public void Nothing_to_change_gives_the_same_stack()
    {
        var stack = Stack((1, "x"), (2, "y"));
        Assert.Equal(stack, stack.Without(3));
        Assert.Equal(stack, stack.Settle(3, 0));
        Assert.Equal(stack, stack.Confirm(int.MaxValue));
        var settled = stack.Settle(1, 0);
        Assert.Equal(settled, settled.Settle(1, 5));
        Assert.Equal(OptimisticLayers<string>.None, stack.WithoutPending());
    }

    [Theory]
    [InlineData(3, 3, "axy")] // Begun with the commit or before it: need not know of the write.
    [InlineData(3, 2, "axy")]
    [InlineData(3, 4, "ay")]
    public void A_settled_patch_goes_with_data_of_a_fetch_begun_after_its_commit(int fetchesBegun, int landed, string shown) =>
        Assert.Equal(shown, Fold("a", Stack((1, "x"), (2, "y")).Settle(1, fetchesBegun).Confirm(landed)));

    [Fact]
    public void A_patch_is_pending_until_it_is_settled_or_removed()
    {
        var stack = Stack((1, "x"), (2, "y"));
        Assert.True(stack.IsPending(1));
        Assert.True(stack.IsOptimistic);
        Assert.False(stack.Settle(1, 0).IsPending(1));
        Assert.True(stack.Settle(1, 0).IsOptimistic);
        Assert.False(stack.Settle(1, 0).Settle(2, 0).IsOptimistic);
        Assert.False(stack.Settle(1, 0).Settle(2, 0).IsEmpty);
        Assert.Equal("ax", Fold("a", stack.Settle(1, 0).WithoutPending()));
    }

    [Fact]
    public void A_patch_that_throws_is_skipped_and_reported_once_and_the_rest_holds()
    {
        var rules = new Rules();
        var boom = new InvalidOperationException("boom");
        var stack = Stack((1, "x")).Push(2, _ => throw boom, At).Push(3, s => s + "z", At);
        var fold = new OptimisticFold<string>(stack, Of("a"), null, rules);
        Assert.Equal("axz", fold.Value);
        Assert.Equal("axz", fold.Value);
        Assert.Equal([boom], rules.Reported);
    }

    [Fact]
    public void A_patch_on_top_is_all_that_is_computed()
    {
        var calls = 0;
        var one = OptimisticLayers<string>.None.Push(1, s => { calls++; return s + "x"; }, At);
        var first = new OptimisticFold<string>(one, Of("a"), null, new Rules());
        Assert.Equal("ax", first.Value);
        var second = new OptimisticFold<string>(one.Push(2, s => s + "y", At), Of("a"), first, new Rules());
        Assert.Equal("axy", second.Value);
        Assert.Equal(1, calls);
    }

    [Fact]
    public void A_new_base_is_folded_from_the_beginning_and_shares_with_what_was_shown()
    {
        var rules = new Rules();
        var stack = Stack((1, "x"));
        var first = new OptimisticFold<string>(stack, Of("a"), null, rules);
        _ = first.Value;
        var second = new OptimisticFold<string>(stack, Of("b"), first, rules);
        Assert.Equal("bx", second.Value);
        Assert.Equal([("ax", "bx")], rules.Shared);
    }

    [Fact]
    public void A_patch_may_make_null_of_the_data_once()
    {
        var calls = 0;
        var ofNullable = new OptimisticFold<int?>(OptimisticLayers<int?>.None.Push(1, _ => { calls++; return null; }, At), Of<int?>(1), null, new NoRules<int?>());
        Assert.Equal((null, null, 1), (ofNullable.Value, ofNullable.Value, calls));
        var ofClass = new OptimisticFold<string?>(OptimisticLayers<string?>.None.Push(1, _ => { calls++; return null; }, At), Of<string?>("a"), null, new NoRules<string?>());
        Assert.Equal((null, null, 2), (ofClass.Value, ofClass.Value, calls));
    }

    [Fact]
    public void A_patch_that_was_settled_is_not_computed_again()
    {
        var calls = 0;
        var stack = OptimisticLayers<string>.None.Push(1, s => { calls++; return s + "x"; }, At);
        var first = new OptimisticFold<string>(stack, Of("a"), null, new Rules());
        var shown = first.Value;
        Assert.Same(shown, new OptimisticFold<string>(stack.Settle(1, 0), Of("a"), first, new Rules()).Value);
        Assert.Equal(1, calls);
    }

    [Fact]
    public void Of_two_stacks_that_grew_from_one_neither_has_the_patch_of_the_other()
    {
        var stack = Stack((1, "x"), (2, "y"), (3, "z"));
        var (left, right) = (stack.Push(4, s => s + "l", At), stack.Push(5, s => s + "r", At));
        Assert.Equal(("axyzl", "axyzr", "axyz"), (Fold("a", left), Fold("a", right), Fold("a", stack)));
        Assert.True(left.Extends(stack) && right.Extends(stack) && left.Extends(left));
        Assert.False(left.Extends(right) || stack.Extends(left) || left.Without(1).Extends(stack.Without(2)));
        Assert.True(left.IsPending(4) && !left.IsPending(5) && !right.IsPending(4));
    }

    [Fact]
    public void What_nobody_looked_at_is_not_kept()
    {
        var stack = Stack((1, "x"));
        var fold = new OptimisticFold<string>(stack, Of("a"), null, new Rules());
        Assert.Equal("ax", fold.Value);
        List<WeakReference> unseen = [];
        for (var id = 2; id < 100; id++)
        {
            stack = stack.Push(id, s => s + "y", At);
            fold = new OptimisticFold<string>(stack, Of("a"), fold, new Rules());
            unseen.Add(new(fold));
        }

        GC.Collect();
        Assert.True(unseen.Count(old => old.IsAlive) <= 3);
        Assert.Equal("ax" + new string('y', 98), fold.Value);
    }

    [Fact]
    public void Of_threads_that_look_together_all_see_one_result()
    {
        for (var round = 0; round < 200; round++)
        {
            var fold = new OptimisticFold<string>(Stack((1, "x")), Of("a"), null, new Rules());
            using var start = new Barrier(2);
            string? other = null;
            var thread = new Thread(() =>
            {
                start.SignalAndWait();
                other = fold.Value;
            });
            thread.Start();
            start.SignalAndWait();
            var own = fold.Value;
            Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
            Assert.Same(own, other);
        }
    }

    [Fact]
    public void Any_order_of_commits_and_rollbacks_folds_to_what_is_left()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 2_000; round++)
        {
            var stack = OptimisticLayers<string>.None;
            List<(long Id, string Letter, bool IsSettled)> model = [];
            for (var step = 0; step < 20; step++)
            {
                var id = random.Next(1, 8);
                switch (random.Next(4))
                {
                    case 0:
                        if (model.Exists(p => p.Id == id)) break;
                        model.Add((id, $"{id}", false));
                        stack = stack.Push(id, s => s + id, At);
                        break;
                    case 1:
                        model.RemoveAll(p => p.Id == id && !p.IsSettled);
                        if (stack.IsPending(id)) stack = stack.Without(id);
                        break;
                    case 2:
                        model = model.ConvertAll(p => p.Id == id ? p with { IsSettled = true } : p);
                        stack = stack.Settle(id, step);
                        break;
                    default:
                        model.RemoveAll(p => p.IsSettled);
                        stack = stack.Confirm(int.MaxValue);
                        break;
                }

                Assert.Equal("a" + string.Concat(model.Select(p => p.Letter)), Fold("a", stack));
                Assert.Equal(model.Exists(p => !p.IsSettled), stack.IsOptimistic);
            }
        }
    }

    private static OptimisticLayers<string> Stack(params (long Id, string Letter)[] patches) =>
        patches.Aggregate(OptimisticLayers<string>.None, (stack, patch) => stack.Push(patch.Id, s => s + patch.Letter, At));

    private static string Fold(string data, OptimisticLayers<string> layers) => new OptimisticFold<string>(layers, Of(data), null, new Rules()).Value;

    private static QueryState<T> Of<T>(T data) => new() { Data = data, HasData = true };

    private sealed class NoRules<T> : IFoldRules<T>
    {
        public T Share(T old, T value) => value;

        public void ReportPatch(Exception error) => Assert.Fail($"{error}");
    }

    private sealed class Rules : IFoldRules<string>
    {
        public List<Exception> Reported { get; } = [];

        public List<(string Old, string Value)> Shared { get; } = [];

        public string Share(string old, string value)
        {
            Shared.Add((old, value));
            return value;
        }

        public void ReportPatch(Exception error) => Reported.Add(error);
    }
}

internal static class OptimisticLayersOfTests
{
    public static OptimisticLayers<T> Push<T>(this OptimisticLayers<T> stack, long id, Func<T, T> update, DateTimeOffset at) =>
        stack.Push(new OptimisticHandle<T>(update).Laid(null!, id, new(TimeSpan.Zero, at)));
}
