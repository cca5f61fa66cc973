using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Constants and shape arithmetic that a graph spells out in nodes: evaluated in integers while the graph is read. The batch size, which is
/// not known at that point, may pass through operators that only move numbers (<see cref="OnnxConstant.Batch"/>).
/// </summary>
internal static class OnnxShapeArithmetic
{
    private const int MostNumbers = 4096;

    /// <summary>The node's value, or null if it is not a constant that is evaluated here.</summary>
    internal static OnnxConstant? TryFold(OnnxNode node, NodeProto proto)
    {
        string name = proto.Output[0];
        switch (proto.OpType)
        {
            case "Constant": return Constant(node, name);
            case "Shape" or "Size": return Shape(node, proto, name);
        }
        if (proto.Input.Count == 0 || !node.Has(0) || node.ConstantOrNull(0) is not { } x) return null;
        for (int i = 1; i < proto.Input.Count; i++)
            if (node.Has(i) && node.ConstantOrNull(i) is null) return null;
        switch (proto.OpType)
        {
            case "ConstantOfShape": return Filled(node, name, x);
            case "Cast": return Cast(node, name, x);
            case "Identity": return x.Reshaped(name, x.Dimensions);
            case "Squeeze" or "Unsqueeze" or "Reshape" or "Flatten" when x.Length <= MostNumbers
                || x.IsFloat:
                return Reshaped(node, proto, name, x);
        }
        bool isSmall = x.Length <= MostNumbers && Enumerable.Range(1, proto.Input.Count - 1).All(
            i => !node.Has(i) || node.Constant(i).Length <= MostNumbers);
        if (proto.OpType is "Floor" or "Ceil" && x.IsFloat && isSmall)
            return OnnxConstant.Of(
                name, x.Dimensions, [.. x.Floats().Select(v => proto.OpType == "Floor" ? MathF.Floor(v) : MathF.Ceiling(v))]);
        if (x.IsFloat || !isSmall) return null;
        return proto.OpType switch
        {
            "Gather" => Gather(node, name, x),
            "Concat" => Concat(node, proto, name),
            "Slice" => Slice(node, name, x),
            "Transpose" => Transpose(node, name, x),
            "Range" => Range(node, name),
            "ReduceProd" => Product(node, name, x),
            "Add" => Combine(node, name, x, (a, b) => checked(a + b)),
            "Sub" => Combine(node, name, x, (a, b) => checked(a - b)),
            "Mul" => Combine(node, name, x, (a, b) => checked(a * b), allowsBatch: true),
            "Div" => Combine(node, name, x, (a, b) => b == 0 ? throw new OnnxFormatException("divides by 0") : a / b, allowsBatch: true),
            "Neg" => OnnxConstant.Of(name, x.Dimensions, [.. Known(x.Integers()).Select(v => -v)]),
            "Max" => Combine(node, name, x, Math.Max),
            "Min" => Combine(node, name, x, Math.Min),
            _ => null,
        };
    }

    private static OnnxConstant Constant(OnnxNode node, string name)
    {
        node.ExpectInputs(0, 0);
        if (node.Attributes.TakeTensor("value") is { } tensor) return OnnxConstant.Of(tensor, name);
        if (node.Attributes.TakeIntsOrNull("value_ints") is { } integers) return OnnxConstant.Integers(name, integers);
        if (node.Attributes.TakeFloatsOrNull("value_floats") is { } floats) return OnnxConstant.Of(name, [floats.Length], floats);
        float number = node.Attributes.TakeAnyFloat("value_float", float.NaN);
        return float.IsNaN(number) ? OnnxConstant.Of(name, [], [node.Attributes.TakeInt("value_int", 0)])
            : OnnxConstant.Of(name, [], [number]);
    }

    private static OnnxConstant Shape(OnnxNode node, NodeProto proto, string name)
    {
        node.ExpectInputs(1, 1);
        long[] sizes;
        if (node.ConstantOrNull(0) is { } constant) sizes = [.. constant.Dimensions.Select(d => (long)d)];
        else
        {
            var value = node.Value(0);
            sizes = [.. value.Dimensions.Select((size, axis) => axis == value.BatchAxis ? OnnxConstant.Batch : size)];
        }
        if (proto.OpType == "Size")
            return sizes.Contains(OnnxConstant.Batch) ? throw new OnnxBatchException("counts the values of a whole batch")
                : OnnxConstant.Of(name, [], [sizes.Aggregate(1L, (a, b) => checked(a * b))]);
        int first = End(node.Attributes.TakeInt("start", 0)), last = End(node.Attributes.TakeInt("end", sizes.Length));
        return OnnxConstant.Integers(name, first < last ? sizes[first..last] : []);

        int End(long at) => (int)Math.Clamp(at < 0 ? at + sizes.Length : at, 0, sizes.Length);
    }

    private static OnnxConstant Filled(OnnxNode node, string name, OnnxConstant x)
    {
        var tensor = node.Attributes.TakeTensor("value");
        var value = tensor is null ? null : OnnxConstant.Of(tensor, name);
        if (value is not null && value.Length != 1 || x.Dimensions.Length != 1 || x.Length > OnnxGraphReader.MaxRank)
            throw new OnnxFormatException("needs one value and a list of sizes");
        long[] sizes = x.Integers();
        long length = 1;
        foreach (long size in sizes)
        {
            if (size == OnnxConstant.Batch) throw new OnnxBatchException("fills a whole batch");
            if (size < 0 || size > int.MaxValue || (length *= size) > int.MaxValue)
                throw new OnnxFormatException($"fills [{string.Join(", ", sizes)}], which is too large");
        }
        int[] dimensions = [.. sizes.Select(s => (int)s)];
        if (value is { IsFloat: false })
            return length <= MostNumbers
                ? OnnxConstant.Of(name, dimensions, [.. Enumerable.Repeat(value.Integers()[0], (int)length)])
                : throw new OnnxFormatException($"fills {length} integers");
        return OnnxConstant.Repeated(name, dimensions, value?.Floats()[0] ?? 0);
    }

    private static OnnxConstant Cast(OnnxNode node, string name, OnnxConstant x)
    {
        node.ExpectInputs(1, 1);
        var to = (TensorProto.Types.DataType)node.Attributes.TakeInt("to", 0);
        bool toFloat = OnnxTensors.IsFloat((int)to);
        if (!toFloat && to is not (TensorProto.Types.DataType.Int64 or TensorProto.Types.DataType.Int32))
            throw new OnnxFormatException($"casts to {to}");
        if (toFloat == x.IsFloat) return x.Reshaped(name, x.Dimensions);
        if (x.Length > MostNumbers) throw new OnnxFormatException($"casts {x.Length} numbers");
        if (!toFloat)
            return OnnxConstant.Of(
                name, x.Dimensions, [.. x.Floats().Select(v => float.IsFinite(v) ? (long)Math.Clamp(v, -1e18f, 1e18f) : 0)]);
        return OnnxConstant.Of(name, x.Dimensions, [.. Known(x.Integers()).Select(v => (float)v)]);
    }

    /// <summary>The numbers, none of which may be the batch size.</summary>
    private static long[] Known(long[] values) =>
        values.Contains(OnnxConstant.Batch) ? throw new OnnxBatchException("computes with the batch's size") : values;

    private static OnnxConstant? Reshaped(OnnxNode node, NodeProto proto, string name, OnnxConstant x)
    {
        int rank = x.Dimensions.Length;
        switch (proto.OpType)
        {
            case "Flatten":
                long stated = node.Attributes.TakeInt("axis", 1);
                if (stated < -rank || stated > rank) throw new OnnxFormatException($"refers to axis {stated} of a value with {rank} axes");
                int axis = (int)(stated < 0 ? stated + rank : stated);
                return x.Reshaped(name, [OnnxLayout.Product(x.Dimensions[..axis]), OnnxLayout.Product(x.Dimensions[axis..])]);
            case "Reshape":
                long[] target = node.Has(1) ? node.Integers(1) : node.Attributes.TakeIntsOrNull("shape")
                    ?? throw new OnnxFormatException("needs a shape");
                bool allowZero = node.Attributes.TakeInt("allowzero", 0) != 0;
                long known = 1;
                var sizes = new long[target.Length];
                for (int i = 0; i < target.Length; i++)
                {
                    sizes[i] = target[i] == 0 && !allowZero && i < rank ? x.Dimensions[i] : target[i];
                    if (sizes[i] != -1 && (sizes[i] < 0 || sizes[i] > int.MaxValue || (known *= sizes[i]) > int.MaxValue))
                        throw new OnnxFormatException($"has the shape [{string.Join(", ", target)}]");
                }
                int open = Array.IndexOf(sizes, -1);
                if (open >= 0) sizes[open] = known == 0 ? 0 : x.Length / known;
                if (sizes.Contains(-1) || sizes.Length > OnnxGraphReader.MaxRank || sizes.Aggregate(1L, (a, b) => a * b) != x.Length)
                    throw new OnnxFormatException($"cannot reshape {x} to [{string.Join(", ", target)}]");
                return x.Reshaped(name, [.. sizes.Select(s => (int)s)]);
            default:
                long[]? axes = node.Has(1) ? node.Integers(1) : node.Attributes.TakeIntsOrNull("axes");
                bool adds = proto.OpType == "Unsqueeze";
                int result = adds ? rank + (axes?.Length ?? 0) : rank;
                if (axes is null && adds || result > OnnxGraphReader.MaxRank) throw new OnnxFormatException("needs axes");
                int[] places = axes is null
                    ? [.. Enumerable.Range(0, rank).Where(i => x.Dimensions[i] == 1)]
                    : [.. axes.Select(a => a >= -result && a < result
                        ? (int)(a < 0 ? a + result : a)
                        : throw new OnnxFormatException($"refers to axis {a} of {result}")).Distinct()];
                if (!adds)
                    return places.All(p => x.Dimensions[p] == 1)
                        ? x.Reshaped(name, [.. x.Dimensions.Where((_, i) => !places.Contains(i))])
                        : throw new OnnxFormatException("removes an axis whose size is not 1");
                var wide = new List<int>();
                for (int i = 0, k = 0; i < result; i++)
                    if (places.Contains(i)) wide.Add(1);
                    else if (k < rank) wide.Add(x.Dimensions[k++]);
                return x.Reshaped(name, [.. wide]);
        }
    }

    private static OnnxConstant Gather(OnnxNode node, string name, OnnxConstant x)
    {
        node.ExpectInputs(2, 2);
        long axis = node.Attributes.TakeInt("axis", 0);
        if (x.Dimensions.Length != 1 || axis is not (0 or -1))
            throw new OnnxFormatException("selects integers from a value that is not a list");
        long[] values = x.Integers();
        var indices = node.Constant(1);
        return OnnxConstant.Of(name, indices.Dimensions, [.. indices.Integers().Select(i =>
            i >= -values.Length && i < values.Length
                ? values[i < 0 ? i + values.Length : i]
                : throw new OnnxFormatException($"selects index {i} of {values.Length}"))]);
    }

    private static OnnxConstant? Concat(OnnxNode node, NodeProto proto, string name)
    {
        OnnxConstant[] parts = [.. Enumerable.Range(0, proto.Input.Count).Select(i => node.Constant(i))];
        if (parts.Any(p => p.IsFloat || p.Dimensions.Length != 1)) return null;
        node.Attributes.TakeInt("axis", 0);
        return OnnxConstant.Integers(name, [.. parts.SelectMany(p => p.Integers())]);
    }

    private static OnnxConstant Slice(OnnxNode node, string name, OnnxConstant x)
    {
        long[] starts = node.Has(1) ? node.Integers(1) : node.Attributes.TakeIntsOrNull("starts") ?? [], ends = node.Has(2)
            ? node.Integers(2) : node.Attributes.TakeIntsOrNull("ends") ?? [];
        long step = node.Has(4) ? node.Integers(4) is [var stated] ? stated : throw new OnnxFormatException("needs one step") : 1;
        if (!node.Has(3)) node.Attributes.TakeIntsOrNull("axes");
        if (x.Dimensions.Length != 1 || starts.Length != 1 || ends.Length != 1)
            throw new OnnxFormatException("slices integers that are not a list");
        long[] values = x.Integers();
        return OnnxConstant.Integers(name, values.Length == 0 ? []
            : [.. OnnxPieces.Range(values.Length, starts[0], ends[0], step).Select(i => values[i])]);
    }

    private static OnnxConstant Transpose(OnnxNode node, string name, OnnxConstant x)
    {
        int rank = x.Dimensions.Length;
        int[] order = node.Attributes.TakeInts("perm", [.. Enumerable.Range(0, rank).Reverse()], rank, 0, Math.Max(0, rank - 1));
        if (order.Distinct().Count() != rank) throw new OnnxFormatException($"has [{string.Join(", ", order)}] as its order of axes");
        return OnnxConstant.Of(name, [.. order.Select(a => x.Dimensions[a])],
            OnnxConstant.Transpose<long>(x.Integers(), x.Dimensions, order));
    }

    private static OnnxConstant Range(OnnxNode node, string name)
    {
        node.ExpectInputs(3, 3);
        long[] limits = [.. Enumerable.Range(0, 3).Select(i => node.Integers(i)).Select(
            v => v.Length == 1 ? v[0] : throw new OnnxFormatException("needs single numbers"))];
        var (start, end, step) = (limits[0], limits[1], limits[2]);
        Known(limits);
        if (step == 0) throw new OnnxFormatException($"counts from {start} to {end} by {step}");
        // Counted before it is done, in numbers that cannot wrap around.
        Int128 span = (Int128)end - start, count = span == 0 || span > 0 != step > 0 ? 0 : (Int128.Abs(span) - 1) / Math.Abs(step) + 1;
        if (count > MostNumbers) throw new OnnxFormatException($"counts from {start} to {end} by {step}");
        var values = new long[(int)count];
        for (int i = 0; i < values.Length; i++) values[i] = checked(start + i * step);
        return OnnxConstant.Integers(name, values);
    }

    private static OnnxConstant Product(OnnxNode node, string name, OnnxConstant x)
    {
        bool keep = node.Attributes.TakeInt("keepdims", 1) != 0;
        if (!node.Has(1)) node.Attributes.TakeIntsOrNull("axes");
        if (x.Dimensions.Length != 1) throw new OnnxFormatException("multiplies integers that are not a list");
        return OnnxConstant.Of(name, keep ? [1] : [], [Known(x.Integers()).Aggregate(1L, (a, b) => checked(a * b))]);
    }

    private static OnnxConstant? Combine(OnnxNode node, string name, OnnxConstant x, Func<long, long, long> function,
        bool allowsBatch = false)
    {
        node.ExpectInputs(2, 2);
        var other = node.Constant(1);
        if (other.IsFloat) return null;
        long[] a = x.Integers(), b = other.Integers();
        if (a.Length != b.Length && a.Length != 1 && b.Length != 1)
            throw new OnnxFormatException($"takes {a.Length} and {b.Length} numbers");
        int length = a.Length == 1 ? b.Length : a.Length;
        var values = new long[length];
        for (int i = 0; i < length; i++)
        {
            var (left, right) = (a[a.Length == 1 ? 0 : i], b[b.Length == 1 ? 0 : i]);
            bool hasBatch = left == OnnxConstant.Batch || right == OnnxConstant.Batch;
            if (hasBatch && !(allowsBatch && right == 1)) throw new OnnxBatchException("computes with the batch's size");
            values[i] = hasBatch ? left : function(left, right);
        }
        return OnnxConstant.Of(name, a.Length >= b.Length && x.Dimensions.Length >= other.Dimensions.Length ? x.Dimensions
            : other.Dimensions, values);
    }
}
