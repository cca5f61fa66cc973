using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class TrainingPlanTests
{
    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        internal void Advance(double seconds) => _ticks += (long)(seconds * TimeSpan.TicksPerSecond);

        internal double Seconds => (double)_ticks / TimeSpan.TicksPerSecond;
    }

    [Fact]
    public void Fixed_plan_runs_its_steps_from_0_to_exactly_1()
    {
        var plan = new FixedPlan(5);
        var fractions = new List<double>();
        while (true)
        {
            fractions.Add(plan.Fraction);
            if (plan.IsLast) break;
            plan.EndStep(1);
        }
        Assert.Equal([0, 0.25, 0.5, 0.75, 1], fractions);
        Assert.True(new FixedPlan(1).IsLast);
    }

    [Theory]
    [InlineData(60, 0.1, 1.0, 0.0)]     // steady
    [InlineData(60, 0.1, 3.0, 0.0)]     // becomes three times slower half-way
    [InlineData(60, 0.1, 0.3, 0.0)]     // becomes three times faster half-way
    [InlineData(600, 0.1, 1.0, 0.3)]    // noisy
    [InlineData(10, 0.5, 1.0, 0.2)]
    public void Deadline_plan_ends_just_before_the_deadline_with_rising_fractions(
        double budget, double stepSeconds, double later, double noise)
    {
        var clock = new Clock();
        const int perEpoch = 20;
        const double validation = 0.4;
        var plan = new DeadlinePlan(clock, clock.GetTimestamp(), TimeSpan.FromSeconds(budget), perEpoch, long.MaxValue / 2,
            validation / stepSeconds);
        var random = new Fer.Pipeline.RandomStream(3);
        double previous = -1, largest = 0;
        while (true)
        {
            Assert.True(plan.Fraction > previous);
            if (previous >= 0) largest = Math.Max(largest, plan.Fraction - previous);
            previous = plan.Fraction;
            // The first step is slow: kernels are compiled.
            double seconds = (plan.Done == 0 ? 5 * stepSeconds : stepSeconds) * (clock.Seconds > budget / 2 ? later
                : 1) * (1 + noise * random.NextDouble(-1, 1));
            clock.Advance(seconds);
            bool last = plan.IsLast;
            plan.EndStep(seconds);
            if (plan.Done % perEpoch == 0 || last)
            {
                clock.Advance(validation);
                plan.EndValidation(validation);
            }
            if (last) break;
        }
        Assert.Equal(1, previous);
        Assert.InRange(clock.Seconds, budget * 0.97 - 3 * stepSeconds * Math.Max(1, later) - validation, budget);
        Assert.InRange(largest, 0, 0.25);
        Assert.Equal(plan.Done, plan.TotalSteps - 1);
    }

    [Fact]
    public void Deadline_plan_has_no_more_than_the_most_steps_and_one_that_is_late_ends_at_once()
    {
        var clock = new Clock();
        var plan = new DeadlinePlan(clock, clock.GetTimestamp(), TimeSpan.FromHours(1), 10, 30, 0);
        int steps = 1;
        for (; !plan.IsLast; steps++) plan.EndStep(0.01);
        Assert.Equal(30, steps);

        var late = new DeadlinePlan(clock, clock.GetTimestamp(), TimeSpan.FromSeconds(1), 10, 1000, 0);
        clock.Advance(5);
        late.EndStep(5);
        Assert.True(late.IsLast);
    }
}
