using System.Buffers.Binary;
using System.Security.Cryptography;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Data;

/// <summary>
/// Labelled faces in memory: 48x48 grey bytes, row-major, 2,304 a face, in one block; a class index and, where the scheme is soft,
/// a probability a class for each. Never changed once built.
/// </summary>
public sealed class FaceSet
{
    private readonly byte[] _pixels;
    private readonly int[] _labels;
    private readonly float[]? _targets;
    private readonly long[] _rows;
    private string? _sha256;

    /// <summary>Builds a set over the given arrays, which the caller hands over.</summary>
    /// <param name="classNames">Class names in the order of the class indices.</param>
    /// <param name="pixels">[count * 2304] grey values, face after face.</param>
    /// <param name="labels">[count] class indices.</param>
    /// <param name="rows">[count] row numbers in the source, from 0.</param>
    /// <param name="targets">[count * classes] probabilities that sum to 1 for each face, or null where the label says all.</param>
    /// <exception cref="ArgumentException">The arrays disagree on the count, or a label is no class index.</exception>
    public FaceSet(IReadOnlyList<string> classNames, byte[] pixels, int[] labels, long[] rows, float[]? targets = null)
    {
        if (pixels.Length != labels.Length * (long)Face.PixelCount || rows.Length != labels.Length)
            throw new ArgumentException($"{labels.Length} labels, {rows.Length} rows and {pixels.Length} pixels do not belong together.");
        if (targets is not null && targets.Length != labels.Length * (long)classNames.Count)
            throw new ArgumentException($"{targets.Length} targets are not {labels.Length} faces x {classNames.Count} classes.");
        foreach (int label in labels)
            if ((uint)label >= classNames.Count)
                throw new ArgumentException($"Label {label} is not one of {classNames.Count} classes.");
        ClassNames = classNames;
        _pixels = pixels;
        _labels = labels;
        _rows = rows;
        _targets = targets;
    }

    /// <summary>
    /// Reads all rows of a data view that have a label: FER2013 through this project's own views, or anything that ML.NET's loaders and
    /// transforms made.
    /// </summary>
    /// <param name="view">
    /// The rows. Where it has a column Row (Int64), <see cref="Row"/> is its value; elsewhere the row's number in the view.
    /// </param>
    /// <param name="labelColumn">A key whose KeyValues are text, or text: class names, in FER2013's order where all are emotions.</param>
    /// <param name="imageColumn">
    /// A vector of 2,304 bytes, a vector of 2,304 Singles from 0 to 255 (rounded), or an <see cref="MLImage"/> of any size, made grey and
    /// 48x48.
    /// </param>
    /// <param name="softTargets">Makes soft targets of the column Votes, where the view has one.</param>
    /// <param name="classNames">Class names that the labels are matched with, as those of a model; null takes the column's own.</param>
    /// <exception cref="FerUsageException">A column is missing or holds neither labels nor faces.</exception>
    /// <exception cref="FerException">
    /// There is no face, a value is out of range, a label is none of <paramref name="classNames"/>, or the pixels were scaled to 0 … 1.
    /// </exception>
    public static FaceSet FromDataView(
        IDataView view,
        string labelColumn = FaceColumns.Label,
        string imageColumn = FaceColumns.Pixels,
        bool softTargets = false,
        IReadOnlyList<string>? classNames = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        var label = FaceColumns.Find(view.Schema, labelColumn);
        var image = FaceColumns.Find(view.Schema, imageColumn);
        FacePixels.Check(image);
        classNames ??= FaceClasses.NamesOf(view, label);
        var votes = softTargets ? view.Schema.GetColumnOrNull(FaceColumns.Votes) : null;
        using var collector = new FaceSetCollector(classNames, FaceClasses.SchemeOf(label));
        collector.Read(view, label, image, usage: null, votes);
        var set = collector.ToFaceSets()[(int)Usage.Training];
        if (set.Count == 0)
            throw new FerException($"There is no face with a label in the column '{labelColumn}'. Check the filters before it.");
        if (image.Type is VectorDataViewType { ItemType.RawType: var type } && type == typeof(float) && set._pixels.Max() == 1)
        {
            throw new FerException($"The column '{imageColumn}' holds pixels from 0 to 1; they must be from 0 to 255. " +
                "Leave the scale of ExtractPixels at its default.");
        }
        return set;
    }

    /// <summary>Number of faces.</summary>
    public int Count => _labels.Length;

    /// <summary>Class names in the order of the class indices.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>True where faces carry a probability a class, not only one label.</summary>
    public bool HasSoftTargets => _targets is not null;

    /// <summary>The [48 * 48] grey values of face <paramref name="index"/>, row-major.</summary>
    public ReadOnlySpan<byte> Pixels(int index) => _pixels.AsSpan(index * Face.PixelCount, Face.PixelCount);

    /// <summary>The class index of face <paramref name="index"/>.</summary>
    public int Label(int index) => _labels[index];

    /// <summary>All class indices, face by face.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Row of face <paramref name="index"/> in the source it was read from, from 0.</summary>
    public long Row(int index) => _rows[index];

    /// <summary>Writes the [classes] target probabilities of face <paramref name="index"/>: its soft target, or 1 at its label.</summary>
    public void CopyTarget(int index, Span<float> target)
    {
        if (_targets is not null)
        {
            _targets.AsSpan(index * ClassNames.Count, ClassNames.Count).CopyTo(target);
            return;
        }
        target.Clear();
        target[_labels[index]] = 1f;
    }

    /// <summary>As <see cref="CopyTarget(int, Span{float})"/>, with a share, 0 … 1, of the soft target and the rest at the label.</summary>
    internal void CopyTarget(int index, float share, Span<float> target)
    {
        CopyTarget(index, target);
        if (share == 1 || !HasSoftTargets) return;
        foreach (ref float value in target) value *= share;
        target[_labels[index]] += 1 - share;
    }

    /// <summary>The same faces with other [count * classes] targets.</summary>
    internal FaceSet WithTargets(float[] targets) => new(ClassNames, _pixels, _labels, _rows, targets);

    /// <summary>Number of faces a class.</summary>
    public int[] CountByClass()
    {
        var counts = new int[ClassNames.Count];
        foreach (int label in _labels) counts[label]++;
        return counts;
    }

    /// <summary>A copy that holds the faces at <paramref name="indices"/>, in that order.</summary>
    /// <exception cref="FerException">There are more than fit into one set: 932,067.</exception>
    public FaceSet Select(ReadOnlySpan<int> indices)
    {
        if (indices.Length > Face.MostInArray)
            throw new FerException(
                $"{indices.Length:N0} faces are more than the {Face.MostInArray:N0} that one set can hold. Select fewer.");
        int classes = ClassNames.Count;
        var pixels = new byte[indices.Length * Face.PixelCount];
        var labels = new int[indices.Length];
        var rows = new long[indices.Length];
        var targets = _targets is null ? null : new float[indices.Length * classes];
        for (int i = 0; i < indices.Length; i++)
        {
            Pixels(indices[i]).CopyTo(pixels.AsSpan(i * Face.PixelCount));
            labels[i] = _labels[indices[i]];
            rows[i] = _rows[indices[i]];
            _targets?.AsSpan(indices[i] * classes, classes).CopyTo(targets.AsSpan(i * classes));
        }
        return new FaceSet(ClassNames, pixels, labels, rows, targets);
    }

    /// <summary>
    /// SHA-256 over class names, labels, pixels and targets, in lower-case hexadecimal: the same data gives the same hash wherever it was
    /// read from.
    /// </summary>
    public string Sha256
    {
        get
        {
            if (_sha256 is not null) return _sha256;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', ClassNames)));
            Span<byte> four = stackalloc byte[4];
            foreach (int label in _labels)
            {
                BinaryPrimitives.WriteInt32LittleEndian(four, label);
                hash.AppendData(four);
            }
            hash.AppendData(_pixels);
            foreach (float target in _targets ?? [])
            {
                BinaryPrimitives.WriteSingleLittleEndian(four, target);
                hash.AppendData(four);
            }
            return _sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }
}
