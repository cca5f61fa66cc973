using System.CommandLine;
using Fer.Shell;

namespace Fer.Notebooks;

/// <summary>Renders notebooks with their saved outputs as pages.</summary>
internal sealed class HtmlCommand : ICommand
{
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Notebooks; all of Fer.Notebooks by default",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> _output = Values.Text("--output", "Folder of the pages (default artifacts/notebooks/)", "FOLDER");

    public string Name => "html";

    public string Description => "Renders notebooks with their saved outputs: one self-contained page each.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } = [
        ("html Fer.Notebooks/01-explore.ipynb", "writes artifacts/notebooks/01-explore.html")];

    public IEnumerable<Option> Options => [_output];

    public IEnumerable<Argument> Arguments => [_files];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string folder = result.GetValue(_output) is { } given ? host.Resolve(given) : Path.Combine(host.Folders.Artifacts, "notebooks");
        foreach (string file in NotebookFiles.Find(result.GetValue(_files) ?? [], host))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string target = Path.Combine(folder, Path.GetFileNameWithoutExtension(file) + ".html");
            NotebookPage.Write(target, Notebook.Load(file));
            host.Output.WriteLine(host.Shorten(target));
        }
        return Task.FromResult(ExitCode.Done);
    }
}
