using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fer.Pipeline.Images;

/// <summary>
/// Brings the rows of a component to the width and height of the image. Where a side was halved, each new sample is three parts of the near
/// one and one of the far one (a triangle filter), rounded as the reference decoder does; other samplings repeat samples.
/// </summary>
internal sealed class ChromaUpsampler
{
    private readonly JpegComponent _component;
    private readonly int _width, _maxHorizontal, _maxVertical;
    private readonly bool _halfWidth, _halfHeight;
    private readonly byte[] _row;
    private readonly short[] _sums;

    internal ChromaUpsampler(JpegFrame frame, JpegComponent component)
    {
        _component = component;
        (_width, _maxHorizontal, _maxVertical) = (frame.Width, frame.MaxHorizontal, frame.MaxVertical);
        bool wide = component.Horizontal == _maxHorizontal, tall = component.Vertical == _maxVertical;
        // Narrow images are left to repetition, as by the reference decoder.
        _halfWidth = component.Horizontal * 2 == _maxHorizontal && component.Width > 2;
        _halfHeight = component.Vertical * 2 == _maxVertical;
        if (!(_halfWidth || wide) || !(_halfHeight || tall)) _halfWidth = _halfHeight = false;
        IsWhole = wide && tall;
        // A sample before the first, one after the last, and room for whole vectors.
        _sums = new short[component.Width + 2 + Vector256<short>.Count];
        _row = new byte[2 * component.Width + Math.Max(_width, 2 * Vector256<short>.Count)];
    }

    /// <summary>True where the component has a sample a pixel.</summary>
    private bool IsWhole { get; }

    /// <summary>Row <paramref name="y"/> of the image; valid until the next is asked for.</summary>
    internal ReadOnlySpan<byte> Row(int y)
    {
        if (IsWhole) return Samples(y)[.._width];
        if (!_halfWidth && !_halfHeight)
        {
            var from = Samples(y * _component.Vertical / _maxVertical);
            for (int x = 0; x < _width; x++) _row[x] = from[x * _component.Horizontal / _maxHorizontal];
            return _row.AsSpan(0, _width);
        }
        var near = Samples(_halfHeight ? y / 2 : y);
        // The far row is above for even rows, below for odd ones; at the edges it is the near one.
        var far = _halfHeight ? Samples(Math.Clamp(y / 2 + ((y & 1) == 0 ? -1 : 1), 0, _component.Height - 1)) : near;
        if (!_halfWidth)
        {
            int bias = (y & 1) == 0 ? 1 : 2;
            for (int x = 0; x < _width; x++) _row[x] = (byte)((3 * near[x] + far[x] + bias) >> 2);
            return _row.AsSpan(0, _width);
        }
        if (_halfHeight)
        {
            Blend(near, far);
            Widen(8, 7, 4);
        }
        else
        {
            Blend(near);
            Widen(1, 2, 2);
        }
        return _row.AsSpan(0, _width);
    }

    private ReadOnlySpan<byte> Samples(int y) => _component.Samples.AsSpan(y * _component.Stride, _component.Stride);

    /// <summary>Three parts of one row and one of the other, with the first and last repeated beyond the ends.</summary>
    private void Blend(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far)
    {
        int width = _component.Width, x = 0;
        for (; x <= width - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            var (nearLow, nearHigh) = Vector128.Widen(Vector128.Create(near[x..]));
            var (farLow, farHigh) = Vector128.Widen(Vector128.Create(far[x..]));
            (nearLow * 3 + farLow).AsInt16().CopyTo(_sums.AsSpan(1 + x));
            (nearHigh * 3 + farHigh).AsInt16().CopyTo(_sums.AsSpan(9 + x));
        }
        for (; x < width; x++) _sums[1 + x] = (short)(3 * near[x] + far[x]);
        (_sums[0], _sums[1 + width]) = (_sums[1], _sums[width]);
    }

    private void Blend(ReadOnlySpan<byte> near)
    {
        int width = _component.Width;
        for (int x = 0; x < width; x++) _sums[1 + x] = near[x];
        (_sums[0], _sums[1 + width]) = (_sums[1], _sums[width]);
    }

    /// <summary>Two samples for each: three parts of it and one of its left, then of its right neighbour.</summary>
    private void Widen(short leftBias, short rightBias, int shift)
    {
        ref short sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        var target = MemoryMarshal.Cast<byte, ushort>(_row.AsSpan());
        for (int x = 0; x < _component.Width; x += Vector256<short>.Count)
        {
            var own = Vector256.LoadUnsafe(ref sums, (nuint)x + 1) * 3;
            var left = (own + Vector256.LoadUnsafe(ref sums, (nuint)x) + Vector256.Create(leftBias)) >>> shift;
            var right = (own + Vector256.LoadUnsafe(ref sums, (nuint)x + 2) + Vector256.Create(rightBias)) >>> shift;
            // Sixteen pairs of bytes, the left one first.
            (left | (right << 8)).AsUInt16().CopyTo(target[x..]);
        }
    }
}
