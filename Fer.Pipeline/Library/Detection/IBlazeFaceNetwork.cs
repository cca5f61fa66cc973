namespace Fer.Pipeline.Detection;

/// <summary>A BlazeFace network, whoever computes it.</summary>
internal interface IBlazeFaceNetwork : IDisposable
{
    /// <summary>Width and height of its input in pixels.</summary>
    int Side { get; }

    /// <summary>Computes one image.</summary>
    /// <param name="input">[side, side, 3] red, green and blue, -1 … 1.</param>
    /// <param name="output">Where the answer goes.</param>
    void Run(ReadOnlySpan<float> input, BlazeFaceOutput output);
}
