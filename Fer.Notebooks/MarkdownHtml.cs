using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Fer.Notebooks;

/// <summary>The Markdown of notebooks as HTML. HTML inside Markdown is shown as text, and only links of the web are followed.</summary>
internal static class MarkdownHtml
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().Build();

    internal static string Convert(string markdown)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().Where(link => !IsSafe(link.Url))) link.Url = "";
        foreach (var link in document.Descendants<AutolinkInline>().Where(link => !link.IsEmail && !IsSafe(link.Url))) link.Url = "";
        return document.ToHtml(Pipeline);
    }

    private static bool IsSafe(string? url) => Uri.TryCreate(url, UriKind.RelativeOrAbsolute, out var uri)
        && (!uri.IsAbsoluteUri || uri.Scheme is "http" or "https" or "mailto");
}
