using System.Numerics;
using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Training;

/// <summary>Clips the gradient by its global norm (Pascanu et al., arXiv 1211.5063).</summary>
internal static class GradientClipping
{
    /// <summary>
    /// Scales all gradients down together if their Euclidean norm is above <paramref name="maximumNorm"/>, as PyTorch's
    /// <c>clip_grad_norm_</c>.
    /// </summary>
    /// <returns>The norm before clipping. NaN or infinite if a gradient is: the gradients are then left unchanged and the caller should
    /// stop.</returns>
    /// <exception cref="FerUsageException"><paramref name="maximumNorm"/> is not above 0.</exception>
    public static float ClipByGlobalNorm(ParameterSet parameters, float maximumNorm)
    {
        if (!(maximumNorm > 0)) throw new FerUsageException($"The maximum gradient norm must be above 0, not {maximumNorm}.");
        float norm = Norm(parameters.Gradients);
        if (!float.IsFinite(norm)) return norm;
        float scale = maximumNorm / (norm + 1e-6f);
        if (scale < 1f)
            foreach (ref float gradient in parameters.Gradients) gradient *= scale;
        return norm;
    }

    /// <summary>
    /// The Euclidean norm. Sums of 4,096 values in single precision are added up in double, so that no precision is lost over a million
    /// values.
    /// </summary>
    private static float Norm(ReadOnlySpan<float> values)
    {
        double total = 0;
        for (int start = 0; start < values.Length; start += 4096)
        {
            var block = values.Slice(start, Math.Min(4096, values.Length - start));
            var sum = Vector<float>.Zero;
            int i = 0;
            for (; i <= block.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                var v = new Vector<float>(block[i..]);
                sum += v * v;
            }
            total += Vector.Sum(sum);
            for (; i < block.Length; i++) total += block[i] * (double)block[i];
        }
        return (float)Math.Sqrt(total);
    }
}
