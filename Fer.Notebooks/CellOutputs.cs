using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Events;

namespace Fer.Notebooks;

/// <summary>The outputs of a running cell, from the kernel's events; consecutive prints are one output.</summary>
internal sealed class CellOutputs
{
    private readonly Lock _lock = new();
    private readonly List<(string? Id, CellOutput Output)> _outputs = [];
    private readonly StringBuilder _printed = new();
    private string _stream = "";
    private int _line;

    internal IReadOnlyList<CellOutput> All
    {
        get
        {
            lock (_lock)
            {
                Flush();
                return [.. _outputs.Select(one => one.Output)];
            }
        }
    }

    internal void Add(KernelEvent happened)
    {
        lock (_lock)
        {
            switch (happened)
            {
                case StandardOutputValueProduced printed:
                    Print("stdout", printed);
                    break;
                case StandardErrorValueProduced printed:
                    Print("stderr", printed);
                    break;
                case DisplayedValueUpdated updated:
                    int at = _outputs.FindIndex(one => one.Id is not null && one.Id == updated.ValueId);
                    if (at >= 0) _outputs[at] = (updated.ValueId, Shown("display_data", updated));
                    break;
                case ReturnValueProduced returned:
                    Show(null, Shown("execute_result", returned));
                    break;
                case DisplayedValueProduced displayed:
                    Show(displayed.ValueId, Shown("display_data", displayed));
                    break;
                case DiagnosticsProduced diagnostics:
                    // The kernel counts lines from 0.
                    var first = diagnostics.Diagnostics.FirstOrDefault(one => one.Severity == DiagnosticSeverity.Error);
                    _line = first is null ? 0 : first.LinePositionSpan.Start.Line + 1;
                    break;
                case CommandFailed failed:
                    Show(null, CellOutput.Error(Reason(failed), _line));
                    break;
            }
        }
    }

    private static string Reason(CommandFailed failed)
    {
        // What the compiler says comes with its own place: "(1,9): error CS1525: Invalid expression term ';'".
        if (failed.Exception is null or CodeSubmissionCompilationErrorException)
            return string.Join("; ", failed.Message.Split('\n').Select(CompilerText).Where(line => line.Length > 0).Take(3));
        var cause = failed.Exception;
        while (cause is AggregateException or TargetInvocationException && cause.InnerException is { } inner) cause = inner;
        // The library's own errors are written for a reader; the notebook's copy of the library has its own type.
        string type = cause.GetType().FullName ?? cause.GetType().Name;
        return type.StartsWith("Fer.Pipeline.", StringComparison.Ordinal) ? cause.Message : $"{cause.GetType().Name}: {cause.Message}";
    }

    private static string CompilerText(string line)
    {
        int at = line.IndexOf("error ", StringComparison.Ordinal);
        return (at >= 0 ? line[(at + "error ".Length)..] : line).Trim();
    }

    private static CellOutput Shown(string kind, DisplayEvent shown) =>
        new(kind, shown.FormattedValues.GroupBy(form => form.MimeType).ToDictionary(group => group.Key, group => group.First().Value));

    private void Print(string stream, DisplayEvent printed)
    {
        if (stream != _stream) Flush();
        _stream = stream;
        foreach (var form in printed.FormattedValues) _printed.Append(form.Value.ReplaceLineEndings("\n"));
    }

    private void Show(string? id, CellOutput output)
    {
        Flush();
        _outputs.Add((id, output));
    }

    private void Flush()
    {
        if (_printed.Length == 0) return;
        _outputs.Add((null, CellOutput.Stream(_printed.ToString(), _stream)));
        _printed.Clear();
    }
}
