using System.CommandLine;
using Fer.Shell;

namespace Fer.Notebooks;

/// <summary>Makes the kernel known to Jupyter and to VS Code's Jupyter extension.</summary>
internal sealed class InstallCommand : ICommand
{
    private readonly Option<string?> _path = Values.Text("--path",
        "Folder of kernels (default: the user's, share/jupyter/kernels in the home folder on Linux)", "FOLDER");

    public string Name => "install";

    public string Description => "Makes the C# kernel known to Jupyter and to VS Code's Jupyter extension.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("install", "after `dotnet tool restore`: the kernel \".NET (C#)\" can be chosen for notebooks"),
        ("install --path kernels", "writes kernels/.net-csharp/kernel.json"),
    ];

    public IEnumerable<Option> Options => [_path];

    public IEnumerable<Argument> Arguments => [];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string kernels = result.GetValue(_path) is { } given ? host.Resolve(given) : KernelSpec.UserFolder();
        string program = KernelSpec.FindProgram(Path.Combine(host.Folders.Top, ".config", "dotnet-tools.json"));
        string written = KernelSpec.Write(kernels, program);
        host.Output.WriteLine(host.Shorten(written));
        return Task.FromResult(ExitCode.Done);
    }
}
