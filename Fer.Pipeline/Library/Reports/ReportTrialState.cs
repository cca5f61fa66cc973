namespace Fer.Pipeline.Reports;

/// <summary>How a trial ended.</summary>
public enum ReportTrialState
{
    /// <summary>Ran to completion.</summary>
    Completed,
    /// <summary>Stopped early, by the budget, the tuner or the user.</summary>
    Stopped,
    /// <summary>Failed with an error.</summary>
    Failed,
    /// <summary>Produced the model that was kept.</summary>
    Best,
}
