namespace Fer.Pipeline.AutoML;

/// <summary>Marks an option that a sweep chooses from a list of unordered values.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ChoiceAttribute : Attribute
{
    /// <summary>Creates the choice.</summary>
    /// <exception cref="ArgumentException">The list is empty or contains a value twice.</exception>
    public ChoiceAttribute(params object[] candidates)
    {
        if (candidates.Length == 0) throw new ArgumentException("A choice needs at least one candidate.");
        if (candidates.Distinct().Count() != candidates.Length) throw new ArgumentException("A choice contains a candidate twice.");
        Candidates = candidates;
    }

    /// <summary>The values to choose from.</summary>
    public IReadOnlyList<object> Candidates { get; }
}
