namespace Fer.Pipeline.Engine;

/// <summary>
/// The loops of <see cref="Arithmetic"/>: adjacent axes that both inputs step through without a gap are merged;
/// the innermost axis is processed in whole vectors.
/// </summary>
internal sealed unsafe class ArithmeticKernel<V, F> : Kernel
    where V : struct, ISimd<V>
    where F : struct, IArithmetic
{
    /// <summary>Three axes, outermost first: size, and each input's stride in floats (0 if broadcast).</summary>
    private readonly (int Size, int Left, int Right)[] _axes;

    internal ArithmeticKernel(KernelSetup setup) : base(setup)
    {
        var (a, b, y) = (setup.Inputs[0], setup.Inputs[1], setup.Output);
        var axes = new List<(int Size, int Left, int Right)>
        {
            (y.Channels, a.Channels == 1 ? 0 : 1, b.Channels == 1 ? 0 : 1),
            (y.Width, a.Width == 1 ? 0 : a.Channels, b.Width == 1 ? 0 : b.Channels),
            (y.Height, a.Height == 1 ? 0 : a.Channels * a.Width, b.Height == 1 ? 0 : b.Channels * b.Width),
        };
        axes.RemoveAll(axis => axis.Size == 1);
        for (int i = 0; i + 1 < axes.Count;)
        {
            var (inner, outer) = (axes[i], axes[i + 1]);
            if (outer.Left == inner.Left * inner.Size && outer.Right == inner.Right * inner.Size)
            {
                axes[i] = inner with { Size = inner.Size * outer.Size };
                axes.RemoveAt(i + 1);
            }
            else i++;
        }
        while (axes.Count < 3) axes.Add((1, 0, 0));
        axes.Reverse();
        _axes = [.. axes];
    }

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ArithmeticKernel<V, F>)state;
        var ((outer, outerLeft, outerRight), (middle, middleLeft, middleRight), (inner, left, right)) =
            (k._axes[0], k._axes[1], k._axes[2]);
        var (first, last) = k.Pool.Part(k.Count * outer, thread);
        for (int row = first; row < last; row++)
        {
            int example = row / outer, place = row % outer;
            float* a = k.Inputs[0] + (long)example * k.Setup.Inputs[0].Length + (long)place * outerLeft;
            float* b = k.Inputs[1] + (long)example * k.Setup.Inputs[1].Length + (long)place * outerRight;
            float* y = k.Output + (long)row * middle * inner;
            for (int m = 0; m < middle; m++, a += middleLeft, b += middleRight, y += inner)
            {
                int i = 0;
                for (; i <= inner - V.Width; i += V.Width) V.Store(y + i, F.Apply(At<V>(a, i, left), At<V>(b, i, right)));
                for (; i < inner; i++) Simd1.Store(y + i, F.Apply(At<Simd1>(a, i, left), At<Simd1>(b, i, right)));
            }
        }
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ArithmeticKernel<V, F>)state;
        // Whole examples per thread, because a broadcast input sums its gradient over all positions of one example.
        var (first, last) = k.Pool.Part(k.Count, thread);
        for (int example = first; example < last; example++) k.Spread(example);
    });

    private void Spread(int example)
    {
        float* a = Inputs[0] + (long)example * Setup.Inputs[0].Length, b = Inputs[1] + (long)example * Setup.Inputs[1].Length;
        float* dy = OutputGradient + (long)example * OutputShape.Length;
        for (int input = 0; input < 2; input++)
        {
            if (InputGradients[input] == null) continue;
            int length = Setup.Inputs[input].Length;
            float* target = InputGradients[input] + (long)example * length;
            if (!Accumulate[input]) new Span<float>(target, length).Clear();
            Spread(input, a, b, dy, target);
        }
    }

    private void Spread(int input, float* a, float* b, float* dy, float* target)
    {
        var ((outer, outerLeft, outerRight), (middle, middleLeft, middleRight), (inner, left, right)) = (_axes[0], _axes[1], _axes[2]);
        bool isLeft = input == 0;
        int step = isLeft ? left : right;
        for (int o = 0; o < outer; o++)
            for (int m = 0; m < middle; m++, dy += inner)
            {
                float* x = a + (long)o * outerLeft + (long)m * middleLeft, z = b + (long)o * outerRight + (long)m * middleRight;
                float* to = target + (isLeft ? (long)o * outerLeft + (long)m * middleLeft : (long)o * outerRight + (long)m * middleRight);
                int i = 0;
                for (; i <= inner - V.Width; i += V.Width) Spread<V>(isLeft, x, z, dy, to, i, left, right, step);
                for (; i < inner; i++) Spread<Simd1>(isLeft, x, z, dy, to, i, left, right, step);
            }
    }

    private static void Spread<W>(bool isLeft, float* x, float* z, float* dy, float* to, int i, int left, int right, int step)
        where W : struct, ISimd<W>
    {
        W gradient = W.Load(dy + i), a = At<W>(x, i, left), b = At<W>(z, i, right);
        W spread = isLeft ? F.Left(gradient, a, b) : F.Right(gradient, a, b);
        if (step != 0)
        {
            W.Store(to + i, W.Add(W.Load(to + i), spread));
            return;
        }
        float* lanes = stackalloc float[W.Width];
        W.Store(lanes, spread);
        for (int lane = 0; lane < W.Width; lane++) *to += lanes[lane];
    }

    private static W At<W>(float* p, int i, int step) where W : struct, ISimd<W> => step == 0 ? W.Broadcast(*p) : W.Load(p + i);
}
