using Fer.Pipeline.Detection;

namespace Fer.Output;

/// <summary>Writes a video's timeline as it goes: a row or a JSON object a face and frame; as text, only the summary at the end.</summary>
/// <param name="output">Where to.</param>
/// <param name="format">How.</param>
/// <param name="table">The table, where that is the format.</param>
/// <param name="file">The video's name.</param>
/// <param name="isOne">True where there is no other file, so that JSON need not name it.</param>
/// <param name="threshold">Least probability of an emotion that is told.</param>
internal sealed class VideoAnswerWriter(
    TextWriter output, AnswerFormat format, FaceTable table, string file, bool isOne, double threshold)
{
    internal void Write(double seconds, IReadOnlyList<TrackedFace> faces)
    {
        if (format == AnswerFormat.Csv) table.WriteHeader();
        foreach (var face in faces)
        {
            string? emotion = face.Prediction.Confidence < threshold ? null : face.Prediction.Label;
            if (format == AnswerFormat.Csv)
                table.Write(file, seconds, faces.Count, face.Id, CsvText.Face(face.Box, face.Score, emotion, face.Prediction));
            else if (format == AnswerFormat.JsonLines)
            {
                output.WriteLine(JsonText.Write(json =>
                {
                    json.WriteStartObject();
                    if (!isOne) json.WriteString("file", file);
                    json.WriteFigure("seconds", seconds, 3);
                    json.WriteNumber("face", face.Id);
                    FaceJson.WriteMembers(json, face.Box, face.Score, emotion, face.Prediction);
                    json.WriteFigure("confidence", face.Prediction.Confidence);
                    json.WriteEndObject();
                }, indented: false));
            }
        }
    }
}
