using System.Text.Json;
using Fer.Pipeline;

namespace Fer.Bench;

/// <summary>Another program's figures for the same networks, read from JSON lines of the form that <c>bench --json</c> writes.</summary>
internal sealed class PeerFigures
{
    private readonly List<EngineFigure> _figures = [];

    /// <exception cref="FerException">The file is missing or a line is no figure; the message names the line.</exception>
    internal static PeerFigures Load(string path)
    {
        if (!File.Exists(path)) throw new FerException($"{path}: no such file. Give the JSON lines that the other program printed.");
        var peers = new PeerFigures();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var json = JsonDocument.Parse(line);
                var figure = json.RootElement;
                peers._figures.Add(new EngineFigure(
                    Text("net"), Text("mode"), Text("dtype"), figure.GetProperty("images_per_second").GetDouble()));

                string Text(string name) => figure.GetProperty(name).GetString()!;
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                const string example = """{"net":"rthin48","mode":"train","dtype":"fp32","images_per_second":100}""";
                throw new FerException($"{path}, line {number}: not a figure. A line is {example}.", e);
            }
        }
        return peers;
    }

    /// <summary>The peer's figures for the same network and mode, one for each number format it was run with.</summary>
    internal IEnumerable<EngineFigure> For(EngineFigure ours) => _figures.Where(f => f.Net == ours.Net && f.Mode == ours.Mode);
}
