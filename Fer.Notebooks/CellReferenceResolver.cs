using System.Collections.Immutable;
using Fer.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Fer.Notebooks;

/// <summary>
/// Finds what <c>#r</c> names. The project's own library is the one this program runs with, wherever the notebook says it was built, so that
/// there is only one of it.
/// </summary>
internal sealed class CellReferenceResolver(string folder) : MetadataReferenceResolver
{
    private readonly MetadataReferenceResolver _files = ScriptMetadataResolver.Default.WithBaseDirectory(folder);

    /// <summary>The .NET runtime's libraries, ML.NET's and the project's.</summary>
    internal static ImmutableArray<MetadataReference> Platform { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.ML.", StringComparison.Ordinal)
                || name is "mscorlib.dll" or "netstandard.dll" or "Microsoft.Data.Analysis.dll" or "SkiaSharp.dll"))
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(FerException).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(NotebookGlobals).Assembly.Location),
    ];

    public override bool ResolveMissingAssemblies => false;

    public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        if (Path.GetFileName(reference) == Path.GetFileName(typeof(FerException).Assembly.Location))
            return [MetadataReference.CreateFromFile(typeof(FerException).Assembly.Location, properties)];
        // Packages are not fetched while a notebook runs: a missing one is reported as such by the compiler.
        return reference.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase) ? [] : _files.ResolveReference(reference, null, properties);
    }

    public override bool Equals(object? other) => other is CellReferenceResolver resolver && resolver._files.Equals(_files);

    public override int GetHashCode() => _files.GetHashCode();
}
