using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Classification;
using Microsoft.CodeAnalysis.Text;

namespace Fer.Notebooks;

/// <summary>C# as HTML with its words coloured as the compiler's own classifier sees them.</summary>
internal static class CodeHtml
{
    /// <summary>Colours for light and dark pages, each with a contrast of at least 4.5 to the code's background.</summary>
    internal const string Css = """
        .k{color:#0b5cad}.s{color:#a31515}.c{color:#4b6b34}.n{color:#7a3e9d}.t{color:#00695c}
        @media (prefers-color-scheme:dark){.k{color:#74b9f2}.s{color:#f2a58c}.c{color:#9ccc7f}.n{color:#d3a6ee}.t{color:#6fd3bd}}

        """;

    internal static string Convert(string code)
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, "cell", "cell",
            LanguageNames.CSharp, parseOptions: new Microsoft.CodeAnalysis.CSharp.CSharpParseOptions(kind: SourceCodeKind.Script)));
        var document = workspace.AddDocument(project.Id, "cell.csx", SourceText.From(code));
        var spans = Classifier.GetClassifiedSpansAsync(document, new TextSpan(0, code.Length)).GetAwaiter().GetResult();
        var html = new StringBuilder();
        int at = 0;
        foreach (var span in spans.Where(span => Class(span.ClassificationType) is not null).OrderBy(span => span.TextSpan.Start))
        {
            if (span.TextSpan.Start < at) continue;
            html.Append(WebUtility.HtmlEncode(code[at..span.TextSpan.Start])).Append("<span class=\"")
                .Append(Class(span.ClassificationType)).Append("\">")
                .Append(WebUtility.HtmlEncode(code[span.TextSpan.Start..span.TextSpan.End])).Append("</span>");
            at = span.TextSpan.End;
        }
        return html.Append(WebUtility.HtmlEncode(code[at..])).ToString();
    }

    private static string? Class(string classification) => classification switch
    {
        ClassificationTypeNames.Keyword or ClassificationTypeNames.ControlKeyword or ClassificationTypeNames.PreprocessorKeyword => "k",
        ClassificationTypeNames.StringLiteral or ClassificationTypeNames.VerbatimStringLiteral => "s",
        ClassificationTypeNames.Comment => "c",
        ClassificationTypeNames.NumericLiteral => "n",
        ClassificationTypeNames.ClassName or ClassificationTypeNames.RecordClassName or ClassificationTypeNames.StructName => "t",
        _ => null,
    };
}
