using System.Text.Json;
using Fer.Pipeline.Detection;

namespace Fer.Server;

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
            FaceJson.WriteMembers(json, face.Box, face.Found?.Score, face.Prediction.Label, face.Prediction);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Write(json, answer.Times);
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

    private static void Number(Utf8JsonWriter json, string name, double value, int digits) =>
        json.WriteNumber(name, Math.Round(value, digits));
}
