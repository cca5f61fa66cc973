using System.Text.Json;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Commands;

/// <summary>A face's answer in JSON.</summary>
internal static class FaceJson
{
    /// <summary>Writes box, score, emotion and probabilities into the object at hand.</summary>
    internal static void WriteBody(Utf8JsonWriter json, FaceBox box, float? score, string? emotion, FerPrediction prediction)
    {
        json.WriteStartObject("box");
        json.WriteFigure("x", box.X, 1);
        json.WriteFigure("y", box.Y, 1);
        json.WriteFigure("width", box.Width, 1);
        json.WriteFigure("height", box.Height, 1);
        json.WriteEndObject();
        if (score is { } value) json.WriteFigure("score", value, 4);
        else json.WriteNull("score");
        json.WriteString("emotion", emotion);
        json.WriteFigure("confidence", prediction.Confidence);
        json.WriteStartObject("probabilities");
        foreach (var (name, probability) in prediction.Probabilities) json.WriteFigure(name, probability);
        json.WriteEndObject();
    }
}
