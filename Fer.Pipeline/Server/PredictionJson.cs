using System.Text.Json;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Models;

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
        for (int i = 0; i < answer.Faces.Count; i++)
        {
            var face = answer.Faces[i];
            json.WriteStartObject();
            FaceJson.WriteMembers(json, face.Box, face.Found?.Score, face.Prediction.Label, face.Prediction);
            if (answer.Beside is not null) WriteBeside(json, answer.BesideFaces[i].Prediction);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteModels(json, answer);
        Write(json, answer.Times);
    }

    /// <summary>Who answered, and by how many views of each face.</summary>
    internal static void WriteModels(Utf8JsonWriter json, PictureAnswer answer)
    {
        json.WriteString(ModelPair.Model, answer.Model.Name);
        if (answer.Beside is { } beside) json.WriteString(ModelPair.Beside, beside.Name);
        json.WriteStartObject("views");
        json.WriteNumber("used", answer.Views);
        json.WriteNumber("of", answer.Model.Views[^1]);
        json.WriteEndObject();
    }

    /// <summary>What the second model says of the face whose object is open.</summary>
    internal static void WriteBeside(Utf8JsonWriter json, FerPrediction prediction)
    {
        json.WriteStartObject(ModelPair.Beside);
        json.WriteString("emotion", prediction.Label);
        json.WriteStartObject("probabilities");
        foreach (var (name, probability) in prediction.Probabilities) Number(json, name, probability, 6);
        json.WriteEndObject();
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

    private static void Number(Utf8JsonWriter json, string name, double value, int digits) =>
        json.WriteNumber(name, Math.Round(value, digits));
}
