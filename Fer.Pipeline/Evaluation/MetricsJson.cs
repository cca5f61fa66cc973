using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fer.Pipeline.Evaluation;

/// <summary>The JSON form of the metrics. Its names are a contract with programs that read them; all numbers are finite.</summary>
internal static class MetricsJson
{
    internal static string ToText(MulticlassClassificationMetrics metrics)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default };
        using (var writer = new Utf8JsonWriter(buffer, options)) Write(writer, metrics);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    internal static void Write(Utf8JsonWriter writer, MulticlassClassificationMetrics metrics)
    {
        writer.WriteStartObject();
        writer.WriteNumber("count", metrics.Count);
        writer.WriteNumber("accuracy", metrics.Accuracy);
        writer.WriteStartArray("accuracyInterval");
        writer.WriteNumberValue(metrics.AccuracyInterval.Lower);
        writer.WriteNumberValue(metrics.AccuracyInterval.Upper);
        writer.WriteEndArray();
        writer.WriteNumber("macroF1", metrics.MacroF1);
        writer.WriteNumber("logLoss", metrics.LogLoss);
        writer.WriteNumber("expectedCalibrationError", metrics.ExpectedCalibrationError);
        if (metrics.ImagesPerSecond is double speed && double.IsFinite(speed)) writer.WriteNumber("imagesPerSecond", speed);
        else writer.WriteNull("imagesPerSecond");
        writer.WriteStartArray("perClass");
        foreach (var row in metrics.PerClass)
        {
            writer.WriteStartObject();
            writer.WriteString("class", row.Name);
            writer.WriteNumber("precision", row.Precision);
            writer.WriteNumber("recall", row.Recall);
            writer.WriteNumber("f1", row.F1);
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
    }
}
