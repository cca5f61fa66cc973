namespace Fer.Pipeline.Reports;

/// <summary>A setting or fact as the report shows it.</summary>
/// <param name="Name">Its name, such as <c>LearningRate</c>.</param>
/// <param name="Value">Its value as text.</param>
public sealed record ReportValue(string Name, string Value);
