using System.Globalization;
using System.Text.Json;

namespace Fer.Tests.Rules;

/// <summary>What the pages say of docs/benchmarks/speed.jsonl, which measure.sh beside it writes.</summary>
internal static class SpeedFigures
{
    internal const string Ours = "FerMl", Stored = "docs/benchmarks/speed.jsonl";

    private static readonly string[] Modes = ["train", "infer"];

    internal static string Sentence(IReadOnlyList<Figure> figures)
    {
        var peers = Peers(figures).Where(p => p.Dtype == "fp32").Select(peer =>
        {
            double[] ratios = [.. Nets(figures).Select(net => Ratio(figures, peer, net, "train")).OfType<double>()];
            return Text($"{ratios.Min():F2} to {ratios.Max():F2} times as fast as {peer.Program}");
        });
        return $"Training is {string.Join(" and ", peers)}, in 32-bit floats on the same two processors in one run";
    }

    internal static string Table(IReadOnlyList<Figure> figures)
    {
        var peers = Peers(figures);
        string heads = string.Concat(peers.Select(p => $" {p.Program}{(p.Dtype == "fp32" ? "" : $" in {p.Dtype}")} | ratio |"));
        string rule = string.Concat(peers.Select(_ => " --- | --- |"));
        var lines = new List<string> { $"| network | mode | {Ours} |{heads}", $"| --- | --- | --- |{rule}" };
        foreach (string mode in Modes)
            foreach (string net in Nets(figures))
            {
                if (Figure.Best(figures, Ours, "fp32", net, mode) is not { } ours) continue;
                var cells = peers.Select(p => Figure.Best(figures, p.Program, p.Dtype, net, mode) is { } theirs
                    ? Text($" {Number(theirs)} | {ours / theirs:F2} |") : " | |");
                lines.Add(Text($"| `{net}` | {mode} | {Number(ours)} |{string.Concat(cells)}"));
            }
        return $"\n\n{string.Join('\n', lines)}\n\n";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(value < 100 ? "F1" : "N0", CultureInfo.InvariantCulture);

    private static double? Ratio(IReadOnlyList<Figure> figures, (string Program, string Dtype) peer, string net, string mode) =>
        Figure.Best(figures, Ours, "fp32", net, mode) / Figure.Best(figures, peer.Program, peer.Dtype, net, mode);

    private static IReadOnlyList<string> Nets(IReadOnlyList<Figure> figures) => [.. figures.Select(f => f.Net).Distinct()];

    private static IReadOnlyList<(string Program, string Dtype)> Peers(IReadOnlyList<Figure> figures) =>
        [.. figures.Where(f => f.Program != Ours).Select(f => (f.Program, f.Dtype)).Distinct()];

    internal sealed record Figure(string Program, string Net, string Mode, string Dtype, double ImagesPerSecond, int Round)
    {
        internal static IReadOnlyList<Figure> Read(string path) => [.. File.ReadLines(path).Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            var figure = json.RootElement;
            return new Figure(Text("program"), Text("net"), Text("mode"), Text("dtype"),
                figure.GetProperty("images_per_second").GetDouble(), figure.GetProperty("round").GetInt32());

            string Text(string name) => figure.GetProperty(name).GetString()!;
        })];

        /// <summary>The best round: what disturbs a shared machine only takes speed away.</summary>
        internal static double? Best(IReadOnlyList<Figure> figures, string program, string dtype, string net, string mode) =>
            figures.Where(f => (f.Program, f.Dtype, f.Net, f.Mode) == (program, dtype, net, mode))
                .Max(f => (double?)f.ImagesPerSecond);
    }
}
