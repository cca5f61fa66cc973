using System.Globalization;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.AutoML;

/// <summary>A backbone that joins a sweep, as a value of <see cref="FaceSearchOptions.Architecture"/> called <c>NAME@SIDE</c>.</summary>
/// <param name="Name">Its name in the store.</param>
/// <param name="Side">Width and height in pixels that faces are resized to for it.</param>
/// <param name="FacesPerSecond">Faces a second that it is expected to give features of.</param>
internal sealed record BackboneCandidate(string Name, int Side, double FacesPerSecond)
{
    private const char Separator = '@';

    /// <summary>Sides to fall back to where a backbone's own takes too long; faces have 48 pixels.</summary>
    private static readonly int[] Sides = [192, 160, 128, 96, 64];

    /// <summary>Share of a trial's time that may go into features.</summary>
    private const double FeatureShare = 0.7;

    /// <summary>Passes over a face in a training step that goes through the whole backbone, counted in forward passes.</summary>
    private const double StepCost = 3;

    /// <summary>Faces, beside those of the validation set, that the shortest trial must be enough for.</summary>
    private const int LeastFaces = 512;

    /// <summary>What the sweep calls it.</summary>
    internal string Architecture => string.Create(CultureInfo.InvariantCulture, $"{Name}{Separator}{Side}");

    /// <summary>Name and side of a backbone's <see cref="Architecture"/>; null for the name of an architecture.</summary>
    internal static (string Name, int Side)? Parse(string architecture)
    {
        int at = architecture.LastIndexOf(Separator);
        return at > 0 ? (architecture[..at], int.Parse(architecture.AsSpan(at + 1), CultureInfo.InvariantCulture)) : null;
    }

    /// <summary>
    /// The backbones of a store that the time is enough for, each with the largest side at which it is: the features of all training faces
    /// within the final training, and those of the validation faces and a few more within the shortest trial.
    /// </summary>
    /// <param name="entries">The store's backbones.</param>
    /// <param name="multiplyAccumulates">Multiply-accumulates a second of this machine, forward.</param>
    /// <param name="plan">The plan; without short trials nothing can be compared and nothing joins.</param>
    /// <param name="training">Training faces.</param>
    /// <param name="validation">Validation faces.</param>
    internal static IReadOnlyList<BackboneCandidate> Choose(
        IEnumerable<BackboneEntry> entries, double multiplyAccumulates, BudgetPlan plan, int training, int validation)
    {
        if (plan.Trials == 0) return [];
        var shortest = plan.TrialTime / Math.Pow(BudgetPlan.Eta, plan.Rungs - 1);
        double least = Math.Max((validation + LeastFaces) / (FeatureShare * shortest.TotalSeconds),
            training / (FeatureShare * plan.Final.TotalSeconds / plan.Finals));
        var joins = new List<BackboneCandidate>();
        foreach (var entry in entries)
        {
            int own = OwnSide(entry);
            foreach (int side in Sides.Where(s => s < own).Prepend(own))
            {
                double work = entry.MultiplyAccumulates * ((double)side * side / ((double)own * own)),
                    speed = multiplyAccumulates / Math.Max(1, work);
                if (speed < least) continue;
                joins.Add(new BackboneCandidate(entry.Name, side, speed));
                break;
            }
        }
        return joins;
    }

    /// <summary>Faces that a short trial has the time for, the validation faces' features included; at least a few.</summary>
    internal int FacesWithin(TimeSpan time, bool trainsLayers, int validation)
    {
        double faces = FeatureShare * time.TotalSeconds * FacesPerSecond - validation;
        return (int)Math.Clamp(faces / (trainsLayers ? StepCost : 1), LeastFaces, int.MaxValue);
    }

    /// <summary>The height of an input such as <c>3x224x224</c>.</summary>
    internal static int OwnSide(BackboneEntry entry) => int.Parse(entry.Input.Split('x')[1], CultureInfo.InvariantCulture);
}
