using System.Globalization;
using Fer.Pipeline;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Output;

/// <summary>What a run came to, class by class, and what to do next.</summary>
internal static class RunSummary
{
    private const int BarWidth = 24;

    /// <summary>Writes it.</summary>
    /// <param name="host">Where to, and how the user starts the program.</param>
    /// <param name="done">The run.</param>
    /// <param name="remark">What stands behind macro F1, in brackets; null is nothing.</param>
    /// <param name="knowsPhotographs">False for a model of drawn faces.</param>
    internal static void Write(CommandHost host, FaceRunResult done, string? remark, bool knowsPhotographs)
    {
        var (metrics, output) = (done.Metrics, host.Output);
        var interval = metrics.AccuracyInterval;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Validation accuracy {metrics.Accuracy:F4} ({interval.Lower:F4} to {interval.Upper:F4}), macro F1 {metrics.MacroF1:F4}" +
            $"{(remark is null ? "" : $" ({remark})")}, after {TrialText.Duration(done.Elapsed)}"));
        if (Views(done) is { } views) output.WriteLine(views);
        output.WriteLine();
        Classes(output, metrics);
        output.WriteLine();
        string?[] files = [done.ModelPath, done.TrialsPath, done.ReportPath];
        foreach (string file in files.OfType<string>()) output.WriteLine($"  {host.Shorten(file)}");
        Index(host, done);
        output.WriteLine();
        output.WriteLine("Next:");
        string folder = host.Shorten(done.Folder), name = Path.GetFileName(done.Folder);
        bool isNamed = Path.GetDirectoryName(Path.GetFullPath(done.Folder)) == Path.GetFullPath(host.Folders.Artifacts);
        string model = isNamed ? "" : $" --model {host.Shorten(done.ModelPath)}";
        string?[] next =
        [
            $"{host.Invocation} report {(isNamed ? name : folder)}",
            knowsPhotographs ? $"{host.Invocation} predict photo.jpg{model}" : null,
            knowsPhotographs ? $"{host.Invocation} serve{model}" : null,
        ];
        foreach (string command in next.OfType<string>()) output.WriteLine($"  {command}");
        if (!knowsPhotographs)
            output.WriteLine("It has only seen drawn faces. For photographs, train on FER2013 or take the model that comes with FerMl.");
    }

    /// <summary>Brings the page that lists all runs up to date; the run itself is complete without.</summary>
    private static void Index(CommandHost host, FaceRunResult done)
    {
        try
        {
            RunIndex.Write(Path.GetDirectoryName(Path.GetFullPath(done.Folder))!);
        }
        catch (FerException e)
        {
            host.Error.WriteLine(e.Message);
        }
    }

    /// <summary>A line a class: how many of its faces were named rightly.</summary>
    private static void Classes(TextWriter output, FaceClassificationMetrics metrics)
    {
        int width = metrics.PerClass.Max(c => c.Name.Length);
        foreach (var c in metrics.PerClass)
        {
            int filled = (int)Math.Round(c.Recall * BarWidth), right = (int)Math.Round(c.Recall * c.Support);
            string bar = $"{new string('█', filled)}{new string('░', BarWidth - filled)}";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {c.Name.PadRight(width)}  {bar} {right,5:#,0} of {c.Support:#,0}"));
        }
    }

    /// <summary>What averaging over views, networks and calibration made of the network's own answer; null where there is nothing to
    /// compare.</summary>
    private static string? Views(FaceRunResult done)
    {
        double alone = done.BestTrial?.Metric ?? done.Training.Best?.ValidationAccuracy ?? double.NaN;
        if (!double.IsFinite(alone)) return null;
        double added = 100 * (done.Metrics.Accuracy - alone);
        return string.Create(CultureInfo.InvariantCulture,
            $"The network alone has {alone:F4}; views of the face and calibration make {added:+0.0;-0.0;0.0} points of difference.");
    }
}
