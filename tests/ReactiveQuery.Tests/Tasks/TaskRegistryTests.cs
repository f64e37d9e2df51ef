using ReactiveQuery.Tests.Operators;

namespace ReactiveQuery.Tests.Tasks;

public class TaskRegistryTests : TaskTest
{
    private readonly TaskRegistry _registry = new();
    private readonly object _owner = new();
    private readonly object _other = new();

    [Fact]
    public void Tasks_are_counted_by_owner_and_forgotten_when_they_have_ended()
    {
        var work = new TaskCompletionSource();
        var first = Scope.Spawn(_ => work.Task);
        _registry.Register(_owner, first);
        _registry.Register(_owner, first);
        _registry.Register(_owner, Scope.Spawn(_ => new TaskCompletionSource().Task));
        _registry.Register(_owner, Scope.Spawn(_ => Task.CompletedTask));
        _registry.Register(_other, Scope.Spawn(_ => new TaskCompletionSource().Task));
        Assert.Equal((2, 1, 0), (_registry.Count(_owner), _registry.Count(_other), _registry.Count(new object())));
        work.SetResult();
        Assert.Equal(1, _registry.Count(_owner));
    }

    [Fact]
    public void Cancelling_an_owner_aborts_its_tasks_and_no_others()
    {
        var mine = Enumerable.Range(0, 3).Select(_ => Scope.Spawn(_ => new TaskCompletionSource().Task)).ToList();
        mine.ForEach(task => _registry.Register(_owner, task));
        var foreign = Scope.Spawn(_ => new TaskCompletionSource().Task);
        _registry.Register(_other, foreign);
        _registry.CancelAll(_owner);
        _registry.CancelAll(_owner);
        _registry.CancelAll(new object());
        Assert.All(mine, task => Assert.Equal(TaskHandleStatus.Aborted, task.Status));
        Assert.True(foreign.IsRunning);
        Assert.Equal((0, 1), (_registry.Count(_owner), _registry.Count(_other)));
    }

    [Fact]
    public void Registering_while_others_cancel_loses_no_task()
    {
        for (var round = 0; round < 200; round++)
        {
            var tasks = Enumerable.Range(0, 10).Select(_ => Scope.Spawn(_ => new TaskCompletionSource().Task)).ToList();
            Race.Run(() => tasks.ForEach(task => _registry.Register(_owner, task)), () => _registry.CancelAll(_owner), () => tasks[0].Abort());
            _registry.CancelAll(_owner);
            Assert.All(tasks, task => Assert.True(task.IsCompleted));
            Assert.Equal(0, _registry.Count(_owner));
        }
    }

    [Fact]
    public void Owners_have_an_identity()
    {
        var task = Scope.Spawn(_ => Task.CompletedTask);
        Assert.Equal("owner", Assert.Throws<ArgumentException>(() => _registry.Register(42, task)).ParamName);
        Assert.Equal("owner", Assert.Throws<ArgumentNullException>(() => _registry.Register(null!, task)).ParamName);
        Assert.Equal("task", Assert.Throws<ArgumentNullException>(() => _registry.Register(_owner, null!)).ParamName);
        Assert.Equal("owner", Assert.Throws<ArgumentNullException>(() => _registry.CancelAll(null!)).ParamName);
        Assert.Equal("owner", Assert.Throws<ArgumentNullException>(() => _registry.Count(null!)).ParamName);
    }
}
