using System.CommandLine;
using Fer.Shell;

namespace Fer.Notebooks;

/// <summary>Takes pictures out of notebooks that another program, such as VS Code, ran and saved.</summary>
internal sealed class StripCommand : ICommand
{
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Notebooks; all of Fer.Notebooks by default",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public string Name => "strip";

    public string Description => "Takes pictures of faces, and the kernel's script, out of saved notebooks, so that they can be committed.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
        [("strip", "after running notebooks in VS Code or JupyterLab, before committing them")];

    public IEnumerable<Option> Options => [];

    public IEnumerable<Argument> Arguments => [_files];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        foreach (string file in NotebookFiles.Find(result.GetValue(_files) ?? [], host))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var notebook = Notebook.Load(file);
            int pictures = notebook.Cells.Sum(cell => cell.Outputs.Count(Pictures.IsPicture));
            notebook.StripPictures();
            if (File.ReadAllText(file) != notebook.ToJson()) notebook.Save(file);
            host.Output.WriteLine($"{host.Shorten(file)}: {(pictures == 1 ? "1 picture" : $"{pictures} pictures")} taken out");
        }
        return Task.FromResult(ExitCode.Done);
    }
}
