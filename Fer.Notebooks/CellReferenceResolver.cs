using System.Collections.Immutable;
using Fer.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Fer.Notebooks;

/// <summary>
/// Resolves <c>#r</c>. A reference to the project's own library resolves to the one this program runs with, wherever the notebook says it
/// was built, so that it is loaded only once.
/// </summary>
internal sealed class CellReferenceResolver(string folder) : MetadataReferenceResolver
{
    private readonly MetadataReferenceResolver _files = ScriptMetadataResolver.Default.WithBaseDirectory(folder);

    /// <summary>The libraries of the .NET runtime, ML.NET and the project.</summary>
    internal static ImmutableArray<MetadataReference> Platform { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.ML.", StringComparison.Ordinal)
                || name is "mscorlib.dll" or "netstandard.dll" or "Microsoft.Data.Analysis.dll" or "SkiaSharp.dll"))
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(FerException).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(NotebookGlobals).Assembly.Location),
    ];

    public override bool ResolveMissingAssemblies => false;

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        if (Path.GetFileName(reference) == Path.GetFileName(typeof(FerException).Assembly.Location))
            return [MetadataReference.CreateFromFile(typeof(FerException).Assembly.Location, properties)];
        // Packages are not downloaded while a notebook runs: the compiler reports a missing one.
        return reference.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase) ? []
            : _files.ResolveReference(reference, null, properties);
    }

    public override bool Equals(object? other) => other is CellReferenceResolver resolver && resolver._files.Equals(_files);

    public override int GetHashCode() => _files.GetHashCode();
}
