namespace Fer.Pipeline.Engine;

/// <summary>
/// Which pixels and taps a convolution reads and writes. The forward pass is one phase. The input gradient is split into one phase for each
/// position within the stride: all pixels of a phase use the same taps, so each phase is a plain convolution of the output's gradient.
/// </summary>
internal static class ConvolutionPhases
{
    /// <summary>Zero padding around the input image.</summary>
    internal readonly record struct Padding(int Top, int Left, int Bottom, int Right);

    /// <param name="Pixels">Positions in the padded input image, one for each result.</param>
    /// <param name="Results">Positions in the output.</param>
    /// <param name="Taps">Offsets from a pixel to the values it reads, and the index in the kernel.</param>
    /// <param name="Padding">The same for all phases of a convolution.</param>
    internal sealed record Phase((int Row, int Column)[] Pixels, (int Row, int Column)[] Results, (int Row, int Column, int Weight)[] Taps,
        Padding Padding);

    internal static Phase Forward(Shape input, Shape output, Window window)
    {
        var results = Grid(output.Height, output.Width, 0, 0, 1, 1);
        var taps = new List<(int, int, int)>();
        for (int ky = 0; ky < window.KernelHeight; ky++)
            for (int kx = 0; kx < window.KernelWidth; kx++)
                taps.Add((ky * window.DilationHeight, kx * window.DilationWidth, ky * window.KernelWidth + kx));
        return new Phase([.. results.Select(p => (p.Row * window.StrideHeight, p.Column * window.StrideWidth))], results, [.. taps],
            new Padding(window.PadTop, window.PadLeft, window.PadBottom, window.PadRight));
    }

    internal static Phase[] Backward(Shape input, Shape output, Window window)
    {
        var (rows, top, bottom) = Axis(input.Height, output.Height, window.KernelHeight, window.StrideHeight, window.PadTop,
            window.DilationHeight);
        var (columns, left, right) = Axis(input.Width, output.Width, window.KernelWidth, window.StrideWidth, window.PadLeft,
            window.DilationWidth);
        var padding = new Padding(top, left, bottom, right);
        var phases = new List<Phase>();
        for (int py = 0; py < rows.Length; py++)
            for (int px = 0; px < columns.Length; px++)
            {
                var results = Grid(input.Height, input.Width, py, px, window.StrideHeight, window.StrideWidth);
                var taps = from y in rows[py]
                           from x in columns[px]
                           select (y.Step + top, x.Step + left, y.Kernel * window.KernelWidth + x.Kernel);
                phases.Add(
                    new Phase([.. results.Select(p => (p.Row / window.StrideHeight, p.Column / window.StrideWidth))], results, [.. taps],
                        padding));
            }
        return [.. phases];
    }

    /// <summary>
    /// For each phase of one axis, the kernel positions that contribute to it, and how far beyond the output's gradient any of them reads.
    /// </summary>
    private static ((int Kernel, int Step)[][] Phases, int Before, int After) Axis(
        int input, int output, int kernel, int stride, int pad, int dilation)
    {
        // A phase beyond the input has no pixel.
        var phases = new (int Kernel, int Step)[Math.Min(stride, input)][];
        int before = 0, after = 0;
        for (int phase = 0; phase < phases.Length; phase++)
        {
            // Input position p uses kernel position k if p + pad - k * dilation is a multiple of the stride.
            phases[phase] = [.. from k in Enumerable.Range(0, kernel) let place = phase + (long)pad - (long)k * dilation
                where place % stride == 0 select (k, (int)(place / stride))];
            int last = (input - 1 - phase) / stride;
            foreach (var (_, step) in phases[phase])
            {
                before = Math.Max(before, -step);
                after = Math.Max(after, last + step - (output - 1));
            }
        }
        return (phases, before, after);
    }

    private static (int Row, int Column)[] Grid(int height, int width, int top, int left, int stepRow, int stepColumn)
    {
        var places = new List<(int, int)>();
        for (int row = top; row < height; row += stepRow)
            for (int column = left; column < width; column += stepColumn) places.Add((row, column));
        return [.. places];
    }
}
