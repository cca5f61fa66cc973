using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;

namespace Fer.Server;

/// <summary>From a file's bytes to its faces' emotions: decode, find, classify. Keeps nothing.</summary>
/// <param name="finder">Finds the faces; null where requests must say where they are.</param>
/// <param name="options">The limits.</param>
/// <param name="metrics">What is counted.</param>
/// <param name="time">The clock.</param>
/// <param name="giveBack">Called when there has been nothing to do for a while.</param>
internal sealed class PictureAnalyzer(
    IFaceFinder? finder, ServeOptions options, ServerMetrics metrics, TimeProvider time, Action giveBack) : IDisposable
{
    // Decoding keeps a processor busy, so more at a time would only make all of them later.
    private readonly FairQueue _processors = new(Environment.ProcessorCount, time);
    private readonly IdleMemory _memory = new(giveBack, time);

    /// <summary>What finds the faces, or null where requests must say where they are.</summary>
    internal IFaceFinder? Finder => finder;

    /// <summary>Analyses a picture.</summary>
    /// <param name="model">Who classifies its faces.</param>
    /// <param name="beside">Another model to ask about the same faces; null for none.</param>
    /// <param name="budget">How many views of each face there is time for; null for all of them.</param>
    /// <param name="file">A file of a kind that <see cref="ImageDecoder"/> reads.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="choice">Where its faces are.</param>
    /// <param name="turn">Whose it is: clients share the processors.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RequestProblem">The file cannot be read or is too large, or nothing says where its faces are.</exception>
    internal async Task<PictureAnswer> AnalyzeAsync(
        ReadOnlyMemory<byte> file, string name, FaceChoice choice, Turn turn, ServedModel model, ServedModel? beside, ViewBudget? budget,
        CancellationToken cancellationToken)
    {
        using var approach = model.Batcher.Announce();
        var (picture, found, times) = await LookAsync(file, name, choice, turn, cancellationToken).ConfigureAwait(false);
        int views = budget?.Choose(found.Count, times.Total) ?? model.Views[^1];
        if (found.Count == 0)
        {
            metrics.Picture(0, times);
            return new PictureAnswer(picture.Width, picture.Height, [], times) { Model = model, Beside = beside, Views = views };
        }
        var pixels = new byte[found.Count * Face.PixelCount];
        for (int i = 0; i < found.Count; i++) found[i].Pixels.CopyTo(pixels, i * Face.PixelCount);
        var classified = model.Batcher.ClassifyAsync(pixels, views, cancellationToken);
        approach.Dispose();
        var (probabilities, queue, classify) = await classified.ConfigureAwait(false);
        budget?.Observe(found.Count, views, queue + classify);
        IReadOnlyList<FerPrediction> second = [];
        if (beside is not null)
        {
            // As few views as the first model had time for.
            int same = budget is null ? beside.Views[^1] : beside.Views.LastOrDefault(v => v <= views, beside.Views[0]);
            var (others, more, longer) = await beside.Batcher.ClassifyAsync(pixels, same, cancellationToken).ConfigureAwait(false);
            (queue, classify) = (queue + more, classify + longer);
            second = Predictions(beside, others, found.Count);
        }
        times = times with { Queue = times.Queue + queue, Classify = classify };
        metrics.Picture(found.Count, times);
        var first = Predictions(model, probabilities, found.Count);
        return new PictureAnswer(picture.Width, picture.Height,
            [.. found.Select((face, i) => new PredictedFace(face.Box, face.Found, first[i]))], times)
        {
            Model = model,
            Beside = beside,
            BesideFaces = [.. second.Select((prediction, i) => new PredictedFace(found[i].Box, found[i].Found, prediction))],
            Views = views,
        };
    }

    /// <summary>Decodes a picture and finds its faces, in the turn of whoever sent it.</summary>
    /// <returns>The picture, its faces, and where the time went.</returns>
    /// <exception cref="RequestProblem">As <see cref="AnalyzeAsync"/>.</exception>
    internal async Task<(RgbImage Picture, IReadOnlyList<FoundFace> Faces, StageTimes Times)> LookAsync(
        ReadOnlyMemory<byte> file, string name, FaceChoice choice, Turn turn, CancellationToken cancellationToken)
    {
        if (choice.Where is FaceSource.Detect or FaceSource.DetectInFrame && finder is null)
        {
            throw RequestProblem.Unprocessable("No face detector is installed here: say where the face is with box=x,y,width,height, " +
                "or with faces=whole that the picture is one face.");
        }
        long arrived = time.GetTimestamp();
        var place = await _processors.EnterAsync(turn, cancellationToken).ConfigureAwait(false);
        long start = time.GetTimestamp();
        _memory.Begin();
        // Off the connection's thread, which serves others too. A codec cannot be interrupted: a cancelled request leaves it behind, which
        // then goes no further.
        var looking = Task.Run(() =>
        {
            try
            {
                var image = Decode(file.Span, name, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                long at = time.GetTimestamp();
                return (Picture: image, Decoded: at, Found: Find(image, choice), End: time.GetTimestamp());
            }
            finally
            {
                place.Dispose();
                _memory.End();
            }
        }, CancellationToken.None);
        var (picture, decoded, found, end) = await looking.WaitAsync(cancellationToken).ConfigureAwait(false);
        return (picture, found, new StageTimes(Milliseconds(start, decoded), Milliseconds(decoded, end), Milliseconds(arrived, start), 0));
    }

    private static FerPrediction[] Predictions(ServedModel model, float[] probabilities, int faces)
    {
        var names = model.Model.ClassNames;
        return [.. Enumerable.Range(0, faces).Select(i => FerPrediction.From(names, probabilities.AsSpan(i * names.Count, names.Count)))];
    }

    public void Dispose()
    {
        // Lets those finish that were left behind; they hold the detector.
        _processors.Drain();
        _memory.Dispose();
    }

    private RgbImage Decode(ReadOnlySpan<byte> file, string name, CancellationToken cancellationToken)
    {
        if (file.IsEmpty) throw RequestProblem.Unprocessable($"{name}: it is empty.");
        try
        {
            // The size by the header is looked at first: a few bytes may claim a picture that takes all memory.
            return ImageDecoder.DecodeUnlessCancelled(file, name, options.MaxPixels, cancellationToken);
        }
        catch (UnreadImageException e)
        {
            throw RequestProblem.UnsupportedType(e.Message);
        }
        catch (ImageTooLargeException e)
        {
            throw RequestProblem.TooLarge(e.Message);
        }
        catch (FerException e)
        {
            throw RequestProblem.Unprocessable(e.Message);
        }
    }

    private IReadOnlyList<FoundFace> Find(RgbImage picture, FaceChoice choice)
    {
        if (choice.Where is FaceSource.Detect or FaceSource.DetectInFrame)
            return finder!.Find(picture, choice.Where == FaceSource.DetectInFrame);
        var box = choice.Where == FaceSource.Box ? choice.Box : new FaceBox(0, 0, picture.Width, picture.Height);
        try
        {
            return [new FoundFace(box, null, FacePredictor.CropFrame(picture, choice.Where == FaceSource.Box ? box : null))];
        }
        catch (FerUsageException e)
        {
            throw RequestProblem.Unprocessable(e.Message);
        }
    }

    private double Milliseconds(long from, long to) => time.GetElapsedTime(from, to).TotalMilliseconds;
}
