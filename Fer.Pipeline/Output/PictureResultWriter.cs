using System.Globalization;
using System.Text.Json;
using Fer.Pipeline.Detection;

namespace Fer.Output;

/// <summary>How answers are written.</summary>
internal enum AnswerFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>A JSON object a picture, each on its line.</summary>
    JsonLines,

    /// <summary>A row a face (<see cref="FaceTable"/>); a picture without a face has one row without a box.</summary>
    Csv,
}

/// <summary>Writes the predictions of pictures, and why a picture has none.</summary>
/// <param name="output">Where to.</param>
/// <param name="format">How.</param>
/// <param name="table">The table, where that is the format.</param>
/// <param name="threshold">Least probability of an emotion that is named; below it a face is unsure.</param>
internal sealed class PictureResultWriter(TextWriter output, AnswerFormat format, FaceTable table, double threshold)
{
    internal void Write(PictureResult answer)
    {
        if (format == AnswerFormat.JsonLines) output.WriteLine(JsonText.Write(w => WriteJson(w, answer), indented: false));
        else if (format == AnswerFormat.Csv) WriteCsv(answer);
        else if (answer.Error is null) WriteText(answer);
    }

    /// <summary>The emotion that is named, or null where the model is unsure.</summary>
    private string? Emotion(PredictedFace face) => face.Prediction.Confidence < threshold ? null : face.Prediction.Label;

    private void WriteText(PictureResult answer)
    {
        if (answer.Faces is [{ Found: null } whole])
        {
            output.WriteLine($"{answer.File}: {Probabilities(whole)}");
            return;
        }
        output.WriteLine($"{answer.File}: {(answer.Faces.Count switch { 0 => "no face", 1 => "1 face", var n => $"{n} faces" })}");
        foreach (var face in answer.Faces)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {face.Box.Width,4:F0} x {face.Box.Height:F0} at {face.Box.X:F0}, {face.Box.Y:F0}  {Probabilities(face)}"));
    }

    private string Probabilities(PredictedFace face) => (Emotion(face) is null ? "unsure: " : "") + string.Join("  ",
        face.Prediction.Probabilities.OrderByDescending(p => p.Value)
            .Select(p => $"{p.Key} {p.Value.ToString("F4", CultureInfo.InvariantCulture)}"));

    private void WriteJson(Utf8JsonWriter json, PictureResult answer)
    {
        json.WriteStartObject();
        json.WriteString("file", answer.File);
        if (answer.Error is not null) json.WriteString("error", answer.Error);
        else
        {
            json.WriteNumber("width", answer.Width);
            json.WriteNumber("height", answer.Height);
            json.WriteStartArray("faces");
            foreach (var face in answer.Faces)
            {
                json.WriteStartObject();
                FaceJson.WriteMembers(json, face.Box, face.Found?.Score, Emotion(face), face.Prediction);
                json.WriteFigure("confidence", face.Prediction.Confidence);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private void WriteCsv(PictureResult answer)
    {
        if (answer.Faces.Count == 0) table.Write(answer.File, null, answer.Error is null ? 0 : null, null, null, answer.Error);
        for (int i = 0; i < answer.Faces.Count; i++)
        {
            var face = answer.Faces[i];
            var cells = CsvText.Face(face.Box, face.Found?.Score, Emotion(face), face.Prediction);
            table.Write(answer.File, null, answer.Faces.Count, i + 1, cells);
        }
    }
}
