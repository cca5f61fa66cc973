using System.Text.Json;

namespace Fer.Pipeline.Serving;

/// <summary>Answers as JSON.</summary>
internal static class PredictionJson
{
    /// <summary>The members of a picture's answer, into the object that is open.</summary>
    internal static void WriteMembers(Utf8JsonWriter json, PictureAnswer answer, IReadOnlyList<string> classNames)
    {
        json.WriteStartObject("image");
        json.WriteNumber("width", answer.Width);
        json.WriteNumber("height", answer.Height);
        json.WriteEndObject();
        json.WriteStartArray("faces");
        foreach (var face in answer.Faces)
        {
            json.WriteStartObject();
            WriteFace(json, face, classNames);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Write(json, answer.Times);
    }

    /// <summary>The members of a face, into the object that is open.</summary>
    internal static void WriteFace(Utf8JsonWriter json, FaceAnswer face, IReadOnlyList<string> classNames)
    {
        json.WriteStartObject("box");
        Number(json, "x", face.Box.X, 1);
        Number(json, "y", face.Box.Y, 1);
        Number(json, "width", face.Box.Width, 1);
        Number(json, "height", face.Box.Height, 1);
        json.WriteEndObject();
        if (face.Score is { } score) Number(json, "score", score, 4);
        else json.WriteNull("score");
        int best = 0;
        for (int i = 1; i < classNames.Count; i++)
            if (face.Probabilities[i] > face.Probabilities[best]) best = i;
        json.WriteString("emotion", classNames[best]);
        json.WriteStartObject("probabilities");
        for (int i = 0; i < classNames.Count; i++) Number(json, classNames[i], face.Probabilities[i], 6);
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
