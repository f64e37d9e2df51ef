using System.Collections.Concurrent;
using ReactiveQuery.Tests.Storms;
using Xunit.Abstractions;

namespace ReactiveQuery.Tests.Model;

/// <summary>The client and a plain model of it run the same random programs, and must agree after each step.</summary>
[Collection(AloneCollection.Name)]
public class RandomProgramTests(ITestOutputHelper output)
{
    private const int StepsPerProgram = 50;

    [Fact]
    public void A_hundred_thousand_random_steps_leave_client_and_model_in_agreement() => RunPrograms(firstSeed: 1, programs: 2_000, StepsPerProgram);

    [Fact]
    public void Long_programs_leave_client_and_model_in_agreement() => RunPrograms(firstSeed: 1_000_000, programs: 50, stepsPerProgram: 400);

    [Theory]
    [InlineData(1664562831)]
    [InlineData(1930358718)] // A page waits for a refetch of all that nobody is owed any more when a write is answered.
    [InlineData(1725057104)] // An attempt fails that nobody waits for and that will be made again: no landing, from which the stay would count.
    [InlineData(1400887086)] // Data that is served at once is awaited while queries wait for a write: all go on.
    [InlineData(1079202682)]
    [InlineData(26980462)] // Initial data takes the place of data that is too old, just before the entry would have left.
    [InlineData(266159703)] // A paused write that is not to wait for the connection goes out when its turn comes, amid those that resume in order.
    public void Programs_that_once_disagreed_agree(int seed) => RunPrograms(seed, programs: 1, StepsPerProgram);

    [Fact]
    public void Programs_from_a_seed_of_the_day_leave_client_and_model_in_agreement()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"first seed: {seed}");
        RunPrograms(seed, programs: 200, StepsPerProgram);
    }

    [Fact]
    public void A_failing_program_is_shrunk_to_the_steps_that_matter_and_told()
    {
        var wrong = new Step("the model believes in data that nobody wrote", m => m.Set(TestKey.All[0], "ghost"), _ => { });
        var program = RandomProgram.Draw(7, 30);
        var keeps = program.Setup with { GcTime = Setup.Never, Caches = true, Capacity = int.MaxValue };
        program = program with { Setup = keeps, Steps = [.. program.Steps.Where(s => !s.Code.Contains("a1", StringComparison.Ordinal)), wrong, .. program.Steps] };

        RandomProgram? shrunk = null;
        OnThreadsOfTheirOwn(1, () => shrunk = Shrinker.Shrink(program));

        Assert.Equal([wrong], shrunk!.Steps);
        var told = Shrinker.Tell(shrunk);
        Assert.Contains("seed 7", told, StringComparison.Ordinal);
        Assert.Contains("  1  the model believes", told, StringComparison.Ordinal);
        Assert.Contains("TryGetData(a1): expected ghost, was nothing", told, StringComparison.Ordinal);
    }

    private static void RunPrograms(int firstSeed, int programs, int stepsPerProgram)
    {
        var next = -1;
        var failed = new ConcurrentBag<RandomProgram>();
        OnThreadsOfTheirOwn(2, () =>
        {
            while (failed.IsEmpty && Interlocked.Increment(ref next) is var i && i < programs)
            {
                var program = RandomProgram.Draw(unchecked(firstSeed + i), stepsPerProgram);
                if (ModelRun.Run(program.Setup, program.Steps) is not null) failed.Add(Shrinker.Shrink(program));
            }
        });
        Assert.True(failed.IsEmpty, failed.IsEmpty ? "" : Shrinker.Tell(failed.MinBy(p => p.Steps.Count)!));
    }

    /// <summary>The test framework's threads have a synchronization context, which takes the continuations of awaited calls elsewhere.</summary>
    private static void OnThreadsOfTheirOwn(int count, Action work)
    {
        var escaped = new ConcurrentBag<Exception>();
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        threads.ForEach(t => t.Start());
        Assert.All(threads, t => Assert.True(t.Join(TimeSpan.FromMinutes(5)), "a program hangs"));
        Assert.Empty(escaped);

        void Work()
        {
            try
            {
                work();
            }
            catch (Exception error)
            {
                escaped.Add(error);
            }
        }
    }
}
