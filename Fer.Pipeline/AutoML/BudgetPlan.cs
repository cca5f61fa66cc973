namespace Fer.Pipeline.AutoML;

/// <summary>
/// How a wall-clock budget is shared: short trials of equal time on a part of it, then the winner with what is left,
/// less a reserve in which the model is scored, saved and reported.
/// </summary>
public sealed record BudgetPlan
{
    /// <summary>Most short trials of a plan: past that the time teaches more in longer ones.</summary>
    internal const int MostTrials = 12;

    /// <summary>Least part of an epoch that a short trial should see.</summary>
    internal const double LeastEpochs = 0.5;

    /// <summary>Least time of a short trial: below it start-up decides.</summary>
    internal static readonly TimeSpan LeastTrial = TimeSpan.FromSeconds(3);

    /// <summary>All the time there is.</summary>
    public required TimeSpan Budget { get; init; }

    /// <summary>Short trials to run; 0 where the time is too short to compare anything.</summary>
    public required int Trials { get; init; }

    /// <summary>Cap on the time of one short trial.</summary>
    public required TimeSpan TrialTime { get; init; }

    /// <summary>Time kept at the end for scoring, saving and reporting.</summary>
    public required TimeSpan Reserve { get; init; }

    /// <summary>Time for all short trials.</summary>
    public TimeSpan Exploration => Trials * TrialTime;

    /// <summary>Time for training the winner, where the short trials use all of theirs.</summary>
    public TimeSpan Final => Budget - Exploration - Reserve;

    /// <summary>Makes a plan.</summary>
    /// <param name="budget">Time from now to the end.</param>
    /// <param name="finish">Measured time of scoring, saving and reporting once.</param>
    /// <param name="epoch">Measured or estimated time of an epoch with the largest network of the space.</param>
    /// <param name="maxTrials">Most short trials.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is not positive, or <paramref name="maxTrials"/> is negative.</exception>
    public static BudgetPlan Create(TimeSpan budget, TimeSpan finish, TimeSpan epoch, int maxTrials = MostTrials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(budget, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(finish, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(epoch, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(maxTrials);
        // What was measured once may take a little longer next time; half the budget is the most that makes sense.
        var reserve = Min(1.25 * finish + 0.01 * budget, 0.5 * budget);
        var training = budget - reserve;
        var exploration = ExplorationShare(budget) * training;
        var least = Max(LeastEpochs * epoch, LeastTrial);
        int trials = (int)Math.Min(Math.Min(maxTrials, MostTrials), exploration / least);
        // One short trial has nothing to be compared with.
        if (trials < 2) trials = 0;
        return new BudgetPlan
        {
            Budget = budget,
            Reserve = reserve,
            Trials = trials,
            TrialTime = trials == 0 ? TimeSpan.Zero : exploration / trials,
        };
    }

    /// <summary>A tenth of the shortest budgets, where training itself is short of time; a quarter from twenty minutes on.</summary>
    internal static double ExplorationShare(TimeSpan budget)
    {
        const double shortest = 2, longest = 20;
        double place = Math.Log(Math.Clamp(budget.TotalMinutes, shortest, longest) / shortest) / Math.Log(longest / shortest);
        return 0.10 + 0.15 * place;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
