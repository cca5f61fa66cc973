using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>
/// The networks inside a model that averages over views of a face: the same parameters over fewer of its views, for when the whole model
/// takes too long. Fewer views answer sooner and are a little less often right.
/// </summary>
internal static class ViewSteps
{
    /// <summary>
    /// The network itself and those of fewer views, fewest first: for each classifier in it one view, a view and its mirror image, half of
    /// the views, and all. A network that is not made as <see cref="InferenceGraph"/> makes them comes alone, as one view.
    /// </summary>
    internal static IReadOnlyList<(int Views, Network Network)> Of(Network network)
    {
        if (Averaging.Find(network) is not { } averaging) return [(1, network)];
        // The views of one classifier end in the very same layer.
        var classifiers = averaging.Logits.GroupBy(node => network.Nodes[node].Operation).Select(group => group.ToArray()).ToArray();
        int most = classifiers.Max(views => views.Length);
        var steps = new List<(int Views, Network Network)>();
        foreach (int views in new[] { 1, 2, (most + 1) / 2 }.Where(views => views < most).Distinct().Order())
        {
            int[] kept = [.. classifiers.SelectMany(own => Some(network, own, views)).Order()];
            if (kept.Length < averaging.Logits.Count) steps.Add((kept.Length, averaging.Over(kept)));
        }
        return [.. steps, (averaging.Logits.Count, network)];
    }

    /// <summary>The first views; of two, the first and its mirror image.</summary>
    private static IEnumerable<int> Some(Network network, int[] views, int count)
    {
        if (count != 2 || views.Length <= 2) return views.Take(count);
        var first = View(network, views[0]);
        int mirror = Array.FindIndex(views, view => View(network, view) == (first with { IsMirrored = !first.IsMirrored }));
        return mirror > 0 ? [views[0], views[mirror]] : views.Take(2);
    }

    /// <summary>What a branch sees of the face, by what it does before its first layer with weights.</summary>
    private static (string Part, bool IsMirrored) View(Network network, int end)
    {
        bool isMirrored = false;
        string part = "";
        for (int at = end; at >= 0; at = network.Nodes[at].Inputs[0])
        {
            var operation = network.Nodes[at].Operation;
            if (operation is Mirror) isMirrored = !isMirrored;
            if (operation is Crop c) part += $"{c.Top},{c.Left},{c.Height},{c.Width};";
            if (operation is Resize) part += $"{network.Nodes[at].Shape};";
            if (network.Nodes[at].Inputs.Count == 0) break;
        }
        return (part, isMirrored);
    }

    /// <summary>Where a network averages: the logits of its views, summed, scaled, calibrated, softmax.</summary>
    private sealed class Averaging(Network network, int scale, int sum, IReadOnlyList<int> logits)
    {
        internal IReadOnlyList<int> Logits => logits;

        internal static Averaging? Find(Network network)
        {
            if (network is not { Inputs.Count: 1, Outputs: [var output] }) return null;
            if (network.Nodes[output.Node] is not { Operation: Softmax } end) return null;
            int at = end.Inputs[0];
            // The bias of each class, where the calibration has one.
            if (at >= 0 && network.Nodes[at] is { Operation: Add, Inputs: [>= 0 and var x, >= 0 and var y] }
                && (network.Nodes[x].Operation is Constant || network.Nodes[y].Operation is Constant))
                at = network.Nodes[x].Operation is Constant ? y : x;
            if (at < 0 || network.Nodes[at] is not { Operation: Affine { Mean: 0 }, Inputs: [>= 0 and var sum] }) return null;
            var logits = new List<int>();
            Collect(sum);
            return logits.Count > 1 ? new Averaging(network, at, sum, logits) : null;

            void Collect(int node)
            {
                if (network.Nodes[node] is { Operation: Add, Inputs: [>= 0 and var a, >= 0 and var b] })
                {
                    Collect(a);
                    Collect(b);
                }
                else
                {
                    logits.Add(node);
                }
            }
        }

        /// <summary>The network that averages over some of the logits alone.</summary>
        internal Network Over(int[] kept)
        {
            var needed = new bool[network.Nodes.Count];
            foreach (int node in kept) needed[node] = true;
            for (int i = needed.Length - 1; i >= 0; i--)
                foreach (int input in network.Nodes[i].Inputs)
                    if (needed[i] && input >= 0) needed[input] = true;
            // What comes behind the sum, and what that reads besides.
            var tail = new bool[network.Nodes.Count];
            tail[network.Outputs[0].Node] = true;
            for (int i = tail.Length - 1; i > sum; i--)
                foreach (int input in network.Nodes[i].Inputs)
                    if (tail[i] && input >= 0 && input != sum) tail[input] = true;
            var nodes = new List<Node>();
            var at = new int[network.Nodes.Count];
            int total = -1;
            foreach (var node in network.Nodes)
            {
                if (node.Index == scale) total = Sum();
                if (!needed[node.Index] && !tail[node.Index]) continue;
                var operation = node.Index == scale
                    ? new Affine(0, ((Affine)node.Operation).Scale * logits.Count / kept.Length) : node.Operation;
                at[node.Index] = Add(node with
                {
                    Operation = operation,
                    Inputs = [.. node.Inputs.Select(input => input < 0 ? input : input == sum && node.Index == scale ? total : at[input])],
                });
            }
            return network.WithNodes(nodes, [network.Outputs[0] with { Node = at[network.Outputs[0].Node] }]);

            int Sum()
            {
                int so = at[kept[0]];
                foreach (int next in kept[1..])
                    so = Add(new Node(0, $"{network.Nodes[sum].Name}/{nodes.Count}", new Add(), [so, at[next]], network.Nodes[sum].Shape));
                return so;
            }

            int Add(Node node)
            {
                nodes.Add(node with { Index = nodes.Count });
                return nodes.Count - 1;
            }
        }
    }
}
