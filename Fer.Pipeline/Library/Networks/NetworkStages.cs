
namespace Fer.Pipeline.Networks;

/// <summary>
/// The stages of a network. A stage is the layers with parameters that work on maps of one size; each stage after the first works on
/// smaller maps. Fine-tuning freezes or trains a stage as a unit, whatever the network.
/// </summary>
internal static class NetworkStages
{
    /// <summary>
    /// The layers with parameters, stage by stage from the output to the input: first only the last layer, the head, then the stage before
    /// it.
    /// </summary>
    internal static IReadOnlyList<IReadOnlyList<Node>> FromOutput(Network network)
    {
        Node[] layers = [.. network.Nodes.Where(n => n.Operation.Parameters.Any(p => p.Parameter.IsTrainable))];
        if (layers.Length == 0) return [];
        var stages = new List<List<Node>>();
        int least = int.MaxValue;
        foreach (var layer in layers.SkipLast(1))
        {
            // Only smaller maps start a new stage; a resized input or a later increase in size does not.
            if (layer.Shape.Area < least)
            {
                least = layer.Shape.Area;
                stages.Add([]);
            }
            stages[^1].Add(layer);
        }
        stages.Add([layers[^1]]);
        stages.Reverse();
        return stages;
    }
}
