using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ReactiveQuery.Tests.Hazards;

/// <summary>What the compiled libraries call: no scheduler, timer, thread or clock but those that were passed in.</summary>
public class HiddenDefaults
{
    private static readonly string[] TimedOperators =
    [
        "Timer", "Interval", "Delay", "DelaySubscription", "Throttle", "Sample", "Timeout", "Timestamp", "TimeInterval", "Generate", "Buffer", "Window", "Replay",
        "ToObservable", "Range", "Repeat", "Start", "StartAsync", "ToAsync", "FromAsync", "Merge", "Take", "Skip", "TakeLast", "TakeUntil", "SkipUntil", "SkipLast", "RepeatWhen", "RetryWhen",
    ];

    private static readonly string[] Clocks =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.TimeProvider.get_System",
        "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Diagnostics.Stopwatch.GetTimestamp", "System.Diagnostics.Stopwatch.StartNew",
        "System.Threading.Thread.Sleep", "System.Threading.Thread..ctor", "System.Threading.Thread.Start", "System.Threading.Timer..ctor", "System.Threading.PeriodicTimer..ctor",
        "System.Threading.Tasks.Task.Delay", "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.TaskFactory.StartNew", "System.Threading.CancellationTokenSource.CancelAfter",
        "System.Threading.ThreadPool.QueueUserWorkItem", "System.Threading.ThreadPool.UnsafeQueueUserWorkItem", "System.Threading.ThreadPool.RegisterWaitForSingleObject",
    ];

    public static TheoryData<string> Libraries => [typeof(QueryClient).Assembly.Location, typeof(ReactiveQuery.Testing.Marbles).Assembly.Location];

    [Fact]
    public void The_library_names_one_scheduler_that_works_by_itself()
    {
        using var file = new Compiled(typeof(QueryClient).Assembly.Location);
        var named = file.Calls.Where(call => call.Type.StartsWith("System.Reactive.Concurrency.", StringComparison.Ordinal)
            && call.Type.EndsWith("Scheduler", StringComparison.Ordinal)
            && (call.Name is ".ctor" or "get_Instance" or "get_Default" or "get_Current" || (call.Type.EndsWith(".Scheduler", StringComparison.Ordinal) && call.Name.StartsWith("get_", StringComparison.Ordinal))))
            .Select(call => call.ToString()).Distinct().Order();
        Assert.Equal(
            [
                "System.Reactive.Concurrency.DefaultScheduler.get_Instance", // The default of QueryClientOptions.Scheduler; marble-tests show that nothing else asks for it.
                "System.Reactive.Concurrency.ImmediateScheduler.get_Instance", // Without a time of its own.
                "System.Reactive.Concurrency.SynchronizationContextScheduler..ctor", // What UiBoundary.From was given.
            ],
            named);
    }

    [Fact]
    public void The_package_for_tests_names_no_default_scheduler()
    {
        using var file = new Compiled(typeof(ReactiveQuery.Testing.Marbles).Assembly.Location);
        Assert.DoesNotContain(file.Calls, call => call.Type is "System.Reactive.Concurrency.DefaultScheduler" or "System.Reactive.Concurrency.TaskPoolScheduler"
            or "System.Reactive.Concurrency.NewThreadScheduler" or "System.Reactive.Concurrency.ThreadPoolScheduler" or "System.Reactive.Concurrency.EventLoopScheduler");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void No_operator_that_takes_a_scheduler_is_called_without_one(string library)
    {
        using var file = new Compiled(library);
        Assert.NotEmpty(file.Calls);
        Assert.DoesNotContain(file.Calls, call => call.Type == "System.Reactive.Linq.Observable" && TimedOperators.Contains(call.Name) && !call.TakesScheduler);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void No_clock_timer_or_thread_of_the_platform_is_called_but_the_tick_count(string library)
    {
        using var file = new Compiled(library);
        var called = file.Calls.Select(call => call.ToString()).Where(Clocks.Contains).Distinct();
        // In SystemTime, for clients of the default scheduler, whose own clock it is; The_tick_count_is_read_for_the_default_scheduler_alone.
        Assert.Equal(library == typeof(QueryClient).Assembly.Location ? ["System.Environment.get_TickCount64"] : [], called);
    }

    [Fact]
    public void The_scan_sees_what_it_looks_for()
    {
        using var file = new Compiled(typeof(HiddenDefaults).Assembly.Location);
        Assert.Contains(file.Calls, call => call is { Type: "System.Reactive.Linq.Observable", Name: "Throttle" or "ObserveOn" or "Return", TakesScheduler: true });
        Assert.Contains(file.Calls, call => call is { Type: "System.Reactive.Linq.Observable", Name: "Return", TakesScheduler: false });
        Assert.Contains(file.Calls, call => Clocks.Contains(call.ToString()));
    }

    private sealed record Call(string Type, string Name, bool TakesScheduler)
    {
        public override string ToString() => $"{Type}.{Name}";
    }

    /// <summary>The members of other assemblies that an assembly refers to, each overload of its own: what is not among them is not called.</summary>
    private sealed class Compiled : IDisposable
    {
        private readonly PEReader _file;

        public Compiled(string path)
        {
            _file = new PEReader(File.OpenRead(path));
            var reader = _file.GetMetadataReader();
            Calls = [.. reader.MemberReferences.Select(handle => reader.GetMemberReference(handle)).Select(member => CallOf(reader, member)).OfType<Call>()];
        }

        public IReadOnlyList<Call> Calls { get; }

        public void Dispose() => _file.Dispose();

        private static Call? CallOf(MetadataReader reader, MemberReference member)
        {
            if (member.GetKind() != MemberReferenceKind.Method || member.Parent.Kind != HandleKind.TypeReference) return null;
            var type = reader.GetTypeReference((TypeReferenceHandle)member.Parent);
            var scheduler = reader.TypeReferences.FirstOrDefault(handle => reader.StringComparer.Equals(reader.GetTypeReference(handle).Name, "IScheduler"));
            var signature = reader.GetBlobReader(member.Signature);
            return new($"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}", reader.GetString(member.Name), Mentions(signature, scheduler));
        }

        /// <summary>Whether a signature has the class among its types: its token follows the byte for "class".</summary>
        private static bool Mentions(BlobReader signature, TypeReferenceHandle type)
        {
            if (type.IsNil) return false;
            while (signature.RemainingBytes > 0)
            {
                if (signature.ReadByte() != (byte)SignatureTypeKind.Class) continue;
                var at = signature.Offset;
                if (signature.RemainingBytes > 0 && signature.ReadTypeHandle() == type) return true;
                signature.Offset = at;
            }

            return false;
        }
    }
}
