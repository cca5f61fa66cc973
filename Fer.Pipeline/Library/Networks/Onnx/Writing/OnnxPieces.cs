using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>Operators that slice, concatenate, repeat and pad.</summary>
internal static class OnnxPieces
{
    internal static OnnxValue[] ReadConcat(OnnxNode node)
    {
        node.ExpectInputs(1, 4096);
        OnnxValue[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(node.Value)];
        var computed = inputs.FirstOrDefault(v => v.BatchAxis >= 0) ?? inputs[0];
        int rank = computed.Rank, axis = computed.ExampleAxis(node.Attributes.TakeInt("axis", 1));
        if (inputs.Any(v => v.Rank != rank)) throw new OnnxFormatException("concatenates values with different numbers of axes");
        if (computed.BatchAxis >= 0) inputs = [.. inputs.Select(v => OnnxArithmetic.WithBatch(v, computed.BatchAxis))];
        // If one of them is laid out as an image, use that layout for all: images are what most layers read.
        int[] order = (inputs.FirstOrDefault(v => v.IsImage && v.BatchAxis == computed.BatchAxis) ?? computed).Order;
        int[] dimensions = [.. computed.Dimensions];
        foreach (var value in inputs)
            for (int a = 0; a < rank; a++)
                if (a != axis && a != computed.BatchAxis && value.Dimensions[a] != dimensions[a])
                    throw new OnnxFormatException(
                        $"concatenates [{string.Join(", ", dimensions)}] and [{string.Join(", ", value.Dimensions)}] along axis {axis}");
        long joined = inputs.Sum(v => (long)v.Dimensions[axis]);
        if (joined > node.MaxDimension) throw new OnnxFormatException("concatenates too many channels");
        dimensions[axis] = (int)joined;
        node.CheckShape(computed.BatchAxis == 0 ? dimensions[1..] : dimensions);
        // The axis may be anywhere: the axes inside it become part of the channels, the axes outside become pixels.
        int at = Array.IndexOf(order, axis), inner = OnnxLayout.Product(order[(at + 1)..].Select(a => dimensions[a])),
            outer = OnnxLayout.Product(order[..at].Select(a => dimensions[a]));
        var layers = new Layer[inputs.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            var value = OnnxLayout.Arrange(node, inputs[i], order);
            int channels = value.Dimensions[axis] * inner;
            bool fits = inner == 1 && value.Layer.Shape.Channels == channels
                && (i == 0 || value.Layer.Shape with { Channels = 1 } == layers[0].Shape with { Channels = 1 });
            layers[i] = fits ? value.Layer : OnnxLayout.View(node, value.Layer, i > 0 && layers[0].Shape.Area == outer
                ? layers[0].Shape with { Channels = channels } : PlacesOf(channels, outer));
        }
        return [new OnnxValue(node.Main(new Concat(), layers), dimensions, order, computed.BatchAxis)];
    }

    private static Shape PlacesOf(int channels, int places) => new(channels, places);

    internal static OnnxValue[] ReadSlice(OnnxNode node)
    {
        node.ExpectInputs(1, 5);
        var x = node.Value(0);
        long[] starts = node.Has(1) ? node.Integers(1) : node.Attributes.TakeIntsOrNull("starts")
            ?? throw new OnnxFormatException("needs starts");
        long[] ends = node.Has(2) ? node.Integers(2) : node.Attributes.TakeIntsOrNull("ends")
            ?? throw new OnnxFormatException("needs ends");
        long[] axes = node.Has(3) ? node.Integers(3) : node.Attributes.TakeIntsOrNull("axes")
            ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[] steps = node.Has(4) ? node.Integers(4) : [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            throw new OnnxFormatException("has lists of different lengths");
        if (starts.Concat(ends).Concat(steps).Contains(OnnxConstant.Batch)) throw new OnnxBatchException("slices by the batch's size");
        var tables = new int[]?[x.Rank];
        int[] dimensions = [.. x.Dimensions];
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = x.Axis(axes[i]);
            int[] table = Range(x.Dimensions[axis], starts[i], ends[i], steps[i]);
            if (axis == x.BatchAxis)
            {
                if (starts[i] == 0 && steps[i] == 1 && ends[i] >= 1L << 30) continue;
                throw new OnnxBatchException("slices the batch");
            }
            if (table.Length == 0) throw new OnnxFormatException("leaves nothing of its input");
            if (tables[axis] is not null) throw new OnnxFormatException($"slices axis {axis} twice");
            tables[axis] = table;
            dimensions[axis] = table.Length;
        }
        return [Pick(node, x, tables, dimensions)];
    }

    /// <summary>The indices of a slice, as in NumPy.</summary>
    internal static int[] Range(int size, long start, long end, long step)
    {
        if (step == 0) throw new OnnxFormatException("has a step of 0");
        if (start < 0) start += size;
        if (end < 0) end += size;
        start = step > 0 ? Math.Clamp(start, 0, size) : Math.Clamp(start, 0, size - 1);
        end = step > 0 ? Math.Clamp(end, 0, size) : Math.Clamp(end, -1, size - 1);
        var places = new List<int>();
        for (long i = start; step > 0 ? i < end : i > end; i += step) places.Add((int)i);
        return [.. places];
    }

    /// <summary>Selects along axes; a rectangle of an image becomes a <see cref="Crop"/>.</summary>
    private static OnnxValue Pick(OnnxNode node, OnnxValue x, int[]?[] tables, int[] dimensions)
    {
        if (x.IsImage && tables[0] is null && tables[1] is null && IsRun(tables[2]) && IsRun(tables[3])
            && x.Layer.Shape == OnnxLayout.ShapeOf(x))
        {
            var crop = new Crop(tables[2]?[0] ?? 0, tables[3]?[0] ?? 0, dimensions[2], dimensions[3]);
            return x with { Layer = node.Main(crop, x.Layer), Dimensions = dimensions };
        }
        return OnnxLayout.Pick(node, x, tables, dimensions, x.Order, isMain: true);

        static bool IsRun(int[]? table) => table is null || table.Select((place, i) => place == table[0] + i).All(same => same);
    }

    internal static OnnxValue[] ReadSplit(OnnxNode node)
    {
        node.ExpectInputs(1, 2);
        var x = node.Value(0);
        int axis = x.ExampleAxis(node.Attributes.TakeInt("axis", 0)), outputs = node.OutputCount;
        long[]? stated = node.Has(1) ? node.Integers(1) : node.Attributes.TakeIntsOrNull("split");
        node.Attributes.Ignore("num_outputs");
        int each = (x.Dimensions[axis] + outputs - 1) / outputs;
        long[] sizes = stated ?? [.. Enumerable.Range(0, outputs).Select(i => (long)Math.Min(each, x.Dimensions[axis] - i * each))];
        if (sizes.Length != outputs || sizes.Any(s => s < 1) || sizes.Sum() != x.Dimensions[axis])
            throw new OnnxFormatException($"cannot split {x.Dimensions[axis]} into [{string.Join(", ", sizes)}]");
        var results = new OnnxValue[outputs];
        for (int i = 0, start = 0; i < outputs; start += (int)sizes[i++])
        {
            var tables = new int[]?[x.Rank];
            tables[axis] = [.. Enumerable.Range(start, (int)sizes[i])];
            int[] dimensions = [.. x.Dimensions];
            dimensions[axis] = (int)sizes[i];
            results[i] = Pick(node, x, tables, dimensions);
        }
        return results;
    }

    /// <summary>Known indices along one axis; a scalar index removes the axis.</summary>
    internal static OnnxValue[] ReadGather(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var x = node.Value(0);
        int axis = x.ExampleAxis(node.Attributes.TakeInt("axis", 0));
        var indices = node.Constant(1);
        if (indices.Length == 0 || indices.Length > node.MaxValues) throw new OnnxFormatException($"selects {indices.Length} indices");
        long[] places = indices.Integers();
        foreach (long place in places)
            if (place < -x.Dimensions[axis] || place >= x.Dimensions[axis])
                throw new OnnxFormatException($"selects index {place} of {x.Dimensions[axis]}");
        var tables = new int[]?[x.Rank];
        tables[axis] = [.. places.Select(p => (int)(p < 0 ? p + x.Dimensions[axis] : p))];
        int[] dimensions = [.. x.Dimensions];
        dimensions[axis] = places.Length;
        // All columns from last to first: a left-right flip.
        if (axis == 3 && x.IsImage && x.Layer.Shape == OnnxLayout.ShapeOf(x) && indices.Dimensions.Length == 1 && tables[3]!.AsSpan()
            .SequenceEqual([.. Enumerable.Range(0, x.Dimensions[3]).Reverse()]))
            return [x with { Layer = node.Main(new Mirror(), x.Layer) }];
        var y = OnnxLayout.Pick(node, x, tables, dimensions, x.Order, isMain: true);
        if (indices.Dimensions.Length == 1) return [y];
        return [OnnxShapes.Regrouped(node, y, [.. dimensions[..axis], .. indices.Dimensions, .. dimensions[(axis + 1)..]])];
    }

    internal static OnnxValue[] ReadPad(OnnxNode node)
    {
        node.ExpectInputs(1, 4);
        var x = node.Value(0);
        long[] pads = node.Has(1) ? node.Integers(1) : node.Attributes.TakeIntsOrNull("pads") ?? node.Attributes.TakeIntsOrNull("paddings")
            ?? throw new OnnxFormatException("needs pads");
        float fill = node.Attributes.TakeFloat("value", 0);
        if (node.Has(2)) fill = node.Scalar(2);
        string mode = node.Attributes.TakeText("mode", "constant");
        int[] axes = node.Has(3) ? [.. node.Integers(3).Select(a => x.Axis(a))] : [.. Enumerable.Range(0, x.Rank)];
        if (pads.Length != 2 * axes.Length || axes.Distinct().Count() != axes.Length)
            throw new OnnxFormatException($"has {pads.Length} pads for {axes.Length} axes");
        if (mode is not ("constant" or "edge" or "reflect")) throw new OnnxFormatException($"has mode = {OnnxText.Quote(mode)}");
        var tables = new int[]?[x.Rank];
        int[] dimensions = [.. x.Dimensions];
        for (int i = 0; i < axes.Length; i++)
        {
            var (before, after, size) = (pads[i], pads[axes.Length + i], x.Dimensions[axes[i]]);
            if (before == 0 && after == 0) continue;
            if (axes[i] == x.BatchAxis) throw new OnnxBatchException("pads the batch");
            long length = before + size + after;
            if (before < -node.MaxDimension || before > node.MaxDimension || after < -node.MaxDimension || after > node.MaxDimension
                || length < 1 || length > node.MaxDimension || mode == "reflect" && Math.Max(before, after) >= size)
                throw new OnnxFormatException($"pads an axis of size {size} by {before} and {after}");
            tables[axes[i]] = [.. Enumerable.Range(0, (int)length).Select(k =>
            {
                int place = k - (int)before;
                if ((uint)place < size) return place;
                return mode switch { "constant" => -1, "edge" => Math.Clamp(place, 0, size - 1), _ =>
                    place < 0 ? -place : 2 * (size - 1) - place };
            })];
            dimensions[axes[i]] = (int)length;
        }
        return [OnnxLayout.Pick(node, x, tables, dimensions, x.Order, fill, isMain: true)];
    }

    internal static OnnxValue[] ReadExpand(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var x = node.Value(0);
        long[] shape = node.Integers(1);
        if (shape.Length > OnnxGraphReader.MaxRank) throw new OnnxFormatException($"expands to {shape.Length} axes");
        int more = Math.Max(0, shape.Length - x.Rank);
        if (more > 0)
        {
            if (x.BatchAxis >= 0) throw new OnnxBatchException("adds axes before the batch");
            x = x with
            {
                Dimensions = [.. Enumerable.Repeat(1, more), .. x.Dimensions],
                Order = [.. Enumerable.Range(0, more), .. x.Order.Select(a => a + more)]
            };
        }
        int[] dimensions = [.. x.Dimensions];
        for (int i = 0; i < shape.Length; i++)
        {
            int axis = x.Rank - shape.Length + i;
            if (axis == x.BatchAxis && (shape[i] == 1 || shape[i] == dimensions[axis] || shape[i] == OnnxConstant.Batch)) continue;
            if (axis == x.BatchAxis) throw new OnnxBatchException("repeats the batch");
            if (shape[i] < 1 || shape[i] > node.MaxDimension || dimensions[axis] != 1 && shape[i] != 1 && shape[i] != dimensions[axis])
                throw new OnnxFormatException($"expands [{string.Join(", ", x.Dimensions)}] to [{string.Join(", ", shape)}]");
            dimensions[axis] = Math.Max(dimensions[axis], (int)shape[i]);
        }
        node.CheckShape(x.BatchAxis == 0 ? dimensions[1..] : dimensions);
        return [OnnxArithmetic.Spread(node, x, dimensions, x.Order)];
    }

    internal static OnnxValue[] ReadTile(OnnxNode node)
    {
        node.ExpectInputs(2, 2);
        var x = node.Value(0);
        long[] repeats = node.Integers(1);
        if (repeats.Length != x.Rank) throw new OnnxFormatException($"has {repeats.Length} repeats for {x.Rank} axes");
        var tables = new int[]?[x.Rank];
        int[] dimensions = [.. x.Dimensions];
        for (int axis = 0; axis < x.Rank; axis++)
        {
            if (repeats[axis] == 1) continue;
            if (axis == x.BatchAxis) throw new OnnxBatchException("repeats the batch");
            if (repeats[axis] < 1 || repeats[axis] > node.MaxDimension / dimensions[axis])
                throw new OnnxFormatException($"repeats an axis {repeats[axis]} times");
            int size = dimensions[axis];
            dimensions[axis] = size * (int)repeats[axis];
            tables[axis] = [.. Enumerable.Range(0, dimensions[axis]).Select(i => i % size)];
        }
        return [OnnxLayout.Pick(node, x, tables, dimensions, x.Order, isMain: true)];
    }
}
