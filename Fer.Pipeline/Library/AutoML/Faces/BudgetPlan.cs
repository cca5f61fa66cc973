namespace Fer.Pipeline.AutoML;

/// <summary>
/// How a wall-clock budget is shared: short trials on a part of it, then one or several final trainings with what is left, less a reserve
/// in which the model is scored, saved and reported.
/// </summary>
public sealed record BudgetPlan
{
    /// <summary>Most short trials of a plan where nothing else is asked for.</summary>
    internal const int MostTrials = 30;

    /// <summary>Least part of an epoch that the shortest trial should see.</summary>
    internal const double LeastEpochs = 0.5;

    /// <summary>How many times as long a trial is as one on the rung below.</summary>
    internal const int Eta = 3;

    /// <summary>
    /// Epochs of the whole budget up to which every one of them is worth more in the training than in comparing settings.
    /// </summary>
    private const double NoExploration = 12;

    /// <summary>Epochs of the whole budget from which comparing settings gets its greatest share.</summary>
    private const double FullExploration = 500;

    private const double GreatestShare = 0.15;

    /// <summary>Share of the budget, at the most, for trying views of the face and members.</summary>
    internal const double ViewShare = 0.04;

    /// <summary>Least time of a short trial: below it start-up decides.</summary>
    internal static readonly TimeSpan LeastTrial = TimeSpan.FromSeconds(3);

    /// <summary>All the time there is.</summary>
    public required TimeSpan Budget { get; init; }

    /// <summary>Most short trials to run; 0 where the time is too short to compare anything.</summary>
    public required int Trials { get; init; }

    /// <summary>Time of a trial on the highest rung; one on a lower rung has its <see cref="TrialSettings.Fidelity"/> of it.</summary>
    public required TimeSpan TrialTime { get; init; }

    /// <summary>Lengths of short trials, each <see cref="Eta"/> times the one before.</summary>
    public int Rungs { get; init; } = 1;

    /// <summary>Time for all short trials.</summary>
    public required TimeSpan Exploration { get; init; }

    /// <summary>Time kept at the end for scoring, saving and reporting.</summary>
    public required TimeSpan Reserve { get; init; }

    /// <summary>The part of <see cref="Reserve"/> for trying views of the face and members.</summary>
    public TimeSpan Views { get; init; }

    /// <summary>Final trainings, whose networks may answer together.</summary>
    public int Finals { get; init; } = 1;

    /// <summary>
    /// How far a setting must lead the default to be taken for it, in units of the metric; 1 where trials are too short to tell.
    /// </summary>
    public double Margin { get; init; }

    /// <summary>Time for all final trainings, where the short trials use all of theirs.</summary>
    public TimeSpan Final => Budget - Exploration - Reserve;

    /// <summary>Makes a plan.</summary>
    /// <param name="budget">Time from now to the end.</param>
    /// <param name="finish">Measured time of scoring, saving and reporting once.</param>
    /// <param name="epoch">Measured or estimated time of an epoch.</param>
    /// <param name="maxTrials">Most short trials.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is not positive, or <paramref name="maxTrials"/> is negative.</exception>
    public static BudgetPlan Create(TimeSpan budget, TimeSpan finish, TimeSpan epoch, int maxTrials = MostTrials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(budget, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(finish, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(epoch, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(maxTrials);
        // Half the budget is the most that makes sense.
        var reserve = Min(finish + 0.015 * budget, 0.5 * budget);
        var training = budget - reserve;
        var exploration = ExplorationShare(training / epoch) * training;
        var least = Max(LeastEpochs * epoch, LeastTrial);
        // A rung of 9 settings, the 3 best of them and the best takes as long as 3 full trials; with the default promoted, 4. One setting
        // alone has
        // nothing to be compared with.
        var (rungs, full) = exploration / 4 / (Eta * Eta) >= least ? (3, exploration / 4)
            : exploration / 3 / Eta >= least ? (2, exploration / 3)
            : (1, Max(least, exploration / Math.Max(1, maxTrials)));
        int trials = maxTrials < 2 || exploration < 2 * least ? 0 : maxTrials;
        return new BudgetPlan
        {
            Budget = budget,
            Reserve = reserve,
            Trials = trials,
            Rungs = rungs,
            TrialTime = trials == 0 ? TimeSpan.Zero : full,
            Exploration = trials == 0 ? TimeSpan.Zero : exploration,
        };
    }

    /// <summary>
    /// The share of the time for comparing settings: none where the time is enough for a dozen epochs only, since they are the accuracy;
    /// more the more there are.
    /// </summary>
    /// <param name="epochs">Epochs that the whole time is enough for.</param>
    internal static double ExplorationShare(double epochs)
    {
        double place = Math.Log(Math.Clamp(epochs, NoExploration, FullExploration) / NoExploration) / Math.Log(
            FullExploration / NoExploration);
        return GreatestShare * place;
    }

    internal static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
