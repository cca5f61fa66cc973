using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>Operators that change a value's axes: mostly by recording the new layout, without moving memory.</summary>
internal static class OnnxShapes
{
    internal static OnnxValue[] ReadTranspose(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        var x = node.Value(0);
        int rank = x.Rank;
        int[] permutation = node.Attributes.TakeInts("perm", [.. Enumerable.Range(0, rank).Reverse()], rank, 0, rank - 1);
        return [Transposed(x, permutation)];
    }

    /// <summary>Axis i of the result is axis <paramref name="permutation"/>[i].</summary>
    private static OnnxValue Transposed(OnnxValue x, int[] permutation)
    {
        if (permutation.Distinct().Count() != x.Rank)
            throw new OnnxFormatException($"has [{string.Join(", ", permutation)}] as its permutation of axes");
        return x with
        {
            Dimensions = [.. permutation.Select(axis => x.Dimensions[axis])],
            Order = [.. x.Order.Select(axis => Array.IndexOf(permutation, axis))],
            BatchAxis = x.BatchAxis < 0 ? -1 : Array.IndexOf(permutation, x.BatchAxis),
            IsPooled = false,
        };
    }

    internal static OnnxValue[] ReadFlatten(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        var x = node.Value(0);
        long stated = node.Attributes.TakeInt("axis", 1);
        int axis = stated == x.Rank ? x.Rank : x.Axis(stated);
        int before = OnnxLayout.Product(x.Dimensions[..axis]), after = OnnxLayout.Product(x.Dimensions[axis..]);
        if (x.BatchAxis >= 0 && (axis != 1 || x.BatchAxis != 0)) throw new OnnxBatchException("merges the batch with other axes");
        // The engine treats [batch, n] and [batch, n, 1, 1] alike: a flatten after a global pool, or one inserted by the writer, is not a
        // layer.
        bool isLayer = x.BatchAxis == 0 && (x.IsImage || x.Rank == 2)
            && (x.Rank == 2 || x.Layer.Shape.Area != 1 || !(OnnxHelperNames.IsFlatten(node.Name) || x.IsPooled));
        if (isLayer && x.Layer.Shape == OnnxLayout.ShapeOf(x))
            return [new OnnxValue(node.Main(new Flatten(), x.Layer), [x.Dimensions[0], after], [1], 0)];
        return [Regrouped(node, x, [before, after])];
    }

    internal static OnnxValue[] ReadReshape(OnnxNode node)
    {
        node.ExpectInputs(1, 2);
        var x = node.Value(0);
        bool allowZero = node.Attributes.TakeInt("allowzero", 0) != 0;
        long[] target = InputCountOf(node) == 2 ? node.Integers(1) : node.Attributes.TakeIntsOrNull("shape")
            ?? throw new OnnxFormatException("needs a shape");
        if (target.Length > OnnxGraphReader.MaxRank)
            throw new OnnxFormatException($"has {target.Length} axes; at most {OnnxGraphReader.MaxRank} are supported");
        return [Regrouped(node, x, Resolve(x, target, allowZero))];
    }

    private static int InputCountOf(OnnxNode node) => node.Has(1) ? 2 : 1;

    private static int[] Resolve(OnnxValue x, long[] target, bool allowZero)
    {
        long total = OnnxLayout.Product(x.Dimensions), known = 1;
        int open = -1;
        var sizes = new int[target.Length];
        for (int i = 0; i < target.Length; i++)
        {
            long size = target[i] == 0 && !allowZero ? (i < x.Rank ? x.Dimensions[i] : 0) : target[i];
            if (target[i] == OnnxConstant.Batch && i == x.BatchAxis && i == 0) size = x.Dimensions[0];
            if (size == -1 && open < 0)
            {
                open = i;
                continue;
            }
            if (size < 1 || size > int.MaxValue || (known *= size) > int.MaxValue)
                throw target.Contains(OnnxConstant.Batch) ? new OnnxBatchException("reshapes the batch")
                    : new OnnxFormatException($"has the shape [{string.Join(", ", target)}]");
            sizes[i] = (int)size;
        }
        if (open >= 0)
        {
            if (total % known != 0)
                throw new OnnxFormatException($"cannot reshape [{string.Join(", ", x.Dimensions)}] to [{string.Join(", ", target)}]");
            sizes[open] = (int)(total / known);
            known = total;
        }
        if (known != total)
            throw new OnnxFormatException($"cannot reshape [{string.Join(", ", x.Dimensions)}] to [{string.Join(", ", target)}]");
        // A batch of unknown size must stay unchanged: only the first axis may be it.
        if (x.BatchAxis >= 0 && (x.BatchAxis != 0 || sizes.Length == 0 || sizes[0] != x.Dimensions[0]))
            throw new OnnxBatchException("reshapes the batch");
        return sizes;
    }

    /// <summary>
    /// The value reshaped to other dimensions of the same total size. Axes that are merged or split stay where they are if they are
    /// contiguous; otherwise the value is brought into ONNX's own order first.
    /// </summary>
    internal static OnnxValue Regrouped(OnnxNode node, OnnxValue x, int[] dimensions)
    {
        if (TryRegroup(x, dimensions) is { } direct) return direct;
        x = OnnxLayout.Arrange(node, x, OnnxLayout.RowMajor(x.Rank, x.BatchAxis));
        return TryRegroup(x, dimensions)!;
    }

    private static OnnxValue? TryRegroup(OnnxValue x, int[] dimensions)
    {
        int start = x.BatchAxis == 0 ? 1 : 0, i = start, j = start;
        var order = new List<int>(x.Order);
        var replaced = new Dictionary<int, int[]>();
        while (i < x.Rank || j < dimensions.Length)
        {
            // The smallest groups of old and new axes with the same total size.
            int oldStart = i, newStart = j;
            long oldLength = i < x.Rank ? x.Dimensions[i++] : 1, newLength = j < dimensions.Length ? dimensions[j++] : 1;
            while (oldLength != newLength)
                if (oldLength < newLength) oldLength *= x.Dimensions[i++];
                else newLength *= dimensions[j++];
            int[] old = [.. Enumerable.Range(oldStart, i - oldStart).Where(axis => x.Dimensions[axis] != 1)];
            int[] made = [.. Enumerable.Range(newStart, j - newStart)];
            if (old.Length == 0)
            {
                // Axes of size 1, which may be anywhere.
                replaced[-1 - newStart] = made;
                continue;
            }
            int at = order.IndexOf(old[0]);
            int[] present = [.. order.Where(axis => x.Dimensions[axis] != 1)];
            int first = Array.IndexOf(present, old[0]);
            for (int k = 0; k < old.Length; k++)
                if (first + k >= present.Length || present[first + k] != old[k]) return null;
            replaced[old[0]] = made;
            _ = at;
        }
        var result = new List<int>();
        foreach (int axis in order)
            if (replaced.TryGetValue(axis, out int[]? made)) result.AddRange(made);
        foreach (var (key, made) in replaced)
            if (key < 0) result.AddRange(made);
        return x with { Dimensions = dimensions, Order = [.. result], IsPooled = x.IsPooled && dimensions.Length == x.Rank };
    }

    internal static OnnxValue[] ReadSqueeze(OnnxNode node)
    {
        node.ExpectInputs(1, 2);
        var x = node.Value(0);
        long[]? axes = node.Has(1) ? node.Integers(1) : node.Attributes.TakeIntsOrNull("axes");
        int[] gone = axes is null ? [.. Enumerable.Range(0, x.Rank).Where(a => x.Dimensions[a] == 1 && a != x.BatchAxis)]
            : [.. axes.Select(a => x.ExampleAxis(a))];
        if (gone.Any(a => x.Dimensions[a] != 1)) throw new OnnxFormatException("removes an axis whose size is not 1");
        int[] left = [.. Enumerable.Range(0, x.Rank).Except(gone)];
        return [x with
        {
            Dimensions = [.. left.Select(a => x.Dimensions[a])],
            Order = [.. x.Order.Where(a => !gone.Contains(a)).Select(a => Array.IndexOf(left, a))],
            BatchAxis = x.BatchAxis < 0 ? -1 : Array.IndexOf(left, x.BatchAxis),
        }];
    }

    internal static OnnxValue[] ReadUnsqueeze(OnnxNode node)
    {
        node.ExpectInputs(1, 2);
        var x = node.Value(0);
        long[] axes = node.Has(1) ? node.Integers(1) : node.Attributes.TakeIntsOrNull("axes")
            ?? throw new OnnxFormatException("needs axes");
        int rank = x.Rank + axes.Length;
        if (rank > OnnxGraphReader.MaxRank)
            throw new OnnxFormatException($"produces {rank} axes; at most {OnnxGraphReader.MaxRank} are supported");
        foreach (long axis in axes)
            if (axis < -rank || axis >= rank) throw new OnnxFormatException($"adds axis {axis} to a value with {x.Rank} axes");
        int[] added = [.. axes.Select(a => (int)(a < 0 ? a + rank : a))];
        if (added.Distinct().Count() != added.Length) throw new OnnxFormatException("adds an axis twice");
        int[] kept = [.. Enumerable.Range(0, rank).Except(added)];
        var dimensions = new int[rank];
        Array.Fill(dimensions, 1);
        for (int i = 0; i < kept.Length; i++) dimensions[kept[i]] = x.Dimensions[i];
        return [x with
        {
            Dimensions = dimensions,
            Order = [.. x.Order.Select(a => kept[a]), .. added],
            BatchAxis = x.BatchAxis < 0 ? -1 : kept[x.BatchAxis],
        }];
    }

    /// <summary>Turns blocks of channels into blocks of pixels.</summary>
    internal static OnnxValue[] ReadDepthToSpace(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        var x = node.Image(0);
        int block = Block(node), c = x.Dimensions[1];
        string mode = node.Attributes.TakeText("mode", "DCR");
        if (c % (block * block) != 0 || mode is not ("DCR" or "CRD"))
            throw new OnnxFormatException($"cannot turn {c} channels into blocks of {block} in mode {OnnxText.Quote(mode)}");
        var (n, h, w) = (x.Dimensions[0], x.Dimensions[2], x.Dimensions[3]);
        int depth = c / (block * block);
        var split = Regrouped(node, x, mode == "DCR" ? [n, block, block, depth, h, w] : [n, depth, block, block, h, w]);
        split = Transposed(split, mode == "DCR" ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]);
        node.CheckShape([depth, h * block, w * block]);
        return [Regrouped(node, split, [n, depth, h * block, w * block])];
    }

    /// <summary>Turns blocks of pixels into blocks of channels.</summary>
    internal static OnnxValue[] ReadSpaceToDepth(OnnxNode node)
    {
        node.ExpectInputs(1, 1);
        var x = node.Image(0);
        int block = Block(node);
        var (n, c, h, w) = (x.Dimensions[0], x.Dimensions[1], x.Dimensions[2], x.Dimensions[3]);
        if (h % block != 0 || w % block != 0) throw new OnnxFormatException($"cannot split {h}x{w} pixels into blocks of {block}");
        var split = Regrouped(node, x, [n, c, h / block, block, w / block, block]);
        return [Regrouped(node, Transposed(split, [0, 3, 5, 1, 2, 4]), [n, c * block * block, h / block, w / block])];
    }

    private static int Block(OnnxNode node)
    {
        long block = node.Attributes.TakeInt("blocksize", 0);
        return block is >= 1 and <= 256 ? (int)block : throw new OnnxFormatException($"has blocks of {block}");
    }
}
