using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The RNN of the course project that merges disgust into angry: the face is read row by row, and each row is one step with as many values
/// as it has pixels (no accuracy was reported for it). LSTM of Hochreiter and Schmidhuber, Neural Computation 9, 1997; the number of units
/// was not published. 0.22 M parameters and 11 M multiply-accumulates at 48x48 pixels, width 1.
/// <code>
/// input            1 x 48 x 48   pixels to mean 0, deviation 1
/// rows as steps   48 values, 48 steps
/// 2 x LSTM       128 units, 48 steps
/// last step
/// dropout 0.3, linear to the classes
/// </code>
/// </summary>
internal static class RowLstm
{
    internal const string Name = "RowLstm";

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        builder.Input.NormalizePixels()
            .Reshape(new Shape(options.InputSide, options.InputSide))
            .Lstm(options.Channels(128))
            .Lstm(options.Channels(128)).LastStep()
            .Dropout(options.Dropout)
            .Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }
}
