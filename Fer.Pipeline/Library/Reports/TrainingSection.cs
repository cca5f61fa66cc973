using System.Globalization;

namespace Fer.Pipeline.Reports;

/// <summary>The final model's settings, and its training and validation curves.</summary>
internal static class TrainingSection
{
    internal static void Write(ReportSection section, ExperimentReportData data)
    {
        section.Figures(
            Curve("Accuracy by epoch", data, ValueFormat.Percent, epoch => epoch.TrainAccuracy, epoch => epoch.ValidationAccuracy),
            Curve("Loss by epoch", data, ValueFormat.Number, epoch => epoch.TrainLoss, epoch => epoch.ValidationLoss));
        section.Facts("Settings of the model", data.Settings);
    }

    private static LineChart Curve(string title, ExperimentReportData data, ValueFormat format, Func<EpochFigures, double> train,
        Func<EpochFigures, double> validation)
    {
        LineSeries[] series =
        [
            new("training", [.. data.Epochs.Select(epoch => (epoch.Epoch, train(epoch)))]),
            new("validation", [.. data.Epochs.Select(epoch => (epoch.Epoch, validation(epoch)))]),
        ];
        series = [.. series.Where(one => one.Points.Any(point => double.IsFinite(point.Y)))];
        return new()
        {
            Title = title,
            Description = Describe(series, format, data.BestEpoch),
            Series = series,
            XName = "epoch",
            Format = format,
            Best = data.BestEpoch
        };
    }

    private static string Describe(IEnumerable<LineSeries> series, ValueFormat format, int? best)
    {
        var parts = series.Select(one =>
        {
            var points = one.Points.Where(point => double.IsFinite(point.Y)).ToArray();
            return $"{one.Name} from {NumberText.Value(points[0].Y, format)} at epoch " +
                $"{points[0].X.ToString(CultureInfo.InvariantCulture)} to {NumberText.Value(points[^1].Y, format)} at epoch " +
                $"{points[^1].X.ToString(CultureInfo.InvariantCulture)}";
        });
        string kept = best is int epoch ? $". The weights of epoch {epoch.ToString(CultureInfo.InvariantCulture)} were kept" : "";
        return string.Join("; ", parts) + kept + ".";
    }
}
