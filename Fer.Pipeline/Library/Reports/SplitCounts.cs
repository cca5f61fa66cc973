namespace Fer.Pipeline.Reports;

/// <summary>The rows of each class in one split.</summary>
/// <param name="Name">The split's name, such as <c>Training</c>.</param>
/// <param name="Counts">Rows of each class, in the order of the class names.</param>
internal sealed record SplitCounts(string Name, IReadOnlyList<int> Counts);
