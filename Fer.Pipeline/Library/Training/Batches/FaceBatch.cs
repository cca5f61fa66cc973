namespace Fer.Pipeline.Training;

/// <summary>
/// One batch of network input: pixels, or the features of a frozen backbone where only a head is trained. Its memory is reused: it is valid
/// until the loader returns the next one.
/// </summary>
internal sealed class FaceBatch
{
    private readonly float[] _pixels, _targets;
    private readonly int _pixelsEach, _classes;

    internal FaceBatch(int capacity, int pixelsEach, int classes)
    {
        _pixelsEach = pixelsEach;
        _classes = classes;
        _pixels = new float[capacity * _pixelsEach];
        _targets = new float[capacity * classes];
    }

    /// <summary>Faces in the batch.</summary>
    public int Count { get; internal set; }

    /// <summary>The epoch, from 0.</summary>
    public long Epoch { get; internal set; }

    /// <summary>True for the last batch of its epoch.</summary>
    public bool IsLastOfEpoch { get; internal set; }

    /// <summary>[count, side, side] grey values 0 … 255.</summary>
    public Span<float> Pixels => _pixels.AsSpan(0, Count * _pixelsEach);

    /// <summary>[count, classes] probabilities.</summary>
    public Span<float> Targets => _targets.AsSpan(0, Count * _classes);

    /// <summary>The [side, side] values of one face.</summary>
    internal Span<float> Face(int index) => _pixels.AsSpan(index * _pixelsEach, _pixelsEach);

    /// <summary>The [classes] probabilities of one face.</summary>
    internal Span<float> Target(int index) => _targets.AsSpan(index * _classes, _classes);
}
