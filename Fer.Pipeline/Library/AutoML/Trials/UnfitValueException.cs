namespace Fer.Pipeline.AutoML;

/// <summary>A trial failed for the value of one option, and so would every other with it: the value leaves the sweep.</summary>
internal sealed class UnfitValueException(string option, string message) : FerException(message)
{
    /// <summary>Name of the option.</summary>
    internal string Option { get; } = option;
}
