using Fer.Pipeline.Reports;

namespace Fer.Pipeline.Interactive;

/// <summary>Charts shown side by side while there is room, and below each other on a narrow page.</summary>
/// <param name="Charts">The charts from left to right.</param>
public sealed record ChartRow(IReadOnlyList<Chart> Charts);
