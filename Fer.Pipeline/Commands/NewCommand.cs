using System.CommandLine;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Starts what goes on without this program.</summary>
internal sealed class NewCommand : ICommand
{
    public string Name => "new";

    public string Description => "Writes a small project of your own that uses a model.";

    public IReadOnlyList<(string Arguments, string What)> Examples => NewConsumerCommand.Shown;

    public IEnumerable<Option> Options => [];

    public IReadOnlyList<ICommand> Subcommands { get; } = [new NewConsumerCommand()];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken) =>
        Task.FromResult(ExitCode.WrongUsage);
}
