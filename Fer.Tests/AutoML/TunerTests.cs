using Fer.Pipeline.AutoML;

namespace Fer.Tests.AutoML;

public class TunerTests
{
    private static readonly SearchSpace<ScriptedOptions> Space = new();

    public static TheoryData<TunerKind> Kinds => [.. Enum.GetValues<TunerKind>()];

    private static ITuner Create(TunerKind kind, long seed) => kind switch
    {
        TunerKind.CostFrugal => new CostFrugalTuner(Space, seed),
        TunerKind.GridSearch => new GridSearchTuner(Space, seed),
        TunerKind.RandomSearch => new RandomSearchTuner(Space, seed),
        _ => new SuccessiveHalvingTuner(Space, seed),
    };

    private static double Score(Parameter parameter) => new ScriptedRunner(new ManualTime()).Score(parameter);

    /// <summary>Runs trials and gives what was proposed, at which fidelity; a trial may fail.</summary>
    private static List<(Parameter Setting, double Fidelity)> Run(ITuner tuner, int trials, Func<int, bool>? fails = null)
    {
        var proposed = new List<(Parameter, double)>();
        for (int i = 0; i < trials && !tuner.IsExhausted; i++)
        {
            var settings = new TrialSettings { TrialId = i, Parameter = Space.Default, Seed = 1 };
            settings = settings with { Parameter = tuner.Propose(settings) };
            proposed.Add((settings.Parameter, tuner.Fidelity));
            if (fails?.Invoke(i) == true) continue;
            tuner.Update(
                new TrialResult
                {
                    TrialSettings = settings,
                    Metric = Score(settings.Parameter),
                    DurationInMilliseconds = 1000 * (1 + (int)settings.Parameter["Depth"])
                });
        }
        return proposed;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void The_default_is_tried_first_and_the_seed_decides_the_rest(TunerKind kind)
    {
        var first = Run(Create(kind, 3), 20, i => i % 7 == 5);
        Assert.Equal(Space.Default, first[0].Setting);
        Assert.Equal(first, Run(Create(kind, 3), 20, i => i % 7 == 5));
        Assert.NotEqual(first, Run(Create(kind, 4), 20, i => i % 7 == 5));
        Assert.All(first, p => Space.MappingToFeatureSpace(p.Setting));
    }

    [Theory]
    [InlineData(TunerKind.CostFrugal)]
    [InlineData(TunerKind.SuccessiveHalving)]
    [InlineData(TunerKind.RandomSearch)]
    public void Forty_trials_find_a_good_setting(TunerKind kind)
    {
        double[] best = [.. Enumerable.Range(1, 9).Select(seed => Run(Create(kind, seed), 40).Max(p => Score(p.Setting))).Order()];
        // The best possible score is 0.8, the default's 0.5.
        Assert.InRange(best[4], 0.74, 0.8);
    }

    [Fact]
    public void A_grid_is_searched_once_with_both_ends_of_ranges()
    {
        var tuner = new GridSearchTuner(Space, 5, steps: 4);
        var all = Run(tuner, 1000).ConvertAll(p => p.Setting);
        Assert.True(tuner.IsExhausted);
        Assert.Equal(all.Count, all.Distinct().Count());
        // The default's rate is not on the grid and comes in addition.
        Assert.Equal(4 * 2 * 4, tuner.GridSize);
        Assert.InRange(all.Count, 32, 33);
        Assert.Contains(all, p => (double)p["Rate"] is > 0.999 and <= 1);
        Assert.Contains(all, p => (double)p["Rate"] < 0.00101);
        Assert.Equal([1, 2, 3, 4], all.Select(p => (int)p["Depth"]).Distinct().Order());
        Assert.Equal(all.ToHashSet(), Run(new GridSearchTuner(Space, 6, steps: 4), 1000).Select(p => p.Setting).ToHashSet());
    }

    [Fact]
    public void Halving_gives_the_best_third_three_times_as_long()
    {
        var tuner = new SuccessiveHalvingTuner(Space, 1, rungs: 3);
        var trials = Run(tuner, 26);
        double[] fidelities = [.. trials.Select(t => Math.Round(1 / t.Fidelity))];
        Assert.Equal([9, 3, 1], fidelities.Distinct());
        int low = fidelities.Count(f => f == 9), middle = fidelities.Count(f => f == 3);
        // A third is promoted, and the default with it.
        Assert.InRange(middle, low / 3, low / 3 + 1);
        var bottom = trials.Where(t => t.Fidelity < 0.2).Select(t => t.Setting).OrderByDescending(Score).ToArray();
        Assert.Contains(trials, t => t.Fidelity == 1 && t.Setting.Equals(Space.Default));
        Assert.Contains(trials, t => t.Fidelity > 0.2 && t.Setting.Equals(bottom[0]));
        Assert.DoesNotContain(trials, t => t.Fidelity > 0.2 && t.Setting.Equals(bottom[^1]) && !t.Setting.Equals(Space.Default));
    }

    [Fact]
    public void A_frugal_search_prefers_the_cheaper_of_equals()
    {
        // Depth changes nothing but the time: the search must not stay where it is expensive.
        var tuner = new CostFrugalTuner(Space, 2);
        var trials = Run(tuner, 60).ConvertAll(p => p.Setting);
        Assert.True(Score(trials[^1]) > Score(trials[0]));
    }
}
