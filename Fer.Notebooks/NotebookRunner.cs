using System.Diagnostics;
using System.Text;
using Fer.Pipeline;

namespace Fer.Notebooks;

/// <summary>Runs a notebook from its first cell to its last and keeps the output of each.</summary>
internal static class NotebookRunner
{
    /// <summary>Runs all code cells. The cells' outputs are replaced.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="progress">Receives each code cell's number and time.</param>
    /// <param name="cancellation">Cancels the run; a cell that does not observe it is abandoned.</param>
    /// <exception cref="FerException">A cell failed: the message names notebook, cell and line, and the outputs so far are
    /// kept.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    internal static async Task RunAsync(Notebook notebook, Action<int, TimeSpan>? progress, CancellationToken cancellation)
    {
        foreach (var cell in notebook.Cells)
        {
            cell.Outputs = [];
            cell.ExecutionCount = null;
        }
        var outputs = new CellOutputs();
        var session = new ScriptSession(Path.GetDirectoryName(Path.GetFullPath(notebook.Path))!, new NotebookGlobals(outputs.Show));
        int count = 0;
        foreach (var cell in notebook.Cells.Where(cell => cell.IsCode))
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            try
            {
                string name = $"{Path.GetFileNameWithoutExtension(notebook.Path)}-cell{cell.Number}.csx";
                object? value = await Task.Run(() =>
                {
                    ConsoleCapture.Take(outputs.Print);
                    return session.RunAsync(cell.Source, name, cancellation);
                }, cancellation).WaitAsync(cancellation).ConfigureAwait(false);
                if (value is not null) outputs.Show(new("execute_result", DisplayFormatter.Format(value)));
            }
            catch (CellException e)
            {
                outputs.Show(CellOutput.Error(e.Message));
                string line = e.Line > 0 ? $", line {e.Line}" : "";
                throw new FerException($"{notebook.Path}: cell {cell.Number}{line}: {e.Message}", e);
            }
            finally
            {
                cell.Outputs = outputs.Take();
                cell.ExecutionCount = ++count;
            }
            progress?.Invoke(cell.Number, Stopwatch.GetElapsedTime(start));
        }
    }

    /// <summary>The output of the running cell so far; consecutive prints are one output.</summary>
    private sealed class CellOutputs
    {
        private readonly Lock _lock = new();
        private readonly List<CellOutput> _outputs = [];
        private readonly StringBuilder _printed = new();

        internal void Print(string text)
        {
            lock (_lock) _printed.Append(text.ReplaceLineEndings("\n"));
        }

        internal void Show(CellOutput output)
        {
            lock (_lock)
            {
                Flush();
                _outputs.Add(output);
            }
        }

        internal IReadOnlyList<CellOutput> Take()
        {
            lock (_lock)
            {
                Flush();
                CellOutput[] taken = [.. _outputs];
                _outputs.Clear();
                return taken;
            }
        }

        private void Flush()
        {
            if (_printed.Length == 0) return;
            _outputs.Add(CellOutput.Stream(_printed.ToString()));
            _printed.Clear();
        }
    }
}
