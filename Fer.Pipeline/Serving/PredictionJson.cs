using System.Text.Json;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Serving;

/// <summary>Answers as JSON.</summary>
internal static class PredictionJson
{
    /// <summary>The members of a picture's answer, into the object that is open.</summary>
    internal static void WriteMembers(Utf8JsonWriter json, PictureAnswer answer)
    {
        json.WriteStartObject("image");
        json.WriteNumber("width", answer.Width);
        json.WriteNumber("height", answer.Height);
        json.WriteEndObject();
        json.WriteStartArray("faces");
        foreach (var face in answer.Faces)
        {
            json.WriteStartObject();
            WriteFace(json, face.Box, face.Found?.Score, face.Prediction);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Write(json, answer.Times);
    }

    /// <summary>The members of a face, into the object that is open.</summary>
    internal static void WriteFace(Utf8JsonWriter json, FaceBox box, float? score, FerPrediction prediction)
    {
        json.WriteStartObject("box");
        Number(json, "x", box.X, 1);
        Number(json, "y", box.Y, 1);
        Number(json, "width", box.Width, 1);
        Number(json, "height", box.Height, 1);
        json.WriteEndObject();
        if (score is { } sure) Number(json, "score", sure, 4);
        else json.WriteNull("score");
        json.WriteString("emotion", prediction.Label);
        json.WriteStartObject("probabilities");
        foreach (var (name, probability) in prediction.Probabilities) Number(json, name, probability, 6);
        json.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter json, StageTimes times)
    {
        json.WriteStartObject("milliseconds");
        Number(json, "decode", times.Decode, 2);
        Number(json, "detect", times.Detect, 2);
        Number(json, "queue", times.Queue, 2);
        Number(json, "classify", times.Classify, 2);
        Number(json, "total", times.Total, 2);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, double value, int digits) => json.WriteNumber(name, Math.Round(value, digits));
}
