using System.CommandLine;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>The trained networks of others that transfer learning goes on from.</summary>
internal sealed class BackboneCommand : ICommand
{
    public string Name => "backbone";

    public string Description => "Adds and lists the trained ONNX networks that 'train --fine-tune' goes on from. Nothing is downloaded.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("backbone list", "what is there, and what else is known by name"),
        ("backbone add ResnetV250 resnet50-v2-7.onnx", "checks the published checksum, reads the network and keeps a copy"),
    ];

    public IEnumerable<Option> Options => [];

    public IReadOnlyList<ICommand> Subcommands { get; } = [new BackboneAddCommand(), new BackboneListCommand()];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken) =>
        Task.FromResult(ExitCode.WrongUsage);
}
