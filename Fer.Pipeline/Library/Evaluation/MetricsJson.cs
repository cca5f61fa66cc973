using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fer.Pipeline.Evaluation;

/// <summary>The metrics as JSON. Programs rely on its names; all numbers are finite.</summary>
internal static class MetricsJson
{
    internal static string ToText(FaceClassificationMetrics metrics)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default };
        using (var writer = new Utf8JsonWriter(buffer, options)) Write(writer, metrics);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    internal static void Write(Utf8JsonWriter writer, FaceClassificationMetrics metrics)
    {
        writer.WriteStartObject();
        writer.WriteNumber("count", metrics.Count);
        writer.WriteNumber("accuracy", metrics.Accuracy);
        Interval("accuracyInterval", metrics.AccuracyInterval);
        Figure("macroF1", metrics.MacroF1, metrics.MacroF1Interval);
        Figure("macroAccuracy", metrics.MacroAccuracy, metrics.MacroAccuracyInterval);
        Figure("logLoss", metrics.LogLoss, metrics.LogLossInterval);
        Figure("logLossReduction", metrics.LogLossReduction, metrics.LogLossReductionInterval);
        Figure("brierScore", metrics.BrierScore, metrics.BrierScoreInterval);
        writer.WriteNumber("topK", metrics.TopKPredictionCount);
        Figure("topKAccuracy", metrics.TopKAccuracy, metrics.TopKAccuracyInterval);
        Figure("expectedCalibrationError", metrics.ExpectedCalibrationError, metrics.ExpectedCalibrationErrorInterval);
        if (metrics.ImagesPerSecond is double speed && double.IsFinite(speed)) writer.WriteNumber("imagesPerSecond", speed);
        else writer.WriteNull("imagesPerSecond");
        writer.WriteStartArray("perClass");
        foreach (var (k, row) in metrics.PerClass.Index())
        {
            writer.WriteStartObject();
            writer.WriteString("class", row.Name);
            Figure("precision", row.Precision, row.PrecisionInterval);
            Figure("recall", row.Recall, row.RecallInterval);
            Figure("f1", row.F1, metrics.F1Intervals[k]);
            Figure("logLoss", metrics.PerClassLogLoss[k], metrics.PerClassLogLossInterval[k]);
            writer.WriteNumber("support", row.Support);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("confusion");
        foreach (var row in metrics.ConfusionMatrix.Counts)
        {
            writer.WriteStartArray();
            foreach (int count in row) writer.WriteNumberValue(count);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("topConfusions");
        foreach (var pair in metrics.ConfusionMatrix.GetTopConfusions())
        {
            writer.WriteStartObject();
            writer.WriteString("true", pair.True);
            writer.WriteString("predicted", pair.Predicted);
            writer.WriteNumber("count", pair.Count);
            writer.WriteNumber("share", pair.Share);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();

        void Figure(string name, double value, ConfidenceInterval interval)
        {
            writer.WriteNumber(name, value);
            Interval(name + "Interval", interval);
        }

        void Interval(string name, ConfidenceInterval interval)
        {
            writer.WriteStartArray(name);
            writer.WriteNumberValue(interval.Lower);
            writer.WriteNumberValue(interval.Upper);
            writer.WriteEndArray();
        }
    }
}
