using System.Text.Json;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Detection;

/// <summary>The result for one face as JSON, the same on the command line and from the server.</summary>
internal static class FaceJson
{
    /// <summary>Writes box, score, emotion and probabilities into the open object.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="box">Where the face is, in pixels.</param>
    /// <param name="score">The detector's score, or null if no detector ran.</param>
    /// <param name="emotion">The emotion to report.</param>
    /// <param name="prediction">Its probabilities.</param>
    internal static void WriteMembers(Utf8JsonWriter json, FaceBox box, float? score, string? emotion, FerPrediction prediction)
    {
        json.WriteStartObject("box");
        Number(json, "x", box.X, 1);
        Number(json, "y", box.Y, 1);
        Number(json, "width", box.Width, 1);
        Number(json, "height", box.Height, 1);
        json.WriteEndObject();
        if (score is { } sure) Number(json, "score", sure, 4);
        else json.WriteNull("score");
        json.WriteString("emotion", emotion);
        json.WriteStartObject("probabilities");
        foreach (var (name, probability) in prediction.Probabilities) Number(json, name, probability, 6);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double value, int digits) =>
        json.WriteNumber(name, Math.Round(value, digits));
}
