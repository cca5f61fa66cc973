namespace Fer.Pipeline.Engine;

/// <summary>The loops of <see cref="Rearrange"/>: neighbouring values that stay neighbours are copied as one run.</summary>
internal sealed unsafe class RearrangeKernel<V> : Kernel where V : struct, ISimd<V>
{
    private readonly int[][] _outer;
    private readonly int[] _inner;
    private readonly int _outerCount;
    private readonly bool _innerIsRun;
    private readonly float _fill;

    internal RearrangeKernel(Rearrange rearrange, KernelSetup setup) : base(setup)
    {
        _fill = rearrange.Fill;
        var axes = rearrange.Axes.Where(axis => axis.Length > 1 || axis[0] != 0).ToList();
        // Merge the axis before the innermost run into it if that axis steps by whole runs.
        while (axes.Count > 1 && IsRun(axes[^1]) && axes[^1][0] == 0 && IsStepped(axes[^2], axes[^1].Length))
        {
            int start = axes[^2][0], length = axes[^2].Length * axes[^1].Length;
            axes.RemoveAt(axes.Count - 1);
            axes[^1] = [.. Enumerable.Range(start, length)];
        }
        if (axes.Count == 0) axes.Add([0]);
        _inner = axes[^1];
        _innerIsRun = IsRun(_inner);
        _outer = [.. axes.Take(axes.Count - 1)];
        _outerCount = OutputShape.Length / _inner.Length;
    }

    private static bool IsRun(int[] table) => IsStepped(table, 1);

    private static bool IsStepped(int[] table, int step)
    {
        for (int i = 0; i < table.Length; i++)
            if (table[i] < 0 || table[i] != table[0] + i * step) return false;
        return true;
    }

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (RearrangeKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count * k._outerCount, thread);
        for (int row = first; row < last; row++)
        {
            float* x = k.Inputs[0] + (long)(row / k._outerCount) * k.InputShape.Length, y = k.Output + (long)row * k._inner.Length;
            k.Gather(x, k.Offset(row % k._outerCount), y);
        }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (RearrangeKernel<V>)state;
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++)
        {
            float* dx = k.InputGradients[0] + (long)example * k.InputShape.Length,
                dy = k.OutputGradient + (long)example * k.OutputShape.Length;
            if (!k.Accumulate[0]) new Span<float>(dx, k.InputShape.Length).Clear();
            for (int row = 0; row < k._outerCount; row++, dy += k._inner.Length) k.Scatter(dy, k.Offset(row), dx);
        }
    });

    /// <summary>Offset at which an inner row is read, or negative if the whole row is filled.</summary>
    private int Offset(int row)
    {
        int offset = 0;
        for (int axis = _outer.Length - 1; axis >= 0; axis--)
        {
            int[] table = _outer[axis];
            int entry = table[row % table.Length];
            row /= table.Length;
            if (entry < 0) return -1;
            offset += entry;
        }
        return offset;
    }

    private void Gather(float* x, int offset, float* y)
    {
        if (offset < 0) new Span<float>(y, _inner.Length).Fill(_fill);
        else if (_innerIsRun) Loops.Copy(x + offset + _inner[0], y, _inner.Length);
        else
        {
            x += offset;
            int[] inner = _inner;
            for (int i = 0; i < inner.Length; i++) y[i] = inner[i] < 0 ? _fill : x[inner[i]];
        }
    }

    private void Scatter(float* dy, int offset, float* dx)
    {
        if (offset < 0) return;
        if (_innerIsRun)
        {
            Loops.AddTo<V>(dx + offset + _inner[0], dy, _inner.Length);
            return;
        }
        for (int i = 0; i < _inner.Length; i++)
            if (_inner[i] >= 0) dx[offset + _inner[i]] += dy[i];
    }
}
