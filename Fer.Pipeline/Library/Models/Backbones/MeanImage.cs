using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>The mean of the pictures that a network was trained on, which is taken off its input pixel by pixel.</summary>
/// <param name="Side">Width and height.</param>
/// <param name="Values">[3, side, side], in the network's order of channels.</param>
internal sealed record MeanImage(int Side, float[] Values)
{
    internal const int Channels = 3;

    /// <summary>
    /// Reads it from an ONNX graph that prepares pictures by taking off the mean and, where it does, by changing the order of the
    /// channels: what it makes of a black picture is the mean's negative.
    /// </summary>
    /// <param name="path">The graph's file.</param>
    /// <exception cref="FerException">The file cannot be read, or does something else.</exception>
    internal static MeanImage Read(string path)
    {
        var network = OnnxReader.Read(path);
        var shape = network.Input;
        if (network.Inputs.Count != 1 || shape.Channels != Channels || shape.Height != shape.Width || network.Output != shape)
            throw Other();
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, 1, training: false, pool);
        float[] black = Run(0), bright = Run(255);
        // Past whole numbers of this size the difference is exact to a few units of the last place.
        for (int i = 0; i < black.Length; i++)
            if (!(Math.Abs(bright[i] - black[i] - 255) < 1e-3)) throw Other();
        var values = new float[shape.Length];
        for (int place = 0; place < shape.Area; place++)
            for (int c = 0; c < Channels; c++) values[c * shape.Area + place] = -black[place * Channels + c];
        return new MeanImage(shape.Height, values);

        float[] Run(float pixel)
        {
            executor.Input.Fill(pixel);
            executor.Forward(1);
            return executor.Output[..shape.Length].ToArray();
        }

        FerException Other() => new($"{path}: is no graph that takes a mean picture of {Channels} channels off its input.");
    }

    /// <summary>The same at another size: each pixel is the mean of what it covers.</summary>
    internal MeanImage At(int side)
    {
        if (side == Side) return this;
        var values = new float[Channels * side * side];
        double scale = (double)Side / side;
        for (int i = 0; i < values.Length; i++)
        {
            int channel = i / (side * side), y = i / side % side, x = i % side;
            double sum = 0;
            foreach (var (row, height) in Covered(y * scale, scale))
                foreach (var (column, width) in Covered(x * scale, scale))
                    sum += height * width * Values[(channel * Side + row) * Side + column];
            values[i] = (float)(sum / (scale * scale));
        }
        return new MeanImage(side, values);
    }

    /// <summary>The pixels that a stretch reaches into, and how far.</summary>
    private IEnumerable<(int Pixel, double Part)> Covered(double start, double length)
    {
        double end = Math.Min(Side, start + length);
        for (int pixel = (int)start; pixel < end; pixel++)
            yield return (pixel, Math.Min(pixel + 1, end) - Math.Max(pixel, start));
    }
}
