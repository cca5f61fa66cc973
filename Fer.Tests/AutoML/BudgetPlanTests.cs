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
        select BudgetPlan.Create(TimeSpan.FromSeconds(budget), TimeSpan.FromSeconds(finish / 10.0), TimeSpan.FromSeconds(epoch / 10.0), most);

    private static void Holds(Func<BudgetPlan, bool> property) => Prop.ForAll(Plans.ToArbitrary(), property).QuickCheckThrowOnFailure();

    [Fact]
    public void Parts_add_up_to_the_budget_and_none_is_negative() =>
        Holds(p => p.Exploration >= TimeSpan.Zero && p.Reserve > TimeSpan.Zero && p.Final > TimeSpan.Zero
            && p.Exploration + p.Final + p.Reserve == p.Budget);

    [Fact]
    public void Final_training_keeps_at_least_three_times_the_exploration() =>
        Holds(p => p.Final >= 2.99 * p.Exploration);

    [Fact]
    public void One_trial_alone_is_never_planned_and_twelve_are_the_most() => Holds(p => p.Trials is 0 or (>= 2 and <= 12));

    [Fact]
    public void Trials_are_never_shorter_than_the_least() => Holds(p => p.Trials == 0 || p.TrialTime >= BudgetPlan.LeastTrial);

    [Fact]
    public void Longer_budget_never_means_fewer_trials()
    {
        static int Trials(double minutes) =>
            BudgetPlan.Create(TimeSpan.FromMinutes(minutes), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(50)).Trials;
        int[] trials = [Trials(0.5), Trials(2), Trials(5), Trials(15), Trials(60), Trials(240)];
        Assert.Equal(trials.Order(), trials);
        Assert.Equal(0, trials[0]);
        Assert.Equal(12, trials[^1]);
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
