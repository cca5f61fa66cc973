using System.CommandLine;
using System.CommandLine.Invocation;
using Fer.Pipeline;

namespace Fer.Shell;

/// <summary>Parses the arguments, runs the command and turns every outcome into an exit code and, at most, one message.</summary>
internal static class CommandLineProgram
{
    /// <summary>Where it is 1, an unexpected error is shown with its stack trace.</summary>
    internal const string DebugVariable = "FER_DEBUG";

    /// <summary>Time that a cancelled command has to stop by itself where it need not.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    /// <summary>Runs the command line.</summary>
    /// <param name="arguments">The arguments after the program's name.</param>
    /// <param name="host">Where to write.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="cancellationToken">Cancelled when the user wants to stop.</param>
    /// <param name="program">What the program is called; null is <c>fer</c>, as the user calls it.</param>
    internal static async Task<int> RunAsync(
        string[] arguments, CommandHost host, IEnumerable<ICommand> commands, CancellationToken cancellationToken,
        ProgramText? program = null)
    {
        program ??= ProgramText.Fer with { Name = host.Invocation };
        try
        {
            var root = new RootCommand(program.Description) { HelpName = program.Name };
            foreach (var command in commands) root.Add(Build(command, host, IsBare(command, commands, arguments)));
            Help.Attach(root, program);
            // Response files (@file) would make a file name that begins with @ an instruction.
            var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
            bool informs = parsed.Action is not null && parsed.Action is not ParseErrorAction && parsed.Action.ClearsParseErrors;
            if (!informs && UsageErrors.Find(parsed) is { Count: > 0 } errors)
            {
                foreach (string error in errors) await host.Error.WriteLineAsync(error).ConfigureAwait(false);
                string command = TypedCommand.Path(parsed.CommandResult.Command);
                await host.Error.WriteLineAsync($"'{command} --help' shows all options, with examples.").ConfigureAwait(false);
                return ExitCode.WrongUsage;
            }
            if (!informs)
                foreach (string warning in UsageWarnings.Find(parsed, Environment.ProcessorCount)) host.Error.WriteLine(warning);
            var invocation = new InvocationConfiguration
            {
                Output = host.Output,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                // Ctrl+C is handled by StopKeys, which gives a command the time it needs to save.
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
        }
        catch (FerUsageException e)
        {
            await host.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.WrongUsage;
        }
        catch (OperationCanceledException)
        {
            await host.Error.WriteLineAsync("Cancelled.").ConfigureAwait(false);
            return ExitCode.Cancelled;
        }
        catch (FerException e)
        {
            await host.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            if (WantsDetails) await host.Error.WriteLineAsync(e.ToString()).ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (AnswerLostException e)
        {
            await host.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Failed;
        }
        catch (Exception e)
        {
            string brief = $"Unexpected {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")} (set {DebugVariable}=1 for the details)";
            await host.Error.WriteLineAsync(WantsDetails ? e.ToString() : brief).ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    /// <summary>Runs a command; one that ends at once has a moment to stop by itself, and is then left behind.</summary>
    private static async Task<int> StartAsync(ICommand command, ParseResult result, CommandHost host, CancellationToken cancellation)
    {
        if (!command.EndsAtOnce) return await command.RunAsync(result, host, cancellation).ConfigureAwait(false);
        var running = Task.Run(() => command.RunAsync(result, host, cancellation), CancellationToken.None);
        try
        {
            return await running.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            var first = await Task.WhenAny(running, Task.Delay(Moment, CancellationToken.None)).ConfigureAwait(false);
            if (first == running) return await running.ConfigureAwait(false);
            throw;
        }
    }

    private static bool WantsDetails => Environment.GetEnvironmentVariable(DebugVariable) == "1";

    /// <summary>True where a command's options are not asked for, because another command or the program's own help is.</summary>
    private static bool IsBare(ICommand command, IEnumerable<ICommand> commands, string[] arguments) => arguments is [var first, ..]
        && first != command.Name && (first is "--help" or "-h" or "-?" or "--version" || commands.Any(other => other.Name == first));

    private static Command Build(ICommand command, CommandHost host, bool isBare = false)
    {
        var built = new Command(command.Name, command.Description);
        // Creating a few hundred options is half of what the program's help takes.
        if (!isBare)
            foreach (var option in command.Options) built.Add(option);
        foreach (var argument in command.Arguments) built.Add(argument);
        foreach (var below in command.Subcommands) built.Add(Build(below, host));
        if (command.Subcommands.Count == 0) built.SetAction((result, cancellation) => StartAsync(command, result, host, cancellation));
        Help.AddExamples(built, command.Examples);
        return built;
    }
}
