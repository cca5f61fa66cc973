using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Fer.Pipeline;

namespace Fer.Shell;

/// <summary>
/// What a run that can be stopped leaves in its folder while it goes on: the arguments it was started with, and the folder they count from, so that
/// <c>--resume FOLDER</c> needs nothing else.
/// </summary>
/// <param name="Command">The command's name.</param>
/// <param name="Arguments">The arguments after it.</param>
/// <param name="CurrentFolder">The folder that relative paths in them start from.</param>
internal sealed record RunRecord(string Command, IReadOnlyList<string> Arguments, string CurrentFolder)
{
    internal const string FileName = "run.json", CheckpointFolder = "checkpoint";

    private const int MostBytes = 1 << 20;
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 8 };

    /// <summary>The option that goes on with a stopped run.</summary>
    internal static Option<string?> ResumeOption() => Values.Text("--resume", "Goes on with the stopped run in this folder, to the same end; its options are kept", "FOLDER");

    /// <summary>The record of a command as it was typed.</summary>
    internal static RunRecord Of(ParseResult result, CommandHost host) =>
        new(result.CommandResult.Command.Name, [.. result.Tokens.Select(t => t.Value).Skip(1)], host.CurrentFolder);

    internal static void Save(string folder, RunRecord record) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, record, Json));

    /// <summary>Parses again what a stopped run was started with.</summary>
    /// <param name="result">The command with its resume option.</param>
    /// <param name="host">Where the command runs.</param>
    /// <param name="folder">The stopped run's folder, as the user gave it.</param>
    /// <param name="allowed">Options that may stand beside the resume option.</param>
    /// <returns>The arguments of then, and a host whose relative paths are those of then.</returns>
    /// <exception cref="FerException">There is no stopped run.</exception>
    /// <exception cref="FerUsageException">Other options stand beside it.</exception>
    internal static (ParseResult Result, CommandHost Host, string Folder) Resume(ParseResult result, CommandHost host, string folder, params string[] allowed)
    {
        var extra = result.CommandResult.Children.OfType<OptionResult>().Where(o => !o.Implicit && o.Option.Name != "--resume" && !allowed.Contains(o.Option.Name)).ToArray();
        if (extra.Length > 0)
            throw new FerUsageException($"{extra[0].Option.Name} cannot stand beside --resume: a stopped run goes on with the options that it began with.");
        string path = host.Resolve(folder), file = Path.Combine(path, FileName);
        var record = Load(file, host.Shorten(path));
        string name = result.CommandResult.Command.Name;
        if (record.Command != name) throw new FerException($"{host.Shorten(path)} is a run of 'fer {record.Command}'. Go on with: fer {record.Command} --resume {host.Shorten(path)}");
        var again = result.RootCommandResult.Command.Parse([name, .. record.Arguments], new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (again.Errors.Count > 0) throw new FerException($"{file}: its arguments are not understood ({again.Errors[0].Message}).");
        return (again, host with { CurrentFolder = record.CurrentFolder }, path);
    }

    private static RunRecord Load(string file, string folder)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MostBytes) throw new JsonException();
            return JsonSerializer.Deserialize<RunRecord>(stream, Json) ?? throw new JsonException();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FerException($"{folder}: there is no stopped run here. Give the folder of a run that was stopped; one that ended has nothing to go on with.", e);
        }
        catch (JsonException e)
        {
            throw new FerException($"{file}: not the record of a run. Start the run anew.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{file}: cannot be read ({e.Message}).", e);
        }
    }

    /// <summary>Removes what only a stopped run needs, once the run has come to its end.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="others">Further files of an earlier run to remove.</param>
    internal static void Delete(string folder, params string[] others)
    {
        if (!Directory.Exists(folder)) return;
        try
        {
            foreach (string name in others.Append(FileName)) File.Delete(Path.Combine(folder, name));
            string checkpoints = Path.Combine(folder, CheckpointFolder);
            if (Directory.Exists(checkpoints)) Directory.Delete(checkpoints, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{folder}: the checkpoints cannot be removed ({e.Message}).", e);
        }
    }
}
