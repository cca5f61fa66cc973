using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using Fer.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Fer.Notebooks;

/// <summary>The running state of one notebook: cells see the usings, variables, types and references of those before them.</summary>
internal sealed class ScriptSession
{
    private static readonly string[] Usings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading",
        "System.Threading.Tasks"];

    private readonly NotebookGlobals _globals;
    private readonly ScriptOptions _options;
    private ScriptState<object>? _state;

    /// <param name="folder">The folder that <c>#r</c> paths are relative to.</param>
    /// <param name="globals">What cells may call.</param>
    internal ScriptSession(string folder, NotebookGlobals globals)
    {
        _globals = globals;
        _options = ScriptOptions.Default
            .WithMetadataResolver(new CellReferenceResolver(folder))
            .WithReferences(CellReferenceResolver.Platform)
            .WithImports(Usings)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(System.Text.Encoding.UTF8)
            .WithLanguageVersion(Microsoft.CodeAnalysis.CSharp.LanguageVersion.Latest);
    }

    /// <summary>Runs a cell and returns the value of its last expression, if it ends in one without a semicolon.</summary>
    /// <exception cref="CellException">The cell does not compile or threw an exception; the message names the line.</exception>
    internal async Task<object?> RunAsync(string source, string name, CancellationToken cancellation)
    {
        var options = _options.WithFilePath(name);
        var script = _state is null ? CSharpScript.Create<object>(source, options, typeof(NotebookGlobals))
            : _state.Script.ContinueWith<object>(source, options);
        var errors = script.Compile(cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToImmutableArray();
        if (errors.Length > 0)
        {
            var first = errors[0].Location.GetLineSpan().StartLinePosition;
            throw new CellException(
                first.Line + 1,
                string.Join("; ",
                    errors.Take(3).Select(error => $"{error.Id}: {error.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}")));
        }
        try
        {
            _state = _state is null ? await script.RunAsync(_globals, cancellation).ConfigureAwait(false)
                : await script.RunFromAsync(_state, cancellation).ConfigureAwait(false);
            return _state.ReturnValue;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            var cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            throw new CellException(LineOf(cause, name), cause is FerException ? cause.Message : $"{cause.GetType().Name}: {cause.Message}",
                cause);
        }
    }

    /// <summary>The line of the cell that the exception passed through; 0 if unknown.</summary>
    private static int LineOf(Exception exception, string name) =>
        new StackTrace(exception, fNeedFileInfo: true).GetFrames().FirstOrDefault(frame => frame.GetFileName() == name)?.GetFileLineNumber()
            ?? 0;
}

/// <summary>A cell that does not compile or throws.</summary>
/// <param name="line">The line in the cell, from 1; 0 if unknown.</param>
/// <param name="message">What went wrong.</param>
/// <param name="inner">The underlying exception.</param>
internal sealed class CellException(int line, string message, Exception? inner = null) : Exception(message, inner)
{
    internal int Line => line;
}
