namespace Fer.Pipeline.Reports;

/// <summary>How a chart or table formats its numbers.</summary>
public enum ValueFormat
{
    /// <summary>Three decimals.</summary>
    Number,
    /// <summary>A share 0 … 1 as a percentage.</summary>
    Percent,
    /// <summary>A whole number with thousands separators.</summary>
    Count,
}
