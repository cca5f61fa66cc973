namespace Fer.Pipeline.Reports;

/// <summary>How a point of a scatter is drawn.</summary>
public enum PointShape
{
    /// <summary>A filled circle.</summary>
    Circle,
    /// <summary>A ring.</summary>
    Hollow,
    /// <summary>A larger diamond, for what matters most.</summary>
    Diamond,
    /// <summary>A cross.</summary>
    Cross,
}
