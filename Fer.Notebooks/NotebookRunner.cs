using System.Diagnostics;
using System.Text.RegularExpressions;
using Fer.Pipeline;

namespace Fer.Notebooks;

/// <summary>Runs a notebook from its first cell to its last and keeps the output of each.</summary>
internal static partial class NotebookRunner
{
    // The kernel resolves `#r` against the folder of the process, which is one for all.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>Runs all code cells. The cells' outputs are replaced.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="parameters">Values, as C#, set after the cell with the tag <c>parameters</c>.</param>
    /// <param name="progress">Receives each code cell's number and time.</param>
    /// <param name="cancellation">Cancels the run; a cell that does not observe it is abandoned.</param>
    /// <exception cref="FerException">A cell failed: the message names notebook, cell and line, and the outputs so far are
    /// kept. Or there are parameters and no cell for them.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    internal static async Task RunAsync(Notebook notebook, IReadOnlyDictionary<string, string> parameters,
        Action<int, TimeSpan>? progress, CancellationToken cancellation)
    {
        if (parameters.Count > 0 && !notebook.Cells.Any(cell => cell.IsCode && cell.HasParameters))
        {
            throw new FerException($"{notebook.Path}: no code cell has the tag 'parameters', after which "
                + $"{string.Join(", ", parameters.Keys)} could be set.");
        }
        foreach (var cell in notebook.Cells)
        {
            cell.Outputs = [];
            cell.ExecutionCount = null;
        }
        await OneAtATime.WaitAsync(cancellation).ConfigureAwait(false);
        string before = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!);
            using var kernel = new NotebookKernel();
            int count = 0;
            foreach (var cell in notebook.Cells.Where(cell => cell.IsCode))
            {
                long start = Stopwatch.GetTimestamp();
                cell.ExecutionCount = ++count;
                cell.Outputs = await kernel.RunAsync(OwnBuild(cell.Source), cancellation).ConfigureAwait(false);
                Check(notebook, cell, cell.Outputs);
                if (cell.HasParameters && parameters.Count > 0)
                {
                    string values = string.Concat(parameters.Select(one => $"{one.Key} = {one.Value};\n"));
                    Check(notebook, cell, await kernel.RunAsync(values, cancellation).ConfigureAwait(false));
                }
                progress?.Invoke(cell.Number, Stopwatch.GetElapsedTime(start));
            }
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            OneAtATime.Release();
        }
    }

    /// <summary>
    /// The cell with the build that it takes by <c>#r</c> changed from Release, which the notebooks name, to that of this program, so that
    /// one build is enough.
    /// </summary>
    internal static string OwnBuild(string source)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory).Parent;
        return own?.Parent?.Name == "bin" ? ReleaseReference().Replace(source, $"${{1}}/bin/{own.Name}/") : source;
    }

    [GeneratedRegex("""^(\s*#r\s+"[^"\n]*)/bin/Release/""", RegexOptions.Multiline)]
    private static partial Regex ReleaseReference();

    private static void Check(Notebook notebook, NotebookCell cell, IReadOnlyList<CellOutput> outputs)
    {
        if (outputs.FirstOrDefault(output => output.IsError) is not { } error) return;
        string line = error.Line > 0 ? $", line {error.Line}" : "";
        throw new FerException($"{notebook.Path}: cell {cell.Number}{line}: {error.Text}");
    }
}
