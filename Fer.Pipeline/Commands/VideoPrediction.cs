using System.Globalization;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Video;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Predicts videos frame by frame, in memory that does not grow with their length.</summary>
/// <param name="host">Where answers go.</param>
/// <param name="model">The classifier.</param>
/// <param name="format">How answers are written.</param>
/// <param name="table">The table, where that is the format.</param>
/// <param name="threshold">Least probability of an emotion that is named.</param>
internal sealed class VideoPrediction(CommandHost host, FerModel model, AnswerFormat format, FaceTable table, double threshold)
{
    private const double UsualFramesASecond = 10;

    /// <summary>Makes the detector, or gives null where the frames are faces already.</summary>
    internal required Func<FaceFinder?> NewFinder { get; init; }

    /// <summary>The part of every frame to take for a face, or null for all of it; where nothing is looked for.</summary>
    internal FaceBox? Frame { get; init; }

    internal double? FramesASecond { get; init; }

    /// <summary>True where there is no other file.</summary>
    internal bool IsOne { get; init; }

    /// <summary>Predicts a video.</summary>
    /// <param name="file">The video.</param>
    /// <param name="annotate">Where a copy with boxes goes, or null.</param>
    /// <param name="reportPath">Where a report goes, or null.</param>
    /// <param name="cancellationToken">Stops between two frames.</param>
    /// <returns>What is missing of it, in words, or null where all of it was read.</returns>
    /// <exception cref="FerException">There is no ffmpeg, or it cannot read the video or write the copy.</exception>
    internal string? Run(InputFile file, string? annotate, string? reportPath, CancellationToken cancellationToken)
    {
        var facts = VideoFacts.Of(file.Path);
        double rate = FramesASecond ?? (annotate is null ? UsualFramesASecond : facts.FramesASecond);
        using var finder = NewFinder();
        var predictor = finder is null ? null : new FacePredictor(model, finder);
        var tracker = new FaceTracker();
        var timeline = new EmotionTimeline(model.ClassNames);
        var rows = new VideoAnswerWriter(host.Output, format, table, file.Name, IsOne, threshold);
        using var reader = new VideoReader(file.Path, rate, facts);
        VideoWriter? copy = null;
        try
        {
            foreach (var (image, seconds) in reader.Frames())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var faces = tracker.Update(predictor?.Predict(image) ?? [FacePredictor.PredictFrame(model, image, Frame)], seconds);
                rows.Write(seconds, faces);
                timeline.AddFrame(
                    seconds, faces.Select(face => (face.Id, (IReadOnlyList<float>)[.. face.Prediction.Probabilities.Values])));
                if (annotate is null) continue;
                foreach (var face in faces)
                {
                    string label = FaceAnnotator.Label(face.Prediction, threshold), id = face.Id.ToString(CultureInfo.InvariantCulture);
                    FaceAnnotator.Draw(image, face.Box, face.Prediction, $"{id} {label}");
                }
                copy ??= new VideoWriter(annotate, image.Width, image.Height, rate, soundFrom: file.Path);
                copy.Write(image);
            }
            copy?.Finish();
        }
        finally
        {
            copy?.Dispose();
        }
        if (format == AnswerFormat.Text) Summarize(file.Name, timeline);
        if (reader is { Missing: null, Complaints: { } complaints })
            host.Error.WriteLine($"{file.Name}: ffmpeg read it to the end, but found damage ({complaints}).");
        if (reportPath is not null)
        {
            VideoReport.Write(reportPath, file.Name, timeline);
            host.Error.WriteLine($"Report: {host.Shorten(reportPath)}");
        }
        return reader.Missing is { } missing && reader.Complaints is { } why ? $"{missing} ({why})" : reader.Missing;
    }

    private void Summarize(string name, EmotionTimeline timeline)
    {
        string seen = timeline.FacesSeen == 1 ? "1 face" : $"{timeline.FacesSeen} faces";
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {timeline.Seconds:F1} s, {timeline.Frames} frames looked at, {seen}"));
        foreach (var face in timeline.Faces)
        {
            string means = string.Join("  ", face.Means.Zip(model.ClassNames).OrderByDescending(p => p.First)
                .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Second} {p.First:F4}")));
            host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  face {face.Id}, {face.First:F1} to {face.Last:F1} s: {means}"));
        }
    }
}
