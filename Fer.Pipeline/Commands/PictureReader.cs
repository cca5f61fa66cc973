using System.Collections.Concurrent;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Video;

namespace Fer.Commands;

/// <summary>A picture and what is to be classified in it.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Faces">The faces in it, or null where the frame is taken for a face.</param>
internal sealed record ReadPicture(RgbImage Image, IReadOnlyList<DetectedFace>? Faces);

/// <summary>Reads pictures and finds the faces in them. Several threads may ask; each has its own detector, made when needed.</summary>
/// <param name="input">Standard input, for who pipes a picture in.</param>
/// <param name="newFinder">Makes a detector; null where pictures are faces already and nothing is looked for.</param>
internal sealed class PictureReader(Stream input, Func<FaceFinder>? newFinder) : IDisposable
{
    private readonly ConcurrentBag<FaceFinder> _free = [];
    private InputFile? _begun;
    private Task<ReadPicture>? _ahead;

    /// <summary>Begins with a picture in the background, while the caller reads the model. It is to be the first asked for.</summary>
    internal void Begin(InputFile file)
    {
        // Who pipes a picture in may never end: it is not waited for where the model cannot be read.
        if (file.Path == InputFile.StandardInput) return;
        _begun = file;
        _ahead = Task.Run(() => ReadNow(file));
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="FerException">It cannot be read; the message says why and what to do.</exception>
    internal ReadPicture Read(InputFile file) => ReferenceEquals(file, _begun) && Interlocked.Exchange(ref _ahead, null) is { } ahead
        ? ahead.GetAwaiter().GetResult()
        : ReadNow(file);

    private ReadPicture ReadNow(InputFile file)
    {
        var image = Image(file);
        // A picture of just this size is a face of the data set, or was cropped to be one.
        if (newFinder is null || (image.Width == Face.Side && image.Height == Face.Side)) return new ReadPicture(image, null);
        var finder = _free.TryTake(out var free) ? free : newFinder();
        try
        {
            return new ReadPicture(image, finder.Find(image));
        }
        finally
        {
            _free.Add(finder);
        }
    }

    private RgbImage Image(InputFile file)
    {
        if (file.Path != InputFile.StandardInput) return ImageDecoder.Load(file.Path);
        byte[] bytes = ImageDecoder.ReadAll(input, file.Name);
        if (VideoKind.Is(bytes))
            throw new FerException($"{file.Name}: a video, which cannot be read from a pipe. Save it to a file first.");
        return ImageDecoder.Decode(bytes, file.Name);
    }

    public void Dispose()
    {
        // Nobody may have asked for it: what it came to is of no interest then.
        if (Interlocked.Exchange(ref _ahead, null) is { } unused)
            ((Task)unused).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        foreach (var finder in _free) finder.Dispose();
    }
}
