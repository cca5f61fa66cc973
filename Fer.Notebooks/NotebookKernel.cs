using System.Reactive.Linq;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.PackageManagement;

namespace Fer.Notebooks;

/// <summary>
/// The C# kernel of .NET Interactive, the one that VS Code and Jupyter start, in this process: no port is opened and no other process
/// runs.
/// </summary>
internal sealed class NotebookKernel : IDisposable
{
    private readonly CompositeKernel _root = new();
    private readonly Queue<FileInfo> _extensions = new();

    internal NotebookKernel()
    {
        var csharp = new CSharpKernel().UseKernelHelpers().UseWho().UseValueSharing().UseNugetDirective((kernel, packages) =>
        {
            kernel.AddAssemblyReferences(packages.SelectMany(package => package.AssemblyPaths));
            foreach (var package in packages)
            {
                // Where a package puts what the kernel runs when it is taken.
                var script = new FileInfo(Path.Combine(package.PackageRoot ?? "", "interactive-extensions", "dotnet", "extension.dib"));
                if (script.Exists) _extensions.Enqueue(script);
            }
            return Task.CompletedTask;
        });
        _root.Add(csharp);
        _root.DefaultKernelName = csharp.Name;
        _root.UseImportMagicCommand();
    }

    public void Dispose() => _root.Dispose();

    /// <summary>Runs a cell.</summary>
    /// <param name="code">C#, with the kernel's directives.</param>
    /// <param name="cancellation">Cancels the cell; one that does not observe it is abandoned.</param>
    /// <returns>Its outputs in order; the last is an error where it failed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal async Task<IReadOnlyList<CellOutput>> RunAsync(string code, CancellationToken cancellation)
    {
        var outputs = new CellOutputs();
        using (_root.KernelEvents.Subscribe(outputs.Add))
        {
            await _root.SendAsync(new SubmitCode(code), cancellation).WaitAsync(cancellation).ConfigureAwait(false);
            while (_extensions.TryDequeue(out var script))
                await _root.LoadAndRunInteractiveDocument(script).WaitAsync(cancellation).ConfigureAwait(false);
        }
        cancellation.ThrowIfCancellationRequested();
        return outputs.All;
    }
}
