using System.Globalization;
using Microsoft.ML;

namespace Fer.Pipeline.AutoML;

/// <summary>Tells the trials to the log of an <see cref="MLContext"/>.</summary>
internal sealed class ContextMonitor(MLContext context) : IMonitor
{
    private readonly ContextLog _log = new(context);

    public void ReportCompletedTrial(TrialResult result) => Write(
        $"Trial {result.TrialSettings.TrialId + 1}: metric {result.Metric:G6}, loss {result.Loss:G6}, {result.Duration.TotalSeconds:F1} s");

    public void ReportBestTrial(TrialResult result) =>
        Write($"Trial {result.TrialSettings.TrialId + 1} is the best so far: metric {result.Metric:G6}");

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) =>
        Write($"Trial {settings.TrialId + 1} failed: {exception?.Message ?? "no reason is known"}");

    public void ReportRunningTrial(TrialSettings setting) => Write($"Trial {setting.TrialId + 1} runs: {setting.Parameter}");

    private void Write(FormattableString line) => _log.Info(line.ToString(CultureInfo.InvariantCulture));
}
