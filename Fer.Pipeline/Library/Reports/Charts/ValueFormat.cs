namespace Fer.Pipeline.Reports;

/// <summary>How a chart or table shows its numbers.</summary>
public enum ValueFormat
{
    /// <summary>Three decimals.</summary>
    Number,
    /// <summary>A share 0 … 1 as per cent.</summary>
    Percent,
    /// <summary>Whole, with thousands set apart.</summary>
    Count,
}
