using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fer.Tests.Rules;

/// <summary>
/// Which file of <c>Fer.Pipeline</c> uses which: every name in the library's and the program's sources, resolved by the C# compiler's
/// semantic model, so that neither relative names nor <c>var</c> nor extension methods are missed. Names in doc comments do not count.
/// </summary>
internal sealed class SourceGraph
{
    private static readonly Lazy<SourceGraph> Shared = new(() => new SourceGraph());
    private readonly HashSet<(string From, string To)> _arrows = [];
    private readonly List<string> _unresolved = [];

    private SourceGraph()
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None);
        var usings = CSharpSyntaxTree.ParseText(GlobalUsings, options);
        var trees = Repository.Files("Fer.Pipeline", ".cs").Select(file => CSharpSyntaxTree.ParseText(file.Text, options, file.Path))
            .ToArray();
        // What the build made of the .proto file; it is named, and names nothing.
        var generated = CSharpSyntaxTree.ParseText(File.ReadAllText(GeneratedProto), options);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is not ("fer.dll" or "Fer.Pipeline.dll" or "Fer.Tests.dll" or "Fer.Notebooks.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Sources", [usings, generated, .. trees], references, new CSharpCompilationOptions(
            OutputKind.ConsoleApplication, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        Files = [.. trees.Select(tree => tree.FilePath)];
        foreach (var tree in trees) Walk(compilation.GetSemanticModel(tree));
    }

    /// <summary>The graph of the sources as they are.</summary>
    internal static SourceGraph Current => Shared.Value;

    /// <summary>
    /// The names that the compiler could not resolve, by file and line: what is behind them would be missed. The compiler's own
    /// diagnostics would say the same, and bind every body a second time.
    /// </summary>
    internal IReadOnlyList<string> Unresolved => _unresolved;

    /// <summary>The sources, by path from the top level.</summary>
    internal IReadOnlyList<string> Files { get; }

    /// <summary>A file and another whose types it names.</summary>
    internal IReadOnlyCollection<(string From, string To)> Arrows => _arrows;

    private void Walk(SemanticModel model)
    {
        string from = model.SyntaxTree.FilePath;
        foreach (var node in model.SyntaxTree.GetRoot().DescendantNodes())
        {
            if (node is not (SimpleNameSyntax or BaseObjectCreationExpressionSyntax or ElementAccessExpressionSyntax)) continue;
            var found = model.GetSymbolInfo(node);
            // The compiler knows these two without a symbol, and an alias is no name until it is used.
            if (found.Symbol is null
                && node is SimpleNameSyntax { Identifier.Text: not ("nameof" or "unmanaged"), Parent: not NameEqualsSyntax } name)
                _unresolved.Add($"{from}:{name.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {name}");
            foreach (var symbol in found.Symbol is { } one ? [one] : found.CandidateSymbols.AsEnumerable())
            {
                if (TypeOf(symbol) is not { } type || type.Locations.Any(l => l.SourceTree == model.SyntaxTree)) continue;
                // A type in several files is where its main file is: the one with the shortest name.
                string? to = type.Locations.Select(l => l.SourceTree?.FilePath).Where(path => path is { Length: > 0 }).MinBy(
                    path => path!.Length);
                if (to is not null) _arrows.Add((from, to));
            }
        }
    }

    /// <summary>The outermost type that a symbol is or belongs to; null for what belongs to none.</summary>
    private static INamedTypeSymbol? TypeOf(ISymbol symbol)
    {
        if (symbol is IAliasSymbol alias) symbol = alias.Target;
        if (symbol is ILocalSymbol or IParameterSymbol or ITypeParameterSymbol or INamespaceSymbol) return null;
        if (symbol is IMethodSymbol { ReducedFrom: { } extension }) symbol = extension;
        var type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
        while (type?.ContainingType is { } outer) type = outer;
        return type?.OriginalDefinition;
    }

    /// <summary>
    /// Of the build that this test is part of: <c>bin/CONFIGURATION/FRAMEWORK</c> here is <c>obj/CONFIGURATION/FRAMEWORK</c> there.
    /// </summary>
    private static string GeneratedProto
    {
        get
        {
            string[] parts = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory).Split(Path.DirectorySeparatorChar);
            return Path.Combine([TestPaths.Root, "Fer.Pipeline", "Library", "obj", .. parts[^2..], "Networks", "Onnx", "Onnx.cs"]);
        }
    }

    /// <summary>What <c>ImplicitUsings</c> adds to each file of both projects, and the web SDK's reference to the program's.</summary>
    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;
}
