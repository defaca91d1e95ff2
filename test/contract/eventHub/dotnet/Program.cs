// Runs every check against the stand-in named in STAND_IN and prints one line of JSON for each.

using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Sightglass.Checks;

[AttributeUsage(AttributeTargets.Method)]
sealed class CheckAttribute(string title) : Attribute
{
    public string Title { get; } = title;
}

static class Program
{
    static readonly object Output = new();

    static async Task Main()
    {
        var checks = typeof(Program).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Select(method => (method, title: method.GetCustomAttribute<CheckAttribute>()?.Title))
            .Where(check => check.title is not null);
        await Task.WhenAll(checks.Select(check => Run(check.title!, check.method)));
        // Links of the SDK may linger, and nothing of theirs is waited for.
        Environment.Exit(0);
    }

    /// <summary>What a check returns is printed as what was seen.</summary>
    static async Task Run(string check, MethodInfo method)
    {
        var watch = Stopwatch.StartNew();
        var (ok, seen) = (true, "");
        try
        {
            var running = await Task.Factory.StartNew(() => (Task)method.Invoke(null, null)!);
            await running.WaitAsync(Harness.Patience);
            seen = running is Task<string> text ? text.Result : "";
        }
        catch (Exception error)
        {
            (ok, seen) = (false, error.ToString());
        }
        var line = JsonSerializer.Serialize(new { check, ok, seen, watch.Elapsed.TotalSeconds });
        lock (Output) Console.WriteLine(line);
    }
}
