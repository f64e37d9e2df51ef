using ReactiveQuery.Testing;

namespace ReactiveQuery.Tests.Testing;

public class MarbleSceneTests
{
    private readonly Marbles m = new();

    [Fact]
    public void A_scene_awaits_in_virtual_time_on_the_tests_thread()
    {
        var log = new List<string>();
        var asynchronous = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        m.At(7, asynchronous.SetResult);

        m.Play(async () =>
        {
            Log("start");
            await m.Delay(3);
            Log("delayed");
            await Task.Yield();
            Log("yielded");
            await asynchronous.Task;
            Log("asynchronous");
            Log(await m.Fetcher("--(a|)").FetchAsync("x"));
        });

        var here = Environment.CurrentManagedThreadId;
        Assert.Equal([$"start 0 {here}", $"delayed 3 {here}", $"yielded 3 {here}", $"asynchronous 7 {here}", $"a 9 {here}"], log);

        void Log(string what) => log.Add($"{what} {m.Frame} {Environment.CurrentManagedThreadId}");
    }

    [Fact]
    public void Time_runs_no_further_than_the_scene()
    {
        var late = false;
        m.At(5, () => late = true);

        m.Play(async () => await m.Delay(4));

        Assert.False(late);
        Assert.Equal(4, m.Frame);
    }

    [Fact]
    public void The_exception_of_a_scene_is_that_of_the_test()
    {
        Assert.Throws<InvalidTimeZoneException>(() => m.Play(() => throw new InvalidTimeZoneException()));
        Assert.Throws<InvalidTimeZoneException>(() => m.Play(async () =>
        {
            await m.Delay(1);
            throw new InvalidTimeZoneException();
        }));
    }

    [Fact]
    public void A_scene_that_waits_for_ever_fails()
    {
        m.At(3, () => { });

        var error = Assert.Throws<MarbleAssertionException>(() => m.Play(() => new TaskCompletionSource().Task));

        Assert.Equal("The scene still waits, but nothing is scheduled after frame 3.", error.Message);
        Assert.Throws<ArgumentNullException>("scene", () => m.Play(null!));
        Assert.Throws<ArgumentOutOfRangeException>("frames", () => { _ = m.Delay(-1); });
    }
}
