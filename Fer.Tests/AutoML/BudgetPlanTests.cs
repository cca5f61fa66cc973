using Fer.Pipeline.AutoML;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.AutoML;

public class BudgetPlanTests
{
    private static readonly Gen<BudgetPlan> Plans =
        from budget in Gen.Choose(1, 20_000)
        from finish in Gen.Choose(0, 400)
        from epoch in Gen.Choose(1, 6_000)
        from most in Gen.Choose(0, 40)
        select BudgetPlan.Create(TimeSpan.FromSeconds(budget), TimeSpan.FromSeconds(finish / 10.0), TimeSpan.FromSeconds(epoch / 10.0),
            most);

    private static void Holds(Func<BudgetPlan, bool> property) => Prop.ForAll(Plans.ToArbitrary(), property).QuickCheckThrowOnFailure();

    [Fact]
    public void Parts_add_up_to_the_budget_and_none_is_negative() =>
        Holds(p => p.Exploration >= TimeSpan.Zero && p.Reserve > TimeSpan.Zero && p.Final > TimeSpan.Zero
            && p.Exploration + p.Final + p.Reserve == p.Budget);

    [Fact]
    public void Final_training_keeps_at_least_three_times_the_exploration() =>
        Holds(p => p.Final >= 2.99 * p.Exploration);

    [Fact]
    // Times are whole ticks, and half of an odd one is rounded.
    public void One_trial_alone_is_never_planned() =>
        Holds(p => p.Trials == 0
            || (p.Trials >= 2 && p.Exploration + TimeSpan.FromTicks(10) >= 2 * p.TrialTime / Math.Pow(BudgetPlan.Eta, p.Rungs - 1)));

    [Fact]
    public void Trials_of_the_lowest_rung_are_never_shorter_than_the_least() =>
        Holds(p => p.Trials == 0 || p.TrialTime / Math.Pow(BudgetPlan.Eta, p.Rungs - 1) >= BudgetPlan.LeastTrial - TimeSpan.FromTicks(10));

    [Fact]
    public void Time_for_a_dozen_epochs_is_all_for_the_training_and_more_is_shared()
    {
        static BudgetPlan Plan(double minutes) =>
            BudgetPlan.Create(TimeSpan.FromMinutes(minutes), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(50));
        double[] minutes = [1, 5, 10, 15, 60, 480];
        BudgetPlan[] plans = [.. minutes.Select(Plan)];
        double[] shares = [.. plans.Select(p => p.Exploration / p.Budget)];
        Assert.Equal(shares.Order(), shares);
        Assert.Equal([0, 0, 0], shares[..3]);
        Assert.InRange(shares[4], 0.05, 0.1);
        Assert.InRange(shares[5], 0.12, 0.15);
        Assert.Equal(3, plans[5].Rungs);
    }

    [Fact]
    public void Reserve_covers_what_finishing_was_measured_to_take()
    {
        var plan = BudgetPlan.Create(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(50));
        Assert.InRange(plan.Reserve.TotalSeconds, 12, 30);
    }

    [Fact]
    public void Budget_of_nothing_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetPlan.Create(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
}
