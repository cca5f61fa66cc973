using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace Fer.Tests.Shell;

/// <summary>A program that shows its help at once loads nothing that only its commands need.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("serve", "--help")]
    [InlineData("trian")]
    public async Task Help_and_wrong_usage_load_neither_ML_NET_nor_pictures_nor_the_web_server(params string[] arguments)
    {
        var context = new RecordingContext(AppContext.BaseDirectory);
        var fer = context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "fer.dll"));
        const BindingFlags hidden = BindingFlags.Static | BindingFlags.NonPublic;
        object commands = fer.GetType("Fer.Program")!.GetProperty("Commands", hidden)!.GetValue(null)!;
        using var output = new StringWriter();
        object host = Activator.CreateInstance(fer.GetType("Fer.Shell.CommandHost")!, output, output)!;
        var run = fer.GetType("Fer.Shell.CommandLineProgram")!.GetMethod("RunAsync", hidden)!;
        await (Task<int>)run.Invoke(null, [arguments, host, commands, TestContext.Current.CancellationToken, null])!;
        context.Unload();

        Assert.Contains("--help", output.ToString());
        Assert.Contains("System.CommandLine", context.Wanted);
        string[] heavy =
        [
            "Microsoft.ML", "Microsoft.Data.Analysis", "Microsoft.AspNetCore", "Microsoft.Extensions", "SkiaSharp", "Google.Protobuf",
            "CsvHelper",
        ];
        // The options are listed from the trainer's, and the trainer is an IEstimator: these two hold such interfaces, and load fast.
        string[] interfaces = ["Microsoft.ML.Core", "Microsoft.ML.DataView"];
        Assert.DoesNotContain(context.Wanted.Except(interfaces),
            name => heavy.Any(start => name.StartsWith(start, StringComparison.Ordinal)));
    }

    /// <summary>Loads the program beside the tests and notes every assembly that it asks for.</summary>
    private sealed class RecordingContext(string folder) : AssemblyLoadContext(isCollectible: true)
    {
        internal ConcurrentBag<string> Wanted { get; } = [];

        protected override Assembly? Load(AssemblyName name)
        {
            Wanted.Add(name.Name!);
            string path = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
