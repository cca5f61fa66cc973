using System.Numerics;

namespace Fer.Pipeline.Faces;

/// <summary>
/// Turns a 48x48 face of bytes into a network's input [side, side] of floats 0 … 255, augmented as <see cref="FaceAugmentation"/> says. The
/// result depends only on the seed, the epoch and the face's row, so any number of threads may share the work.
/// </summary>
public sealed class FaceAugmenter
{
    private const double Degree = Math.PI / 180;

    // Keeps these random numbers apart from those that other parts of a run draw from the same seed.
    private const long RandomPurpose = 1;

    private readonly FaceAugmentation _options;
    private readonly long _seed;
    private readonly int _view;

    /// <summary>Creates an augmenter for inputs of <paramref name="side"/> pixels.</summary>
    /// <param name="options">The augmentation.</param>
    /// <param name="side">Width and height of the result in pixels, 8 … 48.</param>
    /// <param name="seed">Seed of all random numbers.</param>
    /// <param name="view">Pixels of the face that the result's width and height show, 8 … 48; 0 is <paramref name="side"/>, a crop at its
    /// original size.</param>
    /// <exception cref="FerUsageException">A side is not 8 … 48, or an option is out of its range.</exception>
    public FaceAugmenter(FaceAugmentation options, int side, long seed, int view = 0)
    {
        CheckSide(side);
        if (view != 0) CheckSide(view);
        options.Check();
        _options = options;
        _seed = seed;
        _view = view == 0 ? side : view;
        Side = side;
    }

    /// <summary>Width and height of the result in pixels.</summary>
    public int Side { get; }

    /// <summary>Writes one augmented face.</summary>
    /// <param name="face">[48, 48] grey values.</param>
    /// <param name="epoch">The epoch; each one draws new random numbers.</param>
    /// <param name="row">Number of the face in its data set.</param>
    /// <param name="target">[side, side].</param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public void Augment(ReadOnlySpan<byte> face, long epoch, long row, Span<float> target)
    {
        CheckSpans(face, target, Side);
        var random = new RandomStream(_seed, epoch, row, RandomPurpose);
        // All random numbers of a face are drawn whatever the options, so that changing one option does not change the draws of the others.
        var map = DrawMap(ref random);
        double brightness = random.NextDouble(-1, 1) * _options.Brightness * 127.5;
        double contrast = 1 + random.NextDouble(-1, 1) * _options.Contrast;
        if (_options.MovesPixels || _view != Side) AffineResampling.Resample(face, map, Side, target);
        else CenterCrop(face, Side, target);

        if (_options.Brightness == 0 && _options.Contrast == 0 && _options.EraseProbability == 0) return;
        float mean = Mean(face);
        if (_options.Brightness != 0 || _options.Contrast != 0)
            ChangeTone(target, (float)contrast, (float)(mean * (1 - contrast) + brightness));
        if (random.NextBoolean(_options.EraseProbability))
            Erase(ref random, target, Math.Clamp(mean + (float)brightness, 0, 255));
    }

    /// <summary>Writes the centre [side, side] pixels of a face as floats 0 … 255, unchanged: the input for evaluation.</summary>
    /// <exception cref="FerUsageException">The side is not 8 … 48.</exception>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public static void CenterCrop(ReadOnlySpan<byte> face, int side, Span<float> target)
    {
        CheckSide(side);
        CheckSpans(face, target, side);
        int offset = (Face.Side - side) / 2;
        for (int y = 0; y < side; y++)
        {
            var from = face.Slice((y + offset) * Face.Side + offset, side);
            var to = target.Slice(y * side, side);
            for (int x = 0; x < to.Length; x++) to[x] = from[x];
        }
    }

    private AffineMap DrawMap(ref RandomStream random)
    {
        bool flip = random.NextBoolean(_options.FlipProbability);
        double angle = random.NextDouble(-1, 1) * _options.RotationDegrees * Degree;
        double scale = random.NextDouble(_options.MinimumScale, _options.MaximumScale);
        double shear = Math.Tan(random.NextDouble(-1, 1) * _options.ShearDegrees * Degree);
        double shiftX = random.NextDouble(-1, 1) * _options.Shift * _view, shiftY = random.NextDouble(-1, 1) * _options.Shift * _view;
        int free = Face.Side - _view;
        int cropX = random.NextInt32(free + 1), cropY = random.NextInt32(free + 1);
        if (!_options.RandomCrop) cropX = cropY = free / 2;

        scale *= (double)Side / _view;
        double cos = Math.Cos(angle) / scale, sin = Math.Sin(angle) / scale, mirror = flip ? -1 : 1, middle = (_view - 1) / 2.0;
        return new AffineMap(
            XX: (float)(cos * mirror), XY: (float)(shear * cos - sin),
            YX: (float)(sin * mirror), YY: (float)(shear * sin + cos),
            CenterX: (float)(cropX + middle + shiftX), CenterY: (float)(cropY + middle + shiftY));
    }

    private void Erase(ref RandomStream random, Span<float> target, float fill)
    {
        double area = random.NextDouble(_options.EraseMinimumArea, _options.EraseMaximumArea) * Side * Side;
        double aspect = Math.Exp(random.NextDouble(-1, 1) * Math.Log(3));
        int width = Math.Clamp((int)Math.Round(Math.Sqrt(area * aspect)), 1, Side);
        int height = Math.Clamp((int)Math.Round(Math.Sqrt(area / aspect)), 1, Side);
        int left = random.NextInt32(Side - width + 1), top = random.NextInt32(Side - height + 1);
        for (int y = top; y < top + height; y++) target.Slice(y * Side + left, width).Fill(fill);
    }

    private static void ChangeTone(Span<float> values, float factor, float added)
    {
        var zero = Vector<float>.Zero;
        var white = new Vector<float>(255f);
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var part = values[i..];
            Vector.Min(Vector.Max(new Vector<float>(part) * factor + new Vector<float>(added), zero), white).CopyTo(part);
        }
        for (; i < values.Length; i++) values[i] = Math.Clamp(values[i] * factor + added, 0f, 255f);
    }

    /// <summary>The mean of the bytes, summed as integers so that the order of summation does not matter.</summary>
    private static float Mean(ReadOnlySpan<byte> face)
    {
        // 2,304 bytes in vectors of at least 16 are at most 144 sums of 255 a lane: they fit 16 bits.
        Vector<ushort> low = default, high = default;
        int i = 0;
        for (; i <= face.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(face[i..]), out var a, out var b);
            low += a;
            high += b;
        }
        int sum = 0;
        for (int k = 0; k < Vector<ushort>.Count; k++) sum += low[k] + high[k];
        for (; i < face.Length; i++) sum += face[i];
        return sum / (float)face.Length;
    }

    private static void CheckSide(int side)
    {
        if (side is < 8 or > Face.Side) throw new FerUsageException($"The input side must be 8 … {Face.Side} pixels, not {side}.");
    }

    private static void CheckSpans(ReadOnlySpan<byte> face, Span<float> target, int side)
    {
        if (face.Length != Face.PixelCount || target.Length != side * side)
            throw new ArgumentException($"{face.Length} pixels cannot fill {target.Length} values as {side}x{side}.");
    }
}
