using System.CommandLine;
using System.CommandLine.Parsing;
using Fer.Pipeline;
using Fer.Pipeline.Runs;

namespace Fer.Shell;

/// <summary>Stopped runs on the command line: what a run records of its command, and <c>--resume FOLDER</c>.</summary>
internal static class ResumedRun
{
    /// <summary>The option that resumes a stopped run.</summary>
    internal static Option<string?> ResumeOption() =>
        Values.Text("--resume", "Resumes the stopped run in this folder, to the same end; its options are kept", "FOLDER");

    /// <summary>The record of a command as it was typed.</summary>
    internal static RunRecord RecordOf(ParseResult result, CommandHost host) => new()
    {
        Command = result.CommandResult.Command.Name,
        Arguments = [.. result.Tokens.Select(t => t.Value).Skip(1)],
        CurrentFolder = host.CurrentFolder,
    };

    /// <summary>Says how a run continues that a full disk, say, has ended.</summary>
    internal static void Explain(string command, string folder, CommandHost host)
    {
        if (!File.Exists(Path.Combine(folder, RunRecord.FileName))) return;
        host.Error.WriteLine("Paused; what was saved is kept. Once the cause is gone, resume with: " +
            $"{host.Invocation} {command} --resume {host.Shorten(folder)}");
    }

    /// <summary>Parses again what a stopped run was started with.</summary>
    /// <param name="result">The command with its resume option.</param>
    /// <param name="host">Where the command runs.</param>
    /// <param name="folder">The stopped run's folder, as the user gave it.</param>
    /// <param name="allowed">Options that may stand beside the resume option.</param>
    /// <returns>The arguments of then, a host whose relative paths are those of then, and the folder, taken.</returns>
    /// <exception cref="FerException">There is no stopped run, or it is at work.</exception>
    /// <exception cref="FerUsageException">Other options stand beside it.</exception>
    internal static (ParseResult Result, CommandHost Host, RunLock Folder) Parse(
        ParseResult result, CommandHost host, string folder, params string[] allowed)
    {
        var given = result.CommandResult.Children.OfType<OptionResult>().Where(o => !o.Implicit).Select(o => o.Option.Name);
        if (given.FirstOrDefault(n => n != "--resume" && !allowed.Contains(n)) is { } extra)
            throw new FerUsageException(
                $"{extra} cannot stand beside --resume: a stopped run continues with the options that it began with.");
        if (result.CommandResult.Children.OfType<ArgumentResult>().FirstOrDefault(a => a.Tokens.Count > 0) is { } word)
            throw new FerUsageException(
                $"'{word.Tokens[0].Value}' cannot stand beside --resume: a stopped run continues with the data that it began with.");
        string path = host.Resolve(folder), shown = host.Shorten(path);
        // A folder that is not there must not be made by asking for it.
        if (!Directory.Exists(path)) RunRecord.Load(path, shown);
        var held = RunLock.Take(path, shown);
        try
        {
            var (again, then) = Again(result, host, path, shown);
            return (again, then, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static (ParseResult Result, CommandHost Host) Again(ParseResult result, CommandHost host, string path, string shown)
    {
        var record = RunRecord.Load(path, shown);
        string name = result.CommandResult.Command.Name;
        if (record.Command.Length == 0)
            throw new FerException($"{shown} is the run of another program, which alone knows its options. Resume it from there.");
        if (record.Command != name)
        {
            string how = $"{host.Invocation} {record.Command} --resume {shown}";
            throw new FerException($"{shown} is a run of '{record.Command}'. Resume it with: {how}");
        }
        var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        var again = result.RootCommandResult.Command.Parse([name, .. record.Arguments], configuration);
        if (again.Errors.Count > 0)
            throw new FerException($"{path}: the arguments of the run are not understood ({again.Errors[0].Message}).");
        return (again, host with { CurrentFolder = record.CurrentFolder });
    }
}
