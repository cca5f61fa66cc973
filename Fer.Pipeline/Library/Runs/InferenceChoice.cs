using System.Diagnostics;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>What is served of the networks that were trained.</summary>
/// <param name="Members">The networks that answer together, the best alone first.</param>
/// <param name="Views">What they see of a face.</param>
/// <param name="Calibration">What calibrates their mean logits.</param>
/// <param name="Probabilities">[count, classes]: calibrated, on the validation split.</param>
/// <param name="Metrics">What those come to, and the faces a second of the whole, in batches.</param>
/// <param name="Latency">Time of one face alone.</param>
internal sealed record ChosenInference(
    IReadOnlyList<Network> Members, FaceViews Views, LogitCalibration Calibration, float[] Probabilities, FaceClassificationMetrics Metrics,
    TimeSpan Latency);

/// <summary>
/// Chooses on the validation split which networks answer together and what they see of a face. A dearer model is taken only where it gets
/// more faces right than every cheaper one, within the limits.
/// </summary>
internal sealed class InferenceChoice(FaceSet faces, InferenceLimits limits, int threads, TimeProvider clock)
{
    /// <summary>What the zip is read with.</summary>
    private static readonly OnnxReadLimits Readable = new();

    private readonly Dictionary<(Network, FaceView), (float[] Logits, double Seconds)> _scores = [];
    private readonly long _start = clock.GetTimestamp();
    private double _secondsAPixel;

    /// <summary>Makes the choice.</summary>
    /// <param name="candidates">Trained networks, the one to fall back to first.</param>
    internal ChosenInference Choose(IReadOnlyList<Network> candidates)
    {
        using var pool = WorkerPool.ForInference(threads);
        var members = Members(candidates, pool);
        var views = limits.Views ?? Views(members, pool);
        float[] logits = Logits(members, views, pool, out double seconds);
        var calibration = LogitCalibration.Fit(logits, faces.Labels, faces.ClassNames.Count);
        float[] probabilities = calibration.Probabilities(logits);
        var metrics = FaceClassificationMetrics.Compute(probabilities, faces.Labels, faces.ClassNames,
            imagesPerSecond: faces.Count / seconds);
        return new ChosenInference(members, views, calibration, probabilities, metrics, Latency(members, views, pool));
    }

    /// <summary>Forward selection (Caruana et al., 2004): the network that helps most joins, as long as one helps.</summary>
    private IReadOnlyList<Network> Members(IReadOnlyList<Network> candidates, WorkerPool pool)
    {
        var centre = limits.Views ?? FaceViews.Centre;
        List<Network> members = [candidates[0]];
        var best = Score(members, centre, pool);
        while (members.Count < WidthPlan.MostMembers)
        {
            Network? joins = null;
            foreach (var candidate in candidates.Except(members))
            {
                List<Network> tried = [.. members, candidate];
                if (tried.Sum(m => (long)m.Parameters.Values.Length * sizeof(float)) > limits.MaxBytes || !Fits(tried, centre, Readable)
                    || !HasTime([candidate], centre)) continue;
                var score = Score(tried, centre, pool);
                // More faces right by chance alone is not worth a network: the loss must fall as well.
                if (score.Right <= best.Right || score.Loss >= best.Loss || !IsFast(tried, centre, pool)) continue;
                (best, joins) = (score, candidate);
            }
            if (joins is null) break;
            members.Add(joins);
        }
        return members;
    }

    private FaceViews Views(IReadOnlyList<Network> members, WorkerPool pool)
    {
        var best = FaceViews.Centre;
        int right = Score(members, best, pool).Right;
        var seen = new HashSet<string> { Signature(members, best) };
        foreach (var views in Enum.GetValues<FaceViews>())
        {
            // The middle of 48 pixels is the whole face.
            if (!seen.Add(Signature(members, views))) continue;
            if (!Fits(members, views, Readable) || !HasTime(members, views) || !IsFast(members, views, pool)) continue;
            int score = Score(members, views, pool).Right;
            if (score > right) (best, right) = (views, score);
        }
        return best;
    }

    private static string Signature(IReadOnlyList<Network> members, FaceViews views) =>
        string.Join(';', members.Select(m => string.Join(',', views.List(m.Input.Height).Distinct())));

    /// <summary>The networks at the size of each view, with their own weights.</summary>
    private static IEnumerable<Network> AtViews(IReadOnlyList<Network> members, FaceViews views) =>
        from member in members
        from view in views.List(member.Input.Height)
        select member.AtInput(member.Input with { Height = view.Shown, Width = view.Shown });

    /// <summary>True where the networks take the views and the whole can be read again from its zip.</summary>
    internal static bool Fits(IReadOnlyList<Network> members, FaceViews views, OnnxReadLimits limits)
    {
        // The layers in front of each view and behind all of them are few and small.
        const int layersAround = 6;
        long parameters = members.Sum(m => (long)m.Parameters.Values.Length);
        int nodes = 0;
        try
        {
            // A file's other bytes allow more memory than they take.
            var budget = new OnnxBudget(limits, sizeof(float) * parameters, Stopwatch.GetTimestamp());
            budget.TakeValues(parameters);
            foreach (var network in AtViews(members, views))
            {
                nodes += network.Nodes.Count + layersAround;
                for (int i = 0; i < layersAround; i++) budget.TakeInput(new Shape(1, Face.Side, Face.Side));
                foreach (var node in network.Nodes) budget.TakeLayer(node.Operation, network.InputShapes(node), node.Shape);
            }
            return nodes <= limits.MaxNodes;
        }
        catch (Exception e) when (e is FerException or OnnxFormatException)
        {
            return false;
        }
    }

    /// <summary>True where scoring what is not scored yet is expected to be done within the patience.</summary>
    private bool HasTime(IReadOnlyList<Network> members, FaceViews views)
    {
        double pixels = members.Sum(
            m => views.List(m.Input.Height).Where(v => !_scores.ContainsKey((m, v))).Sum(v => (double)v.Shown * v.Shown));
        return clock.GetElapsedTime(_start).TotalSeconds + pixels * _secondsAPixel <= limits.Patience.TotalSeconds;
    }

    private (int Right, double Loss) Score(IReadOnlyList<Network> members, FaceViews views, WorkerPool pool)
    {
        int classes = faces.ClassNames.Count;
        float[] logits = Logits(members, views, pool, out _);
        var scores = new ModelScores(logits, faces.Count, classes, 1);
        double temperature = TemperatureScaling.Fit(logits, faces.Labels, classes);
        var calibrated = new ModelScores([.. logits.Select(l => (float)(l / temperature))], faces.Count, classes, 1);
        return ((int)Math.Round(scores.Accuracy(faces) * faces.Count), calibrated.Loss(faces));
    }

    private float[] Logits(IReadOnlyList<Network> members, FaceViews views, WorkerPool pool, out double seconds)
    {
        var mean = new float[faces.Count * faces.ClassNames.Count];
        var all = members.SelectMany(m => views.List(m.Input.Height).Select(v => (Network: m, View: v))).ToArray();
        seconds = 0;
        foreach (var (network, view) in all)
        {
            var (logits, took) = OfView(network, view, pool);
            for (int i = 0; i < mean.Length; i++) mean[i] += logits[i] / all.Length;
            seconds += took;
        }
        return mean;
    }

    private (float[] Logits, double Seconds) OfView(Network network, FaceView view, WorkerPool pool)
    {
        if (_scores.TryGetValue((network, view), out var known)) return known;
        using var evaluator = new ModelEvaluator(InferenceGraph.CreateView(network, view), pool, frozen: true);
        var scores = evaluator.Score(faces);
        _secondsAPixel = Math.Max(_secondsAPixel, scores.Seconds / (view.Shown * view.Shown));
        return _scores[(network, view)] = (scores.Logits, scores.Seconds);
    }

    private bool IsFast(IReadOnlyList<Network> members, FaceViews views, WorkerPool pool) =>
        limits.MaxLatency is { } most
            ? Latency(members, views, pool) <= most
            : AtViews(members, views).Sum(n => n.MultiplyAccumulates) <= limits.MaxMultiplyAccumulates;

    /// <summary>Time of one face alone: of the fastest pass, since everything else on the machine can only slow one down.</summary>
    private TimeSpan Latency(IReadOnlyList<Network> members, FaceViews views, WorkerPool pool)
    {
        const int passes = 4;
        using var executor = new NetworkExecutor(InferenceGraph.Create(members, views), 1, training: false, pool, frozen: true);
        var least = TimeSpan.MaxValue;
        for (int i = 0; i < passes; i++)
        {
            long start = clock.GetTimestamp();
            executor.Forward(1);
            var time = clock.GetElapsedTime(start);
            if (time < least) least = time;
        }
        return least;
    }
}
