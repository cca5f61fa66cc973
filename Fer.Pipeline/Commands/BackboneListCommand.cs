using System.CommandLine;
using System.Globalization;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline.Models;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Lists the backbones that are there and those that are known.</summary>
internal sealed class BackboneListCommand : ICommand
{
    private readonly Option<string?> _folder = BackboneOptions.Folder();
    private readonly Option<bool> _json = Values.Flag("--json", "The backbones that are there as JSON");

    public string Name => "list";

    public string Description => "Lists the backbones that are there, and published ones that are known by name.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } = [("backbone list", "both lists")];

    public IEnumerable<Option> Options => [_folder, _json];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        var store = new BackboneStore(BackboneOptions.FolderOf(result, _folder, host));
        BackboneEntry[] entries = [.. store.Names.Select(store.Entry)];
        if (result.GetValue(_json)) WriteJson(host.Output, entries);
        else Write(host, store, entries);
        return Task.FromResult(ExitCode.Done);
    }

    private static void Write(CommandHost host, BackboneStore store, BackboneEntry[] entries)
    {
        host.Output.WriteLine(entries.Length == 0 ? $"No backbone in {host.Shorten(store.Folder)}." : $"In {host.Shorten(store.Folder)}:");
        if (entries.Length > 0)
        {
            var table = new PlainTable("name", "input", "preprocessing", "features", "M parameters", "M multiply-accumulates");
            foreach (var e in entries)
            {
                string millions = (e.Parameters / 1e6).ToString("F2", CultureInfo.InvariantCulture);
                table.Add(e.Name, e.Input, e.Preprocessing, Text(e.Features), millions, Text(e.MultiplyAccumulates / 1_000_000));
            }
            table.Write(host.Output);
        }
        host.Output.WriteLine();
        host.Output.WriteLine($"Known by name (get the file, then '{host.Invocation} backbone add NAME FILE'):");
        var known = new PlainTable("name", "file", "input", "licence", "published at");
        foreach (var k in KnownBackbone.All) known.Add(k.Name, k.File, k.Input, k.License, k.Source);
        known.Write(host.Output);
    }

    private static void WriteJson(TextWriter output, BackboneEntry[] entries) => output.WriteLine(JsonText.Write(w =>
    {
        w.WriteStartArray();
        foreach (var e in entries)
        {
            w.WriteStartObject();
            w.WriteString("name", e.Name);
            w.WriteString("origin", e.Origin);
            w.WriteString("sha256", e.Sha256);
            w.WriteNumber("bytes", e.Bytes);
            w.WriteString("input", e.Input);
            w.WriteString("preprocessing", e.Preprocessing);
            w.WriteNumber("features", e.Features);
            w.WriteNumber("parameters", e.Parameters);
            w.WriteNumber("multiplyAccumulates", e.MultiplyAccumulates);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }, indented: true));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
