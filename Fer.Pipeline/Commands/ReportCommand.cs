using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Fer.Pipeline;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Opens a run's report, or the page that lists all of them, in the browser.</summary>
internal sealed class ReportCommand : ICommand
{
    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "A run in artifacts/, its folder, or a report's file; without it the page that lists all runs",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _output =
        Values.Text("--output", "Folder of the runs' folders (artifacts/ where not given)", "FOLDER");
    private readonly Option<bool> _print = Values.Flag("--print", "Only says where it is");

    public string Name => "report";

    public string Description => "Opens a run's report in the browser, or the page that lists all runs.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("report", "all runs, the newest first"),
        ("report experiment", "artifacts/experiment/report.html"),
        ("report experiment --print", "only where it is"),
    ];

    public IEnumerable<Argument> Arguments => [_name];

    public IEnumerable<Option> Options => [_output, _print];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string folder = result.GetValue(_output) is { } output ? host.Resolve(output) : host.Folders.Artifacts;
        string path = result.GetValue(_name) is { } name ? Find(name, folder, host) : RunIndex.Write(folder);
        host.Output.WriteLine(host.Shorten(path));
        if (!result.GetValue(_print) && host.Terminal is not null && !Open(path))
            host.Error.WriteLine("There is no browser to open it with; open the file yourself.");
        return Task.FromResult(ExitCode.Done);
    }

    private static string Find(string name, string folder, CommandHost host)
    {
        string[] places =
        [
            Path.Combine(folder, name, RunFiles.Report), Path.Combine(folder, name + ".html"),
            Path.Combine(host.Resolve(name), RunFiles.Report), host.Resolve(name),
        ];
        if (places.FirstOrDefault(File.Exists) is { } found) return found;
        string[] known = !Directory.Exists(folder) ? [] : [.. Directory.EnumerateDirectories(folder)
            .Where(run => File.Exists(Path.Combine(run, RunFiles.Report))).Select(run => Path.GetFileName(run)!)
            .Order(StringComparer.Ordinal)];
        if (known.Length == 0) throw new FerException($"There is no report in {host.Shorten(folder)} yet; experiment and train write one.");
        throw new FerException(UsageErrors.Message($"There is no report of '{name}' in {host.Shorten(folder)}.", name, known));
    }

    /// <summary>True where something was started that shows the file.</summary>
    private static bool Open(string path)
    {
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo(path) { UseShellExecute = true }
            : new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [path])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
        try
        {
            using var opener = Process.Start(start);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
