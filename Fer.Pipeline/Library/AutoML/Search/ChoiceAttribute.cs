namespace Fer.Pipeline.AutoML;

/// <summary>Marks an option that a sweep may choose from a list, in which no value is nearer to another.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ChoiceAttribute : Attribute
{
    /// <summary>Creates the choice.</summary>
    /// <exception cref="ArgumentException">The list is empty or holds a value twice.</exception>
    public ChoiceAttribute(params object[] candidates)
    {
        if (candidates.Length == 0) throw new ArgumentException("A choice needs a candidate.");
        if (candidates.Distinct().Count() != candidates.Length) throw new ArgumentException("A choice holds a candidate twice.");
        Candidates = candidates;
    }

    /// <summary>The values to choose from.</summary>
    public IReadOnlyList<object> Candidates { get; }
}
