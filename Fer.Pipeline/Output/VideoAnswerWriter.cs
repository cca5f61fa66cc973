using Fer.Pipeline.Detection;

namespace Fer.Output;

/// <summary>Writes a video's timeline as it goes: a row or a JSON object a face and frame; as text, only the summary at the end.</summary>
/// <param name="output">Where to.</param>
/// <param name="format">How.</param>
/// <param name="classNames">The model's classes, the columns of a table.</param>
/// <param name="threshold">Least probability of an emotion that is told.</param>
internal sealed class VideoAnswerWriter(TextWriter output, AnswerFormat format, IReadOnlyList<string> classNames, double threshold)
{
    private bool _hasHeader;

    internal void Write(double seconds, IReadOnlyList<TrackedFace> faces)
    {
        if (format == AnswerFormat.Csv && !_hasHeader)
        {
            output.WriteLine(CsvText.Row(
                ["seconds", "face", "x", "y", "width", "height", "score", "emotion", "confidence", .. classNames]));
        }
        _hasHeader = true;
        foreach (var face in faces)
        {
            string? emotion = face.Prediction.Confidence < threshold ? null : face.Prediction.Label;
            if (format == AnswerFormat.Csv)
            {
                var cells = CsvText.Face(face.Box, face.Score, emotion, face.Prediction);
                output.WriteLine(CsvText.Row([CsvText.Number(seconds, 3), CsvText.Number(face.Id), .. cells]));
            }
            else if (format == AnswerFormat.JsonLines)
            {
                output.WriteLine(JsonText.Write(json =>
                {
                    json.WriteStartObject();
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
