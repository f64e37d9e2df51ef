using BenchmarkDotNet.Running;
using ReactiveQuery.MicroBenchmarks;

// dotnet run -c Release --project benchmarks/ReactiveQuery.MicroBenchmarks -- --filter '*' --job short
BenchmarkSwitcher.FromAssembly(typeof(ClientBenchmarks).Assembly).Run(args);
