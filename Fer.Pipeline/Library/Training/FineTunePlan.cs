using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// Fine-tuning on one network: discriminative learning rates (Howard and Ruder, arXiv 1801.06146), stages that stay frozen, and batch
/// normalisation that keeps the statistics of its first training at the start of the run and takes up those of the new faces later.
/// </summary>
internal sealed class FineTunePlan
{
    private readonly ImageClassificationTrainer.Options _options;
    private readonly BatchNormalization[] _thawing;

    internal FineTunePlan(Network network, FineTune fineTune, ImageClassificationTrainer.Options options)
    {
        _options = options;
        var stages = NetworkStages.FromOutput(network);
        float factor = 1;
        var thawing = new List<BatchNormalization>();
        for (int s = 0; s < stages.Count; s++)
        {
            bool isHead = s == 0, trains = fineTune == FineTune.All || s <= 1;
            if (s > 1) factor *= (float)options.StageLearningRateFactor;
            foreach (var node in stages[s])
            {
                foreach (var (_, parameter) in node.Operation.Parameters)
                    parameter.LearningRateFactor = !trains ? 0 : isHead ? (float)(options.HeadLearningRate / options.LearningRate ?? 1)
                        : factor;
                if (node.Operation is not BatchNormalization normalization) continue;
                normalization.UsesRunningStatistics = true;
                if (trains) thawing.Add(normalization);
            }
        }
        _thawing = [.. thawing];
    }

    /// <summary>To be called before each step.</summary>
    internal void BeforeStep(TrainState state)
    {
        bool frozen = state.Fraction < _options.FrozenBatchNormalization || _options.FrozenBatchNormalization == 1;
        foreach (var normalization in _thawing) normalization.UsesRunningStatistics = frozen;
    }

    /// <summary>Leaves the network as any other: to be called when the run is over, however it ended.</summary>
    internal static void Release(Network network)
    {
        foreach (var parameter in network.Parameters) parameter.LearningRateFactor = 1;
        foreach (var node in network.Nodes)
            if (node.Operation is BatchNormalization normalization) normalization.UsesRunningStatistics = false;
    }
}
