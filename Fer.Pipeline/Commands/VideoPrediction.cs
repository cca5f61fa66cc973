using System.Globalization;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Video;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Predicts a video frame by frame, in memory that does not grow with its length.</summary>
internal sealed class VideoPrediction(CommandHost host, FerModel model, AnswerFormat format, double threshold)
{
    private const double UsualFramesASecond = 10;

    /// <summary>Makes the detector, or gives null where the frames are faces already.</summary>
    internal required Func<FaceFinder?> NewFinder { get; init; }

    /// <summary>The part of every frame to take for a face, or null for all of it; where nothing is looked for.</summary>
    internal FaceBox? Frame { get; init; }

    internal double? FramesASecond { get; init; }

    /// <summary>Where a copy with boxes goes, or null.</summary>
    internal string? Annotate { get; init; }

    /// <summary>Where a report goes, or null.</summary>
    internal string? Report { get; init; }

    /// <exception cref="FerException">There is no ffmpeg, or it cannot read the video or write the copy.</exception>
    internal void Run(string path, CancellationToken cancellationToken)
    {
        double rate = FramesASecond ?? (Annotate is null ? UsualFramesASecond : VideoReader.FramesASecondOf(path));
        using var finder = NewFinder();
        var predictor = finder is null ? null : new FacePredictor(model, finder);
        var tracker = new FaceTracker();
        var timeline = new EmotionTimeline(model.ClassNames);
        var rows = new VideoAnswerWriter(host.Output, format, model.ClassNames, threshold);
        using var reader = new VideoReader(path, rate);
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
                if (Annotate is null) continue;
                foreach (var face in faces)
                {
                    string label = FaceAnnotator.Label(face.Prediction, threshold), id = face.Id.ToString(CultureInfo.InvariantCulture);
                    FaceAnnotator.Draw(image, face.Box, face.Prediction, $"{id} {label}");
                }
                copy ??= new VideoWriter(Annotate, image.Width, image.Height, rate, soundFrom: path);
                copy.Write(image);
            }
            copy?.Finish();
        }
        finally
        {
            copy?.Dispose();
        }
        string name = host.Shorten(path);
        if (format == AnswerFormat.Text) Summarize(name, timeline);
        if (Report is null) return;
        VideoReport.Write(Report, name, timeline);
        host.Error.WriteLine($"Report: {host.Shorten(Report)}");
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
