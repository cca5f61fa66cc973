using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Data;

/// <summary>
/// Reads the face at a row out of a column of one of three types: a vector of 2,304 bytes, a vector of 2,304 Singles from 0 to 255,
/// or an <see cref="MLImage"/> of any size, made grey and 48x48.
/// </summary>
internal abstract class FacePixels
{
    /// <summary>True for a column that <see cref="Create"/> reads.</summary>
    internal static bool CanRead(DataViewType type) => type switch
    {
        VectorDataViewType vector => (vector.ItemType == NumberDataViewType.Byte || vector.ItemType == NumberDataViewType.Single) &&
            vector.Size is 0 or Face.PixelCount,
        _ => type.RawType == typeof(MLImage),
    };

    /// <summary>The reader of an active column of a row, good for all rows of its cursor.</summary>
    /// <exception cref="FerUsageException">The column holds no faces; the message says what would be read.</exception>
    internal static FacePixels Create(DataViewRow row, DataViewSchema.Column column)
    {
        Check(column);
        if (column.Type is not VectorDataViewType vector) return new OfImage(row, column);
        return vector.ItemType == NumberDataViewType.Byte ? new OfBytes(row, column) : new OfSingles(row, column);
    }

    /// <summary>Refuses a column that holds no faces.</summary>
    /// <exception cref="FerUsageException">The message says what would be read.</exception>
    internal static void Check(DataViewSchema.Column column)
    {
        if (CanRead(column.Type)) return;
        throw new FerUsageException($"The column '{column.Name}' holds {column.Type}, which is no face. " +
            $"A face is a vector of {Face.PixelCount:N0} bytes, " +
            $"a vector of {Face.PixelCount:N0} Singles from 0 to 255 (ExtractPixels of an image of 48x48 with " +
            "colorsToExtract: ColorBits.Red), " +
            "or an MLImage of any size.");
    }

    /// <summary>Writes the [48 * 48] grey values of the row; Singles are rounded.</summary>
    /// <exception cref="FerException">The row holds no face.</exception>
    internal abstract void CopyTo(Span<byte> pixels);

    /// <summary>Writes the [48 * 48] grey values of the row, 0 to 255.</summary>
    /// <exception cref="FerException">The row holds no face.</exception>
    internal abstract void CopyTo(Span<float> pixels);

    private static FerException Fault(DataViewRow row, DataViewSchema.Column column, string what) =>
        new($"Row {row.Position:N0}, column '{column.Name}': {what}");

    private static void CheckLength(int length, DataViewRow row, DataViewSchema.Column column)
    {
        if (length != Face.PixelCount)
            throw Fault(row, column, $"{length:N0} values where a face has {Face.PixelCount:N0} (48 x 48). " +
                "Resize the image before its pixels are extracted.");
    }

    private static void Widen(ReadOnlySpan<byte> bytes, Span<float> pixels)
    {
        for (int i = 0; i < bytes.Length; i++) pixels[i] = bytes[i];
    }

    private sealed class OfBytes(DataViewRow row, DataViewSchema.Column column) : FacePixels
    {
        private readonly ValueGetter<VBuffer<byte>> _getter = row.GetGetter<VBuffer<byte>>(column);
        private readonly byte[] _bytes = new byte[Face.PixelCount];
        private VBuffer<byte> _value;

        internal override void CopyTo(Span<byte> pixels)
        {
            _getter(ref _value);
            CheckLength(_value.Length, row, column);
            _value.CopyTo(pixels[..Face.PixelCount]);
        }

        internal override void CopyTo(Span<float> pixels)
        {
            CopyTo(_bytes);
            Widen(_bytes, pixels);
        }
    }

    private sealed class OfSingles(DataViewRow row, DataViewSchema.Column column) : FacePixels
    {
        private readonly ValueGetter<VBuffer<float>> _getter = row.GetGetter<VBuffer<float>>(column);
        private readonly float[] _singles = new float[Face.PixelCount];
        private VBuffer<float> _value;

        internal override void CopyTo(Span<byte> pixels)
        {
            CopyTo(_singles);
            for (int i = 0; i < Face.PixelCount; i++) pixels[i] = (byte)(_singles[i] + 0.5f);
        }

        internal override void CopyTo(Span<float> pixels)
        {
            _getter(ref _value);
            CheckLength(_value.Length, row, column);
            pixels = pixels[..Face.PixelCount];
            _value.CopyTo(pixels);
            foreach (float value in pixels)
                if (!(value >= 0 && value <= 255))
                    throw Fault(row, column, $"{value} is not a grey value of 0 to 255. Scale the pixels to that range.");
        }
    }

    private sealed class OfImage(DataViewRow row, DataViewSchema.Column column) : FacePixels
    {
        private readonly ValueGetter<MLImage> _getter = row.GetGetter<MLImage>(column);
        private readonly byte[] _bytes = new byte[Face.PixelCount];
        // Handed to the getter again and again: who makes images disposes the one before, and those of a list in memory stay their owner's.
        private MLImage _value = null!;

        internal override void CopyTo(Span<byte> pixels)
        {
            _getter(ref _value);
            if (_value is null) throw Fault(row, column, "no image. Leave the row out, or check the path that it was loaded from.");
            FaceImage.CopyTo(_value, pixels[..Face.PixelCount]);
        }

        internal override void CopyTo(Span<float> pixels)
        {
            CopyTo(_bytes);
            Widen(_bytes, pixels);
        }
    }
}
