using System.CommandLine;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The option that says where backbones are.</summary>
internal static class BackboneOptions
{
    internal static Option<string?> Folder() =>
        Values.Text("--backbones", "Folder of the backbones (data/backbones where not given)", "FOLDER");

    internal static string FolderOf(ParseResult result, Option<string?> option, CommandHost host) =>
        result.GetValue(option) is { } folder ? host.Resolve(folder) : Path.Combine(host.Folders.Data, "backbones");
}
