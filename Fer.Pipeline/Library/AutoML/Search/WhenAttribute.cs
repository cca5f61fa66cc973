namespace Fer.Pipeline.AutoML;

/// <summary>
/// Marks an option that only counts where another one has a certain value, as Adam's learning rate does. Elsewhere it keeps its default, so
/// that two settings never differ by an option that does nothing.
/// </summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class WhenAttribute : Attribute
{
    /// <summary>Creates the condition.</summary>
    /// <param name="option">The other option, of the same class and declared before this one.</param>
    /// <param name="values">The values of it with which this option counts.</param>
    /// <exception cref="ArgumentException">No value is given.</exception>
    public WhenAttribute(string option, params object[] values)
    {
        if (values.Length == 0) throw new ArgumentException("A condition needs a value.");
        Option = option;
        Values = values;
    }

    /// <summary>The other option.</summary>
    public string Option { get; }

    /// <summary>The values of it with which this option counts.</summary>
    public IReadOnlyList<object> Values { get; }
}
