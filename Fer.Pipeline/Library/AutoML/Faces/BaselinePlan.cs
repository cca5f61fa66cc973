using System.Globalization;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// What a sweep on faces is compared with: ML.NET's linear trainer and LightGBM on the features of a frozen backbone. Both together may
/// take
/// <see cref="Share"/> of the budget; where that is little, they see fewer faces and smaller pictures.
/// </summary>
/// <param name="Backbone">The backbone's name in the store.</param>
/// <param name="Side">Width and height in pixels that faces are resized to for it.</param>
/// <param name="Training">Training faces.</param>
/// <param name="Validation">Validation faces.</param>
/// <param name="TrialSeconds">Time that each trial may take; the first computes the features of both.</param>
internal sealed record BaselinePlan(string Backbone, int Side, int Training, int Validation, double TrialSeconds)
{
    /// <summary>Most of the budget for both trials.</summary>
    internal const double Share = 0.02;

    /// <summary>Share of that for the features; a trainer's time grows with them.</summary>
    private const double FeatureShare = 0.5;

    /// <summary>Sides to fall back to where a backbone's own takes too long.</summary>
    private static readonly int[] Sides = [192, 160, 128, 96, 64];

    /// <summary>Faces, of both sets, for which a larger picture is given up.</summary>
    private const int WantedFaces = 4000;

    /// <summary>Faces, of both sets, below which the figure would say nothing.</summary>
    private const int LeastFaces = 1200;

    /// <summary>
    /// Least time of both trials: below it, loading the backbone and compiling would be most of it. Of twelve seconds, the linear
    /// trainer's six were over before it was done.
    /// </summary>
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(15);

    /// <summary>Picture side at which a backbone's speed is measured.</summary>
    internal static int ProbeSide => Sides[^1];

    /// <summary>True where a budget is enough for baselines, so that a backbone is worth measuring.</summary>
    internal static bool IsWorthIt(TimeSpan budget) => Share * budget >= LeastTime;

    /// <summary>
    /// The backbone and the largest side at which the time is enough for a good many faces; null where it is not enough for anything.
    /// </summary>
    /// <param name="backbones">Each backbone with its measured faces a second at <see cref="ProbeSide"/>.</param>
    /// <param name="budget">The experiment's budget.</param>
    /// <param name="training">Training faces there are.</param>
    /// <param name="validation">Validation faces there are.</param>
    internal static BaselinePlan? Choose(
        IEnumerable<(BackboneEntry Entry, double FacesPerSecond)> backbones, TimeSpan budget, int training, int validation)
    {
        if (!IsWorthIt(budget)) return null;
        double seconds = Share * budget.TotalSeconds;
        var plans = new List<BaselinePlan>();
        foreach (var (entry, speed) in backbones)
        {
            int own = BackboneCandidate.OwnSide(entry);
            foreach (int side in Sides.Where(s => s < own).Prepend(own))
            {
                bool isLast = side <= ProbeSide;
                double faces = FeatureShare * seconds * speed * ProbeSide * ProbeSide / ((double)side * side);
                if (faces < Math.Min(training + validation, isLast ? LeastFaces : WantedFaces)) continue;
                int scored = (int)Math.Min(validation, faces / 3);
                plans.Add(new BaselinePlan(entry.Name, side, (int)Math.Min(training, faces - scored), scored, seconds / 2));
                break;
            }
        }
        return plans.OrderByDescending(p => p.Side).ThenByDescending(p => p.Training).FirstOrDefault();
    }

    /// <summary>The trials, a trainer each.</summary>
    internal IReadOnlyList<Parameter> Settings => [.. Enum.GetNames<BaselineTrainer>().Select(trainer => new Parameter([
        new(nameof(BaselineTrainer), trainer), new(nameof(Backbone), Backbone), new(nameof(Side), Text(Side)),
        new(nameof(Training), Text(Training)), new(nameof(Validation), Text(Validation))]))];

    /// <summary>Time of each trial.</summary>
    internal TimeSpan TrialTime => TimeSpan.FromSeconds(TrialSeconds);

    /// <summary>A trial's setting as a plan again.</summary>
    internal static (BaselineTrainer Trainer, BaselinePlan Plan) Parse(Parameter setting)
    {
        int Number(string name) => int.Parse((string)setting[name], CultureInfo.InvariantCulture);
        string backbone = (string)setting[nameof(Backbone)];
        var plan = new BaselinePlan(backbone, Number(nameof(Side)), Number(nameof(Training)), Number(nameof(Validation)), TrialSeconds: 0);
        return (Enum.Parse<BaselineTrainer>((string)setting[nameof(BaselineTrainer)]), plan);
    }

    // As text, which is how a resumed experiment reads them.
    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The trainers that a sweep is compared with.</summary>
internal enum BaselineTrainer
{
    /// <summary>A linear classifier: ML.NET's <c>SdcaMaximumEntropy</c>.</summary>
    SdcaMaximumEntropy,
    /// <summary>Boosted trees: ML.NET's <c>LightGbm</c>.</summary>
    LightGbm,
}
