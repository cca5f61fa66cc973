namespace Fer.Pipeline.Detection;

/// <summary>A BlazeFace network, whatever runs it.</summary>
internal interface IBlazeFaceNetwork : IDisposable
{
    /// <summary>Width and height of its input in pixels.</summary>
    int Side { get; }

    /// <summary>Runs the network on one image.</summary>
    /// <param name="input">[side, side, 3] red, green and blue, -1 … 1.</param>
    /// <param name="output">Receives the output.</param>
    void Run(ReadOnlySpan<float> input, BlazeFaceOutput output);
}
