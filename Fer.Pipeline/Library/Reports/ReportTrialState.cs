namespace Fer.Pipeline.Reports;

/// <summary>How a trial ended.</summary>
public enum ReportTrialState
{
    /// <summary>Ran to its end.</summary>
    Completed,
    /// <summary>Ended early, by the budget, the tuner or the user.</summary>
    Stopped,
    /// <summary>Ended with an error.</summary>
    Failed,
    /// <summary>Gave the model that was kept.</summary>
    Best,
}
