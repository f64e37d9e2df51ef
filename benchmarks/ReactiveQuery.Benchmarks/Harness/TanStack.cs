using System.ComponentModel;
using System.Diagnostics;

namespace ReactiveQuery.Benchmarks;

/// <summary>TanStack Query on node: a program of its own, beside this one, whose package comes from npm on first use.</summary>
public static class TanStack
{
    public const string Name = "tanstack";

    /// <summary>The command that runs one workload; null, with the reason said, where node or the package is not to be had.</summary>
    public static Func<string, (string File, string[] Args)>? Command()
    {
        if (Folder() is not { } folder) return Missing("benchmarks/tanstack is not beside the program");
        if (!Succeeds(folder, "node", "--version")) return Missing("no node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")) && !Succeeds(folder, "npm", "install", "--no-package-lock", "--no-audit", "--no-fund"))
            return Missing("npm install failed");
        return workload => ("node", [Path.Combine(folder, "bench.mjs"), "--in-process", "--only", workload]);
    }

    private static Func<string, (string File, string[] Args)>? Missing(string why)
    {
        Console.Error.WriteLine($"{Name}: left out, {why}");
        return null;
    }

    private static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "benchmarks", "tanstack");
            if (File.Exists(Path.Combine(found, "bench.mjs"))) return found;
        }

        return null;
    }

    private static bool Succeeds(string folder, string file, params string[] args)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(file, args) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception) // Not installed.
        {
            return false;
        }
    }
}
